"""What of the ladder stands for a batch of orders: what climbs, is silent, is proposed. One query."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from rop.plan import EscalationFacts, ProposalFacts, SnoozeFacts
from sla.policies.ladder import STUCK_TRIGGERS


@dataclass(slots=True)
class Standing:
    escalations: list[EscalationFacts]
    snooze: SnoozeFacts | None = None
    proposal: ProposalFacts | None = None


STANDS_NOWHERE = Standing([])
"""Of an order of which nothing climbs, is silent or is proposed."""

# An order that stood still and moved must not climb again in the same stage: of these the ended ones are read too.
_STANDING = """
    SELECT order_id, 'escalation', id, jsonb_build_object(
               'id', id, 'trigger', trigger, 'generation', generation, 'state', state, 'owner_id', owner_id,
               'fired', fired, 'times_told', times_told, 'acknowledged_until', acknowledged_until,
               'over', ended_at IS NOT NULL)::text
      FROM ai_escalations
     WHERE order_id = ANY(%(ids)s) AND (ended_at IS NULL OR trigger = ANY(%(stuck)s))
     UNION ALL
    SELECT order_id, 'snooze', id, jsonb_build_object('id', id, 'until', until)::text
      FROM ai_snoozes WHERE order_id = ANY(%(ids)s) AND ended_at IS NULL
     UNION ALL
    SELECT order_id, 'proposal', id, jsonb_build_object('id', id, 'from_user_id', from_user_id)::text
      FROM ai_proposals WHERE order_id = ANY(%(ids)s) AND state = 'open'
     ORDER BY 3
"""


def standing(sequences: dict[int, int]) -> dict[int, Standing]:
    """By order, for orders with the number of their last status event."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"ids": list(sequences), "stuck": list(STUCK_TRIGGERS)})
        rows: Sequence[tuple[int, str, int, str]] = cursor.fetchall()
    found: dict[int, Standing] = {}
    for order_id, what, _id, document in rows:
        of_order = found.setdefault(order_id, Standing([]))
        if what == "snooze":
            of_order.snooze = msgspec.json.decode(document, type=SnoozeFacts)
        elif what == "proposal":
            of_order.proposal = msgspec.json.decode(document, type=ProposalFacts)
        else:
            escalation = msgspec.json.decode(document, type=EscalationFacts)
            if not escalation.over or escalation.generation == f"{sequences[order_id]}":
                of_order.escalations.append(escalation)
    return found
