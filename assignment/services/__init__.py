from assignment.services.assign import AssignRefused, order_assign
from assignment.services.loads import LoadChange, loads_apply
from assignment.services.managers import (
    absence_add,
    absence_remove,
    absences_begin,
    manager_set,
    shift_end_now,
    shift_start_now,
    weekly_shifts_lay_out,
)
from assignment.services.rounds import (
    assignments_accept,
    assignments_end,
    assignments_start,
    lock_distribution,
)
from assignment.services.weights import WeightsInvalid, weights_publish

__all__ = [
    "AssignRefused",
    "LoadChange",
    "WeightsInvalid",
    "absence_add",
    "absence_remove",
    "absences_begin",
    "assignments_accept",
    "assignments_end",
    "assignments_start",
    "loads_apply",
    "lock_distribution",
    "manager_set",
    "order_assign",
    "shift_end_now",
    "shift_start_now",
    "weekly_shifts_lay_out",
    "weights_publish",
]
