"""What people command of AI-РОП itself."""

from rop.services.escalations import escalation_acknowledge, escalation_resolve
from rop.services.proposals import proposal_accept, proposal_dismiss
from rop.services.quarantine import audits_forget, quarantine_retry
from rop.services.refusals import EscalationRefused
from rop.services.snoozes import next_morning, order_snooze, order_unsnooze

__all__ = [
    "EscalationRefused",
    "audits_forget",
    "escalation_acknowledge",
    "escalation_resolve",
    "next_morning",
    "order_snooze",
    "order_unsnooze",
    "proposal_accept",
    "proposal_dismiss",
    "quarantine_retry",
]
