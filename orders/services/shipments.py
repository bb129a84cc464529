"""The date agreed with the seller, the carrier, the way, the delivery."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from core import work
from core.actors import Actor
from orders import gate
from orders.models import Logistics, Order, TaskStatus, TrackingCheck, WayState
from orders.policies.amounts import amount_flaw
from orders.selectors.deals import logistics_current, today
from orders.services.acting import (
    LINE_AT_MOST,
    DealRefused,
    acted,
    check_stage,
    one_of,
    order_to_act,
    text_given,
)
from orders.services.money import check_currency
from orders.services.tasks import TRACK, tasks_end
from orders.statuses import IN_A_DEAL, Status

DATE_AT_MOST = timedelta(days=365)
"""How far ahead a date of a shipment may be (a limit)."""

NAME_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class GivenLogistics:
    """What somebody found out; None of a field says nothing about it."""

    seller_date: date | None = None
    carrier: str | None = None
    tracking: str | None = None
    promised_date: date | None = None
    cost: Decimal | None = None
    cost_currency: str | None = None
    delivered_at: datetime | None = None
    comment: str | None = None


def logistics_record(
    *, order_id: int, given: GivenLogistics, actor: Actor, now: datetime, seen_version: int | None = None
) -> Logistics:
    """What is known of the shipment from now on: what was known before, with what is given here.

    What is given must be possible where the order stands: the delivery only in transit. The same again changes
    nothing. Raises DealRefused (wrong_stage, nothing_given, required, too_long, in_past, in_future, too_late,
    too_large, too_precise, not_positive, not_a_currency, before_shipping, order_closed), gate.NotAllowed,
    gate.StaleVersion, Order.DoesNotExist.
    """
    named = [one.name for one in fields(given) if getattr(given, one.name) is not None]
    asked = {"fields": named}
    with work.command("command.logistics_record", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = order_to_act(order_id, actor=actor)
        check_stage(order, *IN_A_DEAL)
        if not named:
            raise DealRefused("nothing_given", _("Nothing was given that could be recorded."))
        last = logistics_current(order.pk)
        known = _known(last)
        # What is known already was possible when it was recorded: a promise that has passed since is no mistake.
        said_again = {name: None for name in named if _clean(getattr(given, name)) == known[name]}
        _check(order, replace(given, **said_again), now=now)
        _check_cost(given)
        merged = {**known, **{name: _clean(getattr(given, name)) for name in named}}
        if merged["cost"] is not None and not merged["cost_currency"]:
            merged["cost_currency"] = order.currency
        if last is not None and merged == known:
            return last
        gate.check_seen(order, seen_version)

        record = _write(order, last, merged, actor=actor, now=now)
        output = {"logistics": record.pk, "fields": named}
        acted(order, "command.logistics_record", output, inputs=asked, actor=actor, now=now)
        return record


def tracking_record(
    *, order_id: int, state: str, actor: Actor, now: datetime, text: str = ""
) -> TrackingCheck:
    """Somebody looked where the parcel is; the task to look is done.

    Raises DealRefused (wrong_stage, unknown, required, too_long, order_closed), gate.NotAllowed, Order.DoesNotExist.
    """
    asked = {"state": state if state in WayState.values else "unknown"}
    with work.command("command.tracking_record", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = order_to_act(order_id, actor=actor)
        check_stage(order, Status.IN_TRANSIT)
        one_of(state, WayState.values, field="state")
        bad = state in (WayState.PROBLEM, WayState.LOST)
        text = text_given(text, field="text", at_most=LINE_AT_MOST, required=bad)
        last = logistics_current(order.pk)
        check = TrackingCheck.objects.create(
            order=order,
            shipment=last.shipment if last else 1,
            state=state,
            text=text,
            by_id=gate.person_of(actor),
            door=actor.door,
            at=now,
        )
        tasks_end(order, kinds=[TRACK], status=TaskStatus.DONE, actor=actor, now=now)
        output = {"tracking": check.pk, "state": state}
        acted(order, "command.tracking_record", output, inputs=asked, actor=actor, now=now)
        return check


def logistics_begin_anew(order: Order, *, keep_seller: bool, actor: Actor, now: datetime) -> None:
    """The shipment came back, or the deal goes another way: what was true of it is not true of the next one.

    For a locked order. `keep_seller`: the date that was agreed with the seller stands.
    """
    last = logistics_current(order.pk)
    if last is None or actor.user_id is None:
        return
    blank = _known(None)
    if keep_seller:
        blank["seller_date"] = last.seller_date
    _write(order, last, blank, actor=actor, now=now, shipment=last.shipment + 1)


def _known(last: Logistics | None) -> dict[str, object]:
    of = last if last is not None else Logistics()
    return {one.name: getattr(of, one.name) for one in fields(GivenLogistics)}


def _clean(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _write(
    order: Order,
    last: Logistics | None,
    known: dict[str, object],
    *,
    actor: Actor,
    now: datetime,
    shipment: int | None = None,
) -> Logistics:
    return Logistics.objects.create(
        order=order,
        shipment=shipment or (last.shipment if last else 1),
        by_id=gate.person_of(actor),
        door=actor.door,
        at=now,
        **known,
    )


def _check(order: Order, given: GivenLogistics, *, now: datetime) -> None:
    here = today(now)
    for name, at in (("seller_date", given.seller_date), ("promised_date", given.promised_date)):
        if at is None:
            continue
        if at < here:
            raise DealRefused("in_past", _("This date has passed already."), field=name)
        if at > here + DATE_AT_MOST:
            raise DealRefused("too_late", _("This date is more than a year ahead."), field=name)
    for name, text in (("carrier", given.carrier), ("tracking", given.tracking)):
        if text is not None:
            text_given(text, field=name, at_most=NAME_AT_MOST)
    if given.comment is not None:
        text_given(given.comment, field="comment", at_most=LINE_AT_MOST, required=False)
    if given.delivered_at is not None:
        _check_delivery(order, given.delivered_at, now=now)


def _check_cost(given: GivenLogistics) -> None:
    if given.cost is not None and given.cost != 0 and (flaw := amount_flaw(given.cost)):
        raise DealRefused(flaw, _("This can't be a cost."), field="cost")
    if given.cost_currency is not None:
        check_currency(given.cost_currency, field="cost_currency")
    if given.cost_currency is not None and given.cost is None:
        raise DealRefused("required", _("Say how much the shipment costs."), field="cost")


def _check_delivery(order: Order, at: datetime, *, now: datetime) -> None:
    if order.status != Status.IN_TRANSIT:
        text = _("Only what is in transit can have been delivered.")
        raise DealRefused("wrong_stage", text, field="delivered_at")
    if at > now:
        raise DealRefused("in_future", _("The delivery can't be in the future."), field="delivered_at")
    # A day counts from its beginning: whoever knows only the date gives its first moment.
    if today(at) < today(order.status_since):
        raise DealRefused(
            "before_shipping", _("The delivery can't be before the shipping."), field="delivered_at"
        )
