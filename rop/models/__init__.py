from rop.models.keeping import Audit, Quarantine
from rop.models.ladder import (
    LIVE,
    SNOOZE_AT_MOST,
    Escalation,
    EscalationState,
    Proposal,
    ProposalKind,
    ProposalState,
    Snooze,
)

__all__ = [
    "LIVE",
    "SNOOZE_AT_MOST",
    "Audit",
    "Escalation",
    "EscalationState",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Quarantine",
    "Snooze",
]
