"""An order's own page: what is now and what next, why, and everything that can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

import assignment.selectors
from core.actors import Actor
from core.models import Message, User
from core.selectors import KnownNames
from orders import gate
from orders.models import Note, Order, Task
from orders.selectors import orders_alike, orders_visible_to, orders_with_people
from orders.selectors.kinds import Kinds, kinds_of
from orders.statuses import CancelReason, Severity
from orders.words import missing_said
from panel import moment
from panel.deal import page as deal
from panel.deal.facts import deal_facts
from panel.order import climbing, forms, history, inspecting, why
from panel.order.ladder_forms import ResolveForm, SnoozeForm
from panel.order.people import staff
from panel.order.routes import route_buttons
from panel.pages.page import actor, me, render
from panel.people import pick_list
from panel.words import Tone, due
from rop.words import REDRAWN, SAID_AGAIN

NOTES_SHOWN = 50
MESSAGES_SHOWN = 20
TASK_AHEAD = timedelta(hours=4)


def visible_order(request: HttpRequest, order_id: int | str) -> Order:
    """Raises Http404 for orders that don't exist and for those of others: a stranger learns no difference."""
    try:
        return orders_with_people(orders_visible_to(actor(request))).get(pk=int(order_id))
    except (Order.DoesNotExist, ValueError, OverflowError):
        raise Http404 from None


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do with this order: which forms the page has."""

    act: bool
    note: bool
    assign: bool
    set_severity: bool
    read_messages: bool


def rights(order: Order, by: Actor) -> Rights:
    is_open = order.closed_at is None
    may_act = gate.may_act(by, owner_id=order.assigned_manager_id)
    return Rights(
        act=is_open and may_act,
        assign=is_open and by.may("orders.assign"),
        set_severity=is_open and by.may("orders.act_on_any"),
        note=may_act,
        read_messages=by.may("core.view_message"),
    )


def order_page(
    request: HttpRequest, order_id: int | str, *, refused: dict[str, Form] | None = None
) -> HttpResponse:
    """`refused`: forms that were not filled in well, by name, to be shown again with their errors."""
    order, now = visible_order(request, order_id), moment.now(request)
    by = actor(request)
    may, people = rights(order, by), list(staff())
    names_of = KnownNames(people)
    rounds = assignment.selectors.rounds([order.pk]).get(order.pk, [])
    kinds = kinds_of(order.pk, Message, *climbing.KINDS)
    known = gate.Known(order, kinds)
    facts = deal_facts(order, kinds, known)
    return render(
        request,
        "panel/orders/order.html",
        title=order.ref,
        section=(_("Orders"), reverse("admin:orders_order_changelist")),
        status=422 if refused else 200,
        now=now,
        order=order,
        may=may,
        buttons=route_buttons(order, [one.approval for one in facts.asked], known, actor=by),
        people=pick_list(now=now, names_of=names_of) if may.assign else [],
        due_tone=due(order.due_at, now=now).tone if order.due_at else Tone.QUIET,
        missing=missing_said(order.next_action_missing),
        alike=[] if order.closed_at else orders_alike(order),
        may_see_all=by.may("orders.see_all"),
        reason_codes=CancelReason.choices,
        severities=Severity.choices,
        **history.context(request, order, names_of=names_of, rounds=rounds),
        **why.context(order, now=now, names_of=names_of, rounds=rounds),
        **climbing.context(order, kinds, me(request), now=now, names_of=names_of),
        **inspecting.context(order, kinds, actor=by),
        **deal.context(order, facts, by, people=people, now=now, refused=refused or {}),
        **_what_hangs_on(order, kinds, people),
        **_forms(order, people, now=now, refused=refused or {}),
    )


def _what_hangs_on(order: Order, kinds: Kinds, people: Sequence[User]) -> dict[str, Any]:
    names = {user.pk: str(user) for user in people}
    tasks = Task.objects.filter(order=order).select_related("owner").order_by("status", "due_at")
    newest = Note.objects.filter(order=order).select_related("author").order_by("-pk")
    notes = list(newest[:NOTES_SHOWN]) if Note in kinds else []
    return {
        "tasks": list(tasks) if Task in kinds else [],
        "notes": [(note, [names.get(user_id, "") for user_id in note.mentions]) for note in notes],
        "messages_sent": _messages(order) if Message in kinds else [],
    }


def _messages(order: Order) -> list[Message]:
    sent = Message.objects.filter(order_id=order.pk).exclude(template__in=REDRAWN)
    sent = sent.exclude(edits=True, template__in=SAID_AGAIN)
    return list(sent.select_related("person", "group").order_by("-pk")[:MESSAGES_SHOWN])


def _forms(order: Order, people: list[User], *, now: datetime, refused: dict[str, Form]) -> dict[str, Form]:
    seen = {"version": order.version}
    due_at = timezone.localtime(now + TASK_AHEAD).replace(second=0, microsecond=0)
    blank: dict[str, Form] = {
        "assign_form": forms.AssignForm(initial=seen),
        "severity_form": forms.SeverityForm(initial={**seen, "severity": order.severity}),
        "resolve_form": ResolveForm(now=now),
        "snooze_form": SnoozeForm(now=now),
        "note_form": forms.NoteForm(people=people),
        "contact_form": forms.ContactForm(initial=forms.CONTACT_FIRST),
        "task_form": forms.TaskForm(
            people=people, initial={"owner": order.assigned_manager_id, "due_at": due_at}
        ),
    }
    return {**blank, **{name: form for name, form in refused.items() if name in blank}}
