from sla.models.clocks import Clock, ClockState, Violation
from sla.models.kinds import ClockKind, Mode
from sla.models.ladder import Action, Rung, StuckRule, Trigger, Whom
from sla.models.matrix import Matrix, Rule

__all__ = [
    "Action",
    "Clock",
    "ClockKind",
    "ClockState",
    "Matrix",
    "Mode",
    "Rule",
    "Rung",
    "StuckRule",
    "Trigger",
    "Violation",
    "Whom",
]
