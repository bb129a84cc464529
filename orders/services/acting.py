"""What the commands about a deal share: who may act, how a refusal is said, how what was done is recorded."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import journal
from core.actors import Actor
from core.refusals import Refusal
from orders import gate
from orders.models import ContactChannel, Order
from orders.services.supervision import lock_order, wake

TEXT_AT_MOST = 2000
LINE_AT_MOST = 1000


class DealRefused(Refusal):
    """Nothing was recorded; str() says why. `code` is stable, `field` names what was given wrongly, "" for the whole.

    Codes: order_closed, wrong_stage, too_long, required, unknown, in_past, in_future, too_late, not_positive,
    too_large, too_precise, not_a_currency, nothing_given, ended_already, and those that the commands name.
    """

    def __init__(self, code: str, text: str, *, field: str = "") -> None:
        self.code = code
        self.field = field
        super().__init__(text)

    def lacks(self) -> list[str]:
        return [self.field] if self.field else []


def order_to_act(order_id: int, *, actor: Actor) -> Order:
    """The locked order, for somebody who may act on it.

    Raises gate.NotAllowed, DealRefused (order_closed), Order.DoesNotExist.
    """
    order = lock_order(order_id)
    if not gate.may_act(actor, owner_id=order.assigned_manager_id):
        raise gate.NotAllowed
    check_open(order)
    return order


def check_open(order: Order) -> None:
    if order.closed_at is not None:
        raise DealRefused("order_closed", _("The order is closed."))


def check_stage(order: Order, *statuses: str) -> None:
    """Raises DealRefused (wrong_stage) when the order stands somewhere else."""
    if order.status not in statuses:
        text = _("From “%(status)s” this is not possible.") % {"status": order.get_status_display()}
        raise DealRefused("wrong_stage", text, field="status")


def text_given(text: str, *, field: str, at_most: int = TEXT_AT_MOST, required: bool = True) -> str:
    """The text without blanks around it. Raises DealRefused (required, too_long)."""
    text = text.strip()
    if required and not text:
        raise DealRefused("required", _("Say it in words."), field=field)
    if len(text) > at_most:
        raise DealRefused("too_long", _("At most %(most)s characters.") % {"most": at_most}, field=field)
    return text


def one_of(given: str, among: list[str], *, field: str) -> str:
    """Raises DealRefused (unknown)."""
    if given not in among:
        listed = ", ".join(filter(None, among))
        raise DealRefused("unknown", _("One of these: %(among)s.") % {"among": listed}, field=field)
    return given


def channel_given(channel: str) -> str:
    return one_of(channel, ["", *ContactChannel.values], field="channel")


def moment_ahead(at: datetime, *, now: datetime, within: timedelta, field: str) -> datetime:
    """A deadline or a promise. Raises DealRefused (in_past, too_late)."""
    if at <= now:
        raise DealRefused("in_past", _("This has to be in the future."), field=field)
    if at > now + within:
        text = _("This may be %(days)s days ahead at most.") % {"days": within.days}
        raise DealRefused("too_late", text, field=field)
    return at


def acted(
    order: Order,
    kind: str,
    output: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    inputs: dict[str, Any] | None = None,
    fields: tuple[str, ...] = (),
    moves: bool = True,
) -> None:
    """Something was done about this locked order: raise its version, record, and have AI-РОП look.

    `moves`: whether it is a movement of the order; `fields`: columns of facts that changed besides.
    """
    if moves:
        order.moved_at = now
        fields = (*fields, "moved_at")
    order.save_facts(*fields, now=now)
    record = journal.Record(kind, order_id=order.pk, inputs=inputs or {}, output=output)
    journal.write([record], actor=actor, now=now)
    wake([order.pk])
