"""Many orders at once: what is chosen in the list is shown first, then each goes through the service by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin, action
from django.core import signing
from django.db import OperationalError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from assignment.services import order_assign
from orders.models import Order
from orders.selectors import orders_visible_to, orders_with_people
from orders.services import order_set_severity
from panel import moment, pulse
from panel.order import forms
from panel.order.climbing import PERMISSION
from panel.order.doors import Refused, refusal_lines
from panel.order.ladder_forms import ResolveForm, SnoozeForm
from panel.pages.page import actor, needs, render
from rop.services import escalation_acknowledge, escalation_resolve, order_snooze

AT_ONCE = 200
"""Orders that one press may change (a limit): each is a transaction of its own, and somebody waits for the page."""

SALT = "panel.bulk"


@dataclass(frozen=True, slots=True)
class Command:
    """A change that many orders can have at once."""

    title: str | Promise
    permission: str
    form: Callable[..., Form]
    run: Callable[..., object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order: refused because of these things, or done."""

    order: Order
    refused: Sequence[str]


def _assign(order: Order, version: int, form: Form, **by: Any) -> object:
    given = form.cleaned_data
    return order_assign(
        order_id=order.pk, seen_version=version, manager_id=given["manager"], reason=given["reason"], **by
    )


def _set_severity(order: Order, version: int, form: Form, **by: Any) -> object:
    return order_set_severity(
        order_id=order.pk, seen_version=version, severity=form.cleaned_data["severity"], **by
    )


def _acknowledge(order: Order, _version: int, _form: Form, **by: Any) -> object:
    return escalation_acknowledge(order_id=order.pk, **by)


def _snooze(order: Order, _version: int, form: Any, **by: Any) -> object:
    return order_snooze(order_id=order.pk, until=form.until, why=form.why, **by)


def _resolve(order: Order, _version: int, form: Any, **by: Any) -> object:
    return escalation_resolve(order_id=order.pk, reason=form.why, **by)


COMMANDS = {
    "assign": Command(gettext_lazy("Give to a manager"), "orders.assign", forms.BulkAssignForm, _assign),
    "severity": Command(
        gettext_lazy("Set the severity"),
        "orders.act_on_any",
        forms.BulkSeverityForm,
        _set_severity,
    ),
    "acknowledge_many": Command(gettext_lazy("I am at it"), PERMISSION, forms.BulkForm, _acknowledge),
    "snooze_many": Command(gettext_lazy("Snooze"), PERMISSION, SnoozeForm, _snooze),
    "resolve_many": Command(gettext_lazy("Resolve"), PERMISSION, ResolveForm, _resolve),
}


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path(
            f"bulk/{code}/",
            site.admin_view(require_POST(needs(command.permission)(_door(code)))),
            name=f"orders_{code}",
        )
        for code, command in COMMANDS.items()
    ]


@action(description=gettext_lazy("Give to a manager…"), permissions=["act"])
def assign_chosen(admin: ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Order]) -> HttpResponse:
    return _preview(request, "assign", chosen)


@action(description=gettext_lazy("Set the severity…"), permissions=["act"])
def set_severity_of_chosen(
    admin: ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Order]
) -> HttpResponse:
    return _preview(request, "severity", chosen)


@action(description=gettext_lazy("I am at it…"), permissions=["escalate"])
def acknowledge_chosen(admin: ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Order]) -> HttpResponse:
    return _preview(request, "acknowledge_many", chosen)


@action(description=gettext_lazy("Snooze…"), permissions=["escalate"])
def snooze_chosen(admin: ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Order]) -> HttpResponse:
    return _preview(request, "snooze_many", chosen)


@action(description=gettext_lazy("Resolve…"), permissions=["escalate"])
def resolve_chosen(admin: ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Order]) -> HttpResponse:
    return _preview(request, "resolve_many", chosen)


def _preview(request: HttpRequest, code: str, chosen: QuerySet[Order]) -> HttpResponse:
    orders = list(orders_with_people(chosen).order_by("pk")[: AT_ONCE + 1])
    if len(orders) > AT_ONCE:
        messages.error(request, _("Choose at most %(n)d orders at once.") % {"n": AT_ONCE})
        return HttpResponseRedirect(request.get_full_path())
    form = COMMANDS[code].form(now=moment.now(request))
    return _show(request, code, form, orders, {order.pk: order.version for order in orders})


def _show(
    request: HttpRequest,
    code: str,
    form: Form,
    orders: Sequence[Order],
    seen: dict[int, int],
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "panel/orders/bulk.html",
        title=COMMANDS[code].title,
        status=status,
        code=code,
        form=form,
        orders=orders,
        now=moment.now(request),
        # Signed: what was shown is what is changed, in the version in which it was shown.
        seen=signing.dumps(list(seen.items()), salt=SALT),
        action=reverse(f"admin:orders_{code}"),
    )


def _door(code: str) -> Callable[[HttpRequest], HttpResponse]:
    command = COMMANDS[code]

    def door(request: HttpRequest) -> HttpResponse:
        try:
            seen = {
                int(pk): int(version)
                for pk, version in signing.loads(request.POST.get("seen", ""), salt=SALT)
            }
        except signing.BadSignature:
            messages.error(request, _("The selection is not valid any more. Choose the orders again."))
            return HttpResponseRedirect(reverse("admin:orders_order_changelist"))
        orders = list(
            orders_with_people(orders_visible_to(actor(request))).filter(pk__in=seen).order_by("pk")
        )
        form = command.form(request.POST, now=moment.now(request))
        if not form.is_valid():
            return _show(request, code, form, orders, seen, status=422)
        outcomes = [_carry_out(request, command, order, seen[order.pk], form) for order in orders]
        pulse.forget()
        return render(
            request,
            "panel/orders/bulk_done.html",
            title=command.title,
            done=[outcome.order for outcome in outcomes if not outcome.refused],
            refused=[outcome for outcome in outcomes if outcome.refused],
        )

    return door


def _carry_out(request: HttpRequest, command: Command, order: Order, version: int, form: Form) -> Outcome:
    try:
        command.run(order, version, form, actor=actor(request), now=moment.now(request))
    except Refused as refusal:
        return Outcome(order, refusal_lines(refusal))
    except OperationalError:
        # Somebody else holds the row for longer than we wait: the others go on, and this one is said to be left.
        return Outcome(order, [_("Somebody else is changing this order now. Try once more.")])
    return Outcome(order, ())
