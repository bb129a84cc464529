"""A manager's day: the own orders, in the order in which they are due to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assignment.models import Manager, Shift
from assignment.selectors import shifts_at
from assignment.services import shift_end_now, shift_start_now
from orders.follow_up_words import follow_up_text
from orders.models import Blocker, Order, Task, TaskStatus
from orders.selectors import orders_own_turn_first, orders_with_people
from orders.selectors.deals import Deal, deals
from orders.services.tasks import TRACK
from orders.statuses import Status
from panel import moment
from panel.deal.places import PLACES
from panel.pages.page import actor, back_to, me, render
from panel.sites import site

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """Whether the manager is on shift; `moment` is when that ends, or when the next one begins."""

    running: bool
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A task with its words at hand: what to say to the client, which parcel to look up, and where it is done."""

    task: Task
    say: str
    look_up: str
    at: str


@site.page("my-day/", name="my_day")
def page(request: HttpRequest) -> HttpResponse:
    now, user = moment.now(request), me(request)
    own = Order.objects.filter(assigned_manager=user, closed_at__isnull=True)
    numbers = own.aggregate(
        open=Count("pk"),
        to_accept=Count("pk", filter=Q(status=Status.PENDING_MANAGER)),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        within_hour=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + timedelta(hours=1))),
    )
    orders = orders_own_turn_first(orders_with_people(own), user_id=user.pk)
    return render(
        request,
        "panel/day.html",
        title=_("My day"),
        now=now,
        numbers=numbers,
        orders=list(orders[:SHOWN]),
        tasks=_tasks(user.pk),
        blockers=_blockers(user.pk),
        next=reverse("admin:my_day"),
        shift=_shift(user.pk, now),
    )


def _tasks(user_id: int) -> list[Asked]:
    """The most urgent orders first, and what is due first of each. Two queries."""
    open_tasks = Task.objects.filter(owner=user_id, status=TaskStatus.OPEN, order__closed_at__isnull=True)
    found = open_tasks.select_related("order__assigned_manager", "follow_up")
    tasks = list(found.order_by("order__queue_key", "due_at", "pk")[:SHOWN])
    return _with_words(tasks, deals({task.order_id for task in tasks if task.kind == TRACK}))


def _with_words(tasks: Sequence[Task], shipped: Mapping[int, Deal]) -> list[Asked]:
    return [
        Asked(
            task,
            say=follow_up_text(task.follow_up, task.order) if task.follow_up else "",
            look_up=_parcel(shipped.get(task.order_id)) if task.kind == TRACK else "",
            at=PLACES.get(task.kind, ""),
        )
        for task in tasks
    ]


def _parcel(deal: Deal | None) -> str:
    return f"{deal.carrier} {deal.tracking}".strip() if deal else ""


def _blockers(user_id: int) -> list[Blocker]:
    """What this person has to remove, whosever the order is."""
    found = Blocker.objects.filter(owner=user_id, resolved_at__isnull=True)
    return list(found.select_related("order", "owner", "opened_by").order_by("due_at", "pk")[:SHOWN])


def _shift(user_id: int, now: datetime) -> ShiftNow | None:
    """None for somebody who is no manager."""
    if not Manager.objects.filter(user=user_id).exists():
        return None
    running = shifts_at(now).filter(manager__user=user_id).first()
    if running is not None:
        return ShiftNow(True, running.ends_at)
    coming = Shift.objects.filter(manager__user=user_id, starts_at__gt=now).order_by("starts_at").first()
    return ShiftNow(False, coming.starts_at if coming else None)


@site.page("my-shift/", name="my_shift")
@require_POST
def change_shift(request: HttpRequest) -> HttpResponse:
    """On shift now, or not any more."""
    manager = Manager.objects.filter(user=me(request)).first()
    if manager is None:
        messages.error(request, _("You are not a manager."))
    elif request.POST.get("on") == "1":
        shift_start_now(manager_id=manager.pk, actor=actor(request), now=moment.now(request))
        messages.success(request, _("You are on shift."))
    else:
        shift_end_now(manager_id=manager.pk, actor=actor(request), now=moment.now(request))
        messages.success(request, _("Your shift is over. What you accepted stays with you."))
    return HttpResponseRedirect(back_to(request, reverse("admin:my_day")))
