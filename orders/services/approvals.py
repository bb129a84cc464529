"""Four eyes: what one person asks for waits for another one. What is decided is in `deciding`."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

import core.selectors
from core import actors, journal, outbox, work
from core.actors import Actor
from core.models import Importance
from core.refusals import Refusal
from orders import gate
from orders.models import Approval, ApprovalAction, ApprovalState, Order, Payout, PayoutState
from orders.selectors.deals import deal_of, terms_in_force
from orders.services.acting import LINE_AT_MOST, acted, text_given
from orders.services.supervision import lock_order, lock_orders

DECIDE = "orders.decide_approval"

EXPIRED_AT_MOST = 100
"""So many of closed orders at a time (a limit)."""


class ApprovalRefused(Refusal):
    """Nothing was asked for or decided. Codes: no_approval_needed, no_second_decider, order_changed,
    shown_otherwise, decided_already, expired, unknown_answer."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def route_ask(
    *,
    order_id: int,
    route: str,
    actor: Actor,
    now: datetime,
    data: gate.RouteData | None = None,
    seen_version: int | None = None,
) -> Approval:
    """Ask that a second person approves a step at risk. All else that it needs has to be there already.

    Asked again, it is the new request that counts. Raises a gate.Refusal, ApprovalRefused (no_approval_needed,
    no_second_decider), DealRefused (required, too_long), Order.DoesNotExist.
    """
    data = data or gate.RouteData()
    asked = {"route": route if route in gate.ROUTES else "unknown"}
    with work.command("command.approval_ask", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        return route_request(order, route, actor=actor, seen_version=seen_version, data=data, now=now)


def route_request(
    order: Order,
    route: str,
    *,
    actor: Actor,
    seen_version: int | None,
    data: gate.RouteData,
    now: datetime,
) -> Approval:
    """Ask the gate about all but the approval, and for that a second person. For a locked order."""
    spec = gate.check(order, route, actor=actor, seen_version=seen_version, data=data, approved=True)
    if not gate.at_risk(order, spec):
        raise ApprovalRefused("no_approval_needed", _("This step needs nobody's approval: take it."))
    payload = {"from": order.status, "to": spec.target, "reason_code": data.reason_code}
    return approval_open(
        order,
        action=ApprovalAction.ROUTE,
        route=route,
        payload=payload,
        reason=data.reason,
        actor=actor,
        now=now,
    )


def approval_open(
    order: Order,
    *,
    action: str,
    payload: dict[str, Any],
    reason: str,
    actor: Actor,
    now: datetime,
    route: str = "",
) -> Approval:
    """A request about a locked order: instead of an open one for the same. Deciders are told.

    Raises ApprovalRefused (no_second_decider), DealRefused (required, too_long).
    """
    asker_id = gate.person_of(actor)
    reason = text_given(reason, field="reason", at_most=LINE_AT_MOST)
    deciders = deciders_for(order, asked_by=asker_id, now=now)
    if not deciders:
        text = _("There is nobody besides you who could approve this: name a second decider first.")
        raise ApprovalRefused("no_second_decider", text)
    approvals_withdraw(order, action=action, route=route, actor=actor, now=now)
    terms = terms_in_force()
    # The request itself is what changes the order last: it is bound to the version that it leaves.
    approval = Approval.objects.create(
        order=order,
        action=action,
        route=route,
        payload=payload,
        reason=reason,
        shown_hash=shown_hash(order, action=action, route=route, payload=payload, reason=reason),
        order_version=order.version + 1,
        asked_by_id=asker_id,
        door=actor.door,
        asked_at=now,
        due_at=now + timedelta(seconds=terms.approval_within),
        expires_at=now + timedelta(seconds=terms.approval_expires),
    )
    output = {"approval": approval.pk, "action": action, "route": route}
    acted(order, "command.approval_ask", output, actor=actor, now=now, moves=False)
    outbox.post([_message(approval, "approval_asked", deciders[0])], now=now)
    return approval


def approval_withdraw(*, approval_id: int, actor: Actor, now: datetime) -> Approval:
    """Whoever asked does not ask any more. Twice is once.

    Raises ApprovalRefused (decided_already), gate.NotAllowed, Approval.DoesNotExist.
    """
    order_id = Approval.objects.values_list("order_id", flat=True).get(pk=approval_id)
    asked = {"approval": approval_id}
    with work.command("command.approval_withdraw", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        approval = Approval.objects.get(pk=approval_id)
        if actor.user_id is None or approval.asked_by_id != actor.user_id:
            raise gate.NotAllowed(_("Only whoever asked for an approval withdraws it."))
        if approval.state == ApprovalState.WITHDRAWN:
            return approval
        if approval.state != ApprovalState.OPEN:
            raise ApprovalRefused("decided_already", _("This has been decided already."))
        _end([approval], ApprovalState.WITHDRAWN, now=now)
        acted(order, "command.approval_withdraw", asked, actor=actor, now=now, moves=False)
        return approval


def approvals_withdraw(
    order: Order, *, action: str, actor: Actor, now: datetime, route: str | None = None
) -> None:
    """Open requests of this kind about a locked order don't count any more: the order has moved on, or somebody asks
    anew. Whoever asked is told, unless they ask anew themselves."""
    found = Approval.objects.filter(order=order, action=action, state=ApprovalState.OPEN)
    if route is not None:
        found = found.filter(route=route)
    withdrawn = list(found)
    _end(withdrawn, ApprovalState.WITHDRAWN, now=now)
    is_anew = route is not None
    told = [one for one in withdrawn if not (is_anew and one.asked_by_id == actor.user_id)]
    _end_told(withdrawn, "approval.withdrawn", told=told, template="approval_withdrawn", actor=actor, now=now)


def approvals_expire(approvals: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Nobody decided in time. For the loop, whose look holds the locks of the orders; who asked is told."""
    expired = list(Approval.objects.filter(pk__in=list(approvals), state=ApprovalState.OPEN))
    if not expired:
        return
    _end(expired, ApprovalState.EXPIRED, now=now)
    _end_told(expired, "approval.expired", told=expired, template="approval_expired", actor=actor, now=now)


def approvals_expire_closed(*, now: datetime) -> int:
    """The same for orders that are closed, at which no look comes by. Returns how many."""
    ids = list(
        Approval.objects.filter(
            state=ApprovalState.OPEN, expires_at__lte=now, order__closed_at__isnull=False
        ).values_list("pk", "order_id")[:EXPIRED_AT_MOST]
    )
    if not ids:
        return 0
    with work.unit_of_work(now):
        lock_orders(order_id for _approval, order_id in ids)
        approvals_expire([approval for approval, _order in ids], actor=actors.rop(), now=now)
    return len(ids)


def deciders_for(order: Order, *, asked_by: int, now: datetime) -> list[int]:
    """Who may decide about a request of this person: the leads above the owner first."""
    able = [user_id for user_id in core.selectors.people_who_may(DECIDE) if user_id != asked_by]
    first = core.selectors.leads_above(order.assigned_manager_id, at=now)
    return sorted(able, key=lambda user_id: first.index(user_id) if user_id in first else len(first))


def shown_of(
    order: Order, *, action: str, route: str, payload: dict[str, Any], reason: str
) -> dict[str, Any]:
    """All that a person sees when they decide, as plain values: what exactly, about which order, with what money."""
    deal = deal_of(order.pk)
    return {
        "action": action,
        "route": route,
        "payload": payload,
        "reason": reason,
        "order": {
            "ref": order.ref,
            "status": order.status,
            "client": order.client_name,
            "item": order.item,
            "price": str(deal.price) if deal.price is not None else None,
            "currency": deal.currency,
            "paid": {currency: str(amount) for currency, amount in sorted(deal.held.items())},
        },
    }


def shown_hash(order: Order, *, action: str, route: str, payload: dict[str, Any], reason: str) -> str:
    return hash_of(shown_of(order, action=action, route=route, payload=payload, reason=reason))


def hash_of(shown: dict[str, Any]) -> str:
    """SHA-256 of what is shown, in one written form: sorted keys, no blanks, UTF-8."""
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def shown_now(approval: Approval) -> dict[str, Any]:
    """What a page about this request shows now."""
    return shown_of(
        approval.order,
        action=approval.action,
        route=approval.route,
        payload=approval.payload,
        reason=approval.reason,
    )


def hash_now(approval: Approval) -> str:
    return hash_of(shown_now(approval))


def is_unchanged(approval: Approval, now_hash: str) -> bool:
    """Whether the order is still the one that was shown when this was asked for; `now_hash`: of what is shown now."""
    return approval.order.version == approval.order_version and now_hash == approval.shown_hash


def _end(approvals: list[Approval], state: ApprovalState, *, now: datetime) -> None:
    if not approvals:
        return
    for approval in approvals:
        approval.state, approval.ended_at = state, now
    Approval.objects.bulk_update(approvals, ["state", "ended_at"])
    payouts_refuse([approval.pk for approval in approvals], now=now)
    outbox.say_again("approval_asked", [_thread(approval.pk) for approval in approvals], now=now)


def _end_told(
    ended: list[Approval], kind: str, *, told: list[Approval], template: str, actor: Actor, now: datetime
) -> None:
    """A record of each in the journal, a message to whoever asked for these."""
    outbox.post([_message(approval, template, approval.asked_by_id) for approval in told], now=now)
    records = [journal.Record(kind, order_id=one.order_id, output={"approval": one.pk}) for one in ended]
    journal.write(records, actor=actor, now=now)


def payouts_refuse(approval_ids: list[int], *, now: datetime) -> None:
    """What was asked for with these requests is not paid out."""
    asked = Payout.objects.filter(approval__in=approval_ids, state=PayoutState.ASKED)
    asked.update(state=PayoutState.REFUSED, ended_at=now)


def _message(approval: Approval, template: str, person_id: int) -> outbox.Outgoing:
    return outbox.Outgoing(
        template=template,
        importance=Importance.ASSIGNMENT,
        dedup_key=f"{template}:{approval.pk}:{person_id}",
        person_id=person_id,
        order_id=approval.order_id,
        context={"approval": approval.pk},
        thread=_thread(approval.pk) if template == "approval_asked" else "",
    )


def _thread(approval_id: int) -> str:
    return f"approval:{approval_id}"


def approval_tell_decided(approval: Approval, order: Order, *, actor: Actor, now: datetime) -> None:
    """Whoever asked, and the owner of the order, whose work it changes; whoever was to decide sees that it is over."""
    told = {approval.asked_by_id, order.assigned_manager_id or approval.asked_by_id} - {actor.user_id}
    outbox.post([_message(approval, "approval_decided", person_id) for person_id in sorted(told)], now=now)
    outbox.say_again("approval_asked", [_thread(approval.pk)], now=now)
