"""The ways in which a lead looks at orders. A new one is one line in `VIEWS`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import User
from orders.models import Order
from orders.selectors import orders_overdue, with_people
from orders.statuses import FINAL, Severity, Status
from panel import moment
from panel.people import managers_of_team, pick_list
from rop.models import LIVE, Escalation, EscalationState, Snooze
from rop.selectors import live_escalations, stuck
from sla.selectors import NoMatrix

Orders = QuerySet[Order]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks, and when."""

    user: User
    now: datetime


@dataclass(frozen=True, slots=True)
class View:
    title: str | Promise
    rows: Callable[[Orders, Asked], Orders]
    ordering: tuple[str, ...] = ("due_at", "id")
    for_leads: bool = False
    nothing: str | Promise = ""
    """What it means that there is nothing: in these, it is good."""


def _open(orders: Orders) -> Orders:
    return orders.filter(closed_at__isnull=True)


def _closed(orders: Orders, _asked: Asked) -> Orders:
    # The statuses say nothing new, but they have an index, and being closed has none.
    return orders.filter(closed_at__isnull=False, status__in=sorted(FINAL))


def _stuck(level: int) -> Callable[[Orders, Asked], Orders]:
    """By the thresholds of the matrix in force; nothing is stuck where there is none."""

    def rows(orders: Orders, asked: Asked) -> Orders:
        try:
            return stuck(orders, level=level, now=asked.now)
        except NoMatrix:
            return orders.none()

    return rows


def _escalated(orders: Orders, _asked: Asked) -> Orders:
    return _open(orders).filter(pk__in=live_escalations().order_by().values("order"))


def with_ladder(orders: Orders) -> Orders:
    """Each with `climbed` (how high its highest open escalation is), `taken` and `silent_until`. No query by itself."""
    open_ones = Escalation.objects.filter(order=OuterRef("pk"), state__in=LIVE)
    silence = Snooze.objects.filter(order=OuterRef("pk"), ended_at__isnull=True)
    return orders.annotate(
        climbed=Subquery(open_ones.order_by("-level").values("level")[:1]),
        taken=Exists(open_ones.filter(state=EscalationState.ACKNOWLEDGED)),
        silent_until=Subquery(silence.values("until")[:1]),
    )


def _team(orders: Orders, asked: Asked) -> Orders:
    return _open(orders).filter(assigned_manager__in=managers_of_team(asked.user.pk))


VIEWS: Mapping[str, View] = {
    "open": View(_("Open"), lambda orders, _asked: _open(orders)),
    "burning": View(
        _("Burning"),
        lambda orders, asked: orders_overdue(orders, now=asked.now),
        nothing=_("Nothing burns: no order is past its deadline."),
    ),
    "waiting": View(
        _("Waiting queue"),
        lambda orders, _asked: _open(orders).filter(assigned_manager__isnull=True),
        ordering=("queue_key", "id"),
        for_leads=True,
        nothing=_("Nobody waits: every open order has a manager."),
    ),
    "escalated": View(_("Escalated"), _escalated, nothing=_("Nothing is escalated.")),
    "team": View(_("My team"), _team, for_leads=True),
    "stuck24": View(
        _("No movement for 24 h"), _stuck(1), ordering=("moved_at", "id"), nothing=_("Every order is moving.")
    ),
    "stuck72": View(
        _("No movement for 72 h"), _stuck(2), ordering=("moved_at", "id"), nothing=_("Every order is moving.")
    ),
    "closed": View(_("Closed"), _closed, ordering=("-id",)),
    "all": View(_("All"), lambda orders, _asked: orders, ordering=("-id",)),
}
"""By deadline, what burns comes first; the queue goes in the order in which it is served. Each ends with the id, as
its index does: else Django would add one that no index has."""


def view_of(request: HttpRequest) -> str:
    """The view asked for. Who searches without naming one searches everything."""
    asked = request.GET.get("view", "")
    if asked in VIEWS:
        return asked
    return "all" if request.GET.get(SEARCH_VAR) else "open"


def nothing_said(request: HttpRequest) -> str:
    """Of a view that is empty by itself; "" where a search or a filter may be why."""
    narrowed = any(value for name, value in request.GET.items() if name not in ("view", "p", "o"))
    return "" if narrowed else str(VIEWS[view_of(request)].nothing)


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The views that this person has."""
    active, leads = view_of(request), request.user.has_perm("orders.see_all")
    return [
        {"title": view.title, "link": f"?view={code}", "active": code == active}
        for code, view in VIEWS.items()
        if leads or not view.for_leads
    ]


PEOPLE = ("assigned_manager", "next_action_user")

READ = (
    *("item", "client_name", "severity", "status", "status_since", "closed_at", "due_at"),
    *("next_action", "next_action_whose", *PEOPLE),
)
"""What the columns of the list say. An order has three times as much."""


class OrderList(ChangeList):
    """One page of the list, as it is shown: its people are read once, however many orders are theirs."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        orders = list(self.result_list.select_related(None).only(*READ))
        with_people(orders)
        self.result_list = orders
        self.nothing = nothing_said(request)


class ViewFilter(SimpleListFilter):
    """Not in the sheet of filters: the tabs above the list are its face."""

    title = "view"
    parameter_name = "view"
    template = "panel/orders/no_filter.html"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(code, view.title) for code, view in VIEWS.items()]

    def queryset(self, request: HttpRequest, queryset: Orders) -> Orders:
        if not isinstance(request.user, User):
            return queryset.none()
        return VIEWS[view_of(request)].rows(queryset, Asked(request.user, moment.now(request)))


class _Choice(SimpleListFilter):
    """A filter whose choices are known without asking the rows."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[str(self.parameter_name)]),
            "display": _("All"),
        }
        for code, title in self.lookup_choices:
            yield {
                "selected": self.value() == str(code),
                "query_string": changelist.get_query_string({str(self.parameter_name): code}),
                "display": title,
            }


class StatusFilter(_Choice):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: Orders) -> Orders:
        return queryset.filter(status=self.value()) if self.value() else queryset


class SeverityFilter(_Choice):
    title = _("severity")
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return list(Severity.choices)

    def queryset(self, request: HttpRequest, queryset: Orders) -> Orders:
        return queryset.filter(severity=self.value()) if self.value() else queryset


class DueFilter(_Choice):
    title = _("deadline")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("overdue", _("Overdue")), ("hour", _("Within an hour")), ("day", _("Within a day"))]

    def queryset(self, request: HttpRequest, queryset: Orders) -> Orders:
        if self.value() is None:
            return queryset
        now = moment.now(request)
        if self.value() == "overdue":
            return orders_overdue(queryset, now=now)
        ahead = timedelta(hours=1) if self.value() == "hour" else timedelta(days=1)
        return queryset.filter(due_at__gte=now, due_at__lt=now + ahead)


class OwnerFilter(_Choice):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        if not request.user.has_perm("orders.see_all"):
            return []
        people = sorted(pick_list(now=moment.now(request)), key=lambda person: person.name)
        return [("me", _("Me")), ("nobody", _("Nobody")), *((str(p.user_id), p.name) for p in people)]

    def queryset(self, request: HttpRequest, queryset: Orders) -> Orders:
        value = self.value()
        if value == "me":
            return queryset.filter(assigned_manager=request.user.pk)
        if value == "nobody":
            return queryset.filter(assigned_manager__isnull=True)
        return queryset.filter(assigned_manager=int(value)) if value and value.isdecimal() else queryset
