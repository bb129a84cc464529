from rop.selectors.ladder import (
    EscalationRow,
    ProposalRow,
    SnoozeRow,
    cause_of,
    escalation_counts,
    live_escalations,
    open_escalations,
    open_proposals,
    proposals_of,
    snooze_of,
    untold,
)
from rop.selectors.loop import last_audit, loop_lag_seconds, orders_due, orders_waiting
from rop.selectors.standings import standings
from rop.selectors.stuck import stuck, stuck_levels

__all__ = [
    "EscalationRow",
    "ProposalRow",
    "SnoozeRow",
    "cause_of",
    "escalation_counts",
    "last_audit",
    "live_escalations",
    "loop_lag_seconds",
    "open_escalations",
    "open_proposals",
    "orders_due",
    "orders_waiting",
    "proposals_of",
    "snooze_of",
    "standings",
    "stuck",
    "stuck_levels",
    "untold",
]
