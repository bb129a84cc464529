from datetime import datetime

from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from orders import gate
from orders.models import Order
from orders.services.inspecting import inspection_severity_changed
from orders.services.supervision import lock_order, wake


def order_set_severity(
    *, order_id: int, severity: str, actor: Actor, seen_version: int | None, now: datetime
) -> Order:
    """How urgent the order is: its clocks and its place in the queue follow. Raises a gate.Refusal."""
    asked = {"to": severity[:10]}
    with work.command("command.severity", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        if not actor.may("orders.act_on_any"):
            raise gate.NotAllowed
        if seen_version is not None and seen_version != order.version:
            raise gate.StaleVersion(seen=seen_version, current=order.version)
        if order.severity == severity:
            return order
        if order.closed_at is not None:
            raise gate.RouteRefused("severity", [gate.Missing("closed", _("The order is closed."))])

        before, order.severity = order.severity, severity
        order.full_clean(exclude=["status"], validate_unique=False, validate_constraints=False)
        order.save_facts("severity", now=now)
        inspection_severity_changed(order)

        record = journal.Record(
            kind="command.severity", order_id=order.pk, inputs={"from": before}, output={"to": severity}
        )
        journal.write([record], actor=actor, now=now)
        wake([order.pk])
    order.refresh_from_db()
    return order
