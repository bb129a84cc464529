"""The cards of escalations: where they were sent, and their edits when somebody acts."""

from collections.abc import Mapping
from datetime import datetime

from core import outbox
from core.models import Importance, Message, MessageStatus
from rop.models import LIVE, Escalation

ESCALATION = "escalation"


def group_thread(order_id: int, group_id: int) -> str:
    return f"order:{order_id}:group:{group_id}"


def lead_thread(order_id: int, person_id: int) -> str:
    """Not the thread of the order's own card: a lead may have the order too."""
    return f"order:{order_id}:lead:{person_id}"


def announce(changes: Mapping[int, str], *, now: datetime) -> None:
    """Edit the cards that were told of these orders' escalations: order id → what has changed.

    acknowledged, resolved, snoozed, unsnoozed, assigned, ended, proposal_dismissed. What was told in a summary has
    no card to edit. Two queries.
    """
    cards = (
        Message.objects.filter(order_id__in=changes, template=ESCALATION, edits=False)
        .exclude(status__in=[MessageStatus.MERGED, MessageStatus.SUPERSEDED, MessageStatus.DEAD])
        .order_by()
        .values_list("order_id", "person_id", "group_id")
        .distinct()
        if changes
        else []
    )
    told = [(order_id, person_id, group_id) for order_id, person_id, group_id in cards if order_id]
    if not told:
        return
    live: dict[int, list[int]] = {}
    of_orders = Escalation.objects.filter(order_id__in=changes, state__in=LIVE).order_by("pk")
    for order_id, escalation_id in of_orders.values_list("order_id", "pk"):
        live.setdefault(order_id, []).append(escalation_id)
    outbox.post(
        [
            _edit(order_id, person_id, group_id, changes[order_id], live.get(order_id, []), now)
            for order_id, person_id, group_id in told
        ],
        now=now,
    )


def _edit(
    order_id: int,
    person_id: int | None,
    group_id: int | None,
    changed: str,
    escalations: list[int],
    now: datetime,
) -> outbox.Outgoing:
    thread = (
        group_thread(order_id, group_id) if group_id is not None else lead_thread(order_id, person_id or 0)
    )
    return outbox.Outgoing(
        template=ESCALATION,
        importance=Importance.REMINDER,
        dedup_key=f"{ESCALATION}:edit:{thread}:{changed}:{now.isoformat()}",
        person_id=person_id,
        group_id=group_id,
        order_id=order_id,
        context={"escalations": escalations, "changed": changed},
        thread=thread,
        edits=True,
    )
