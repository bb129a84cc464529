from assignment.services.assign import AssignRefused, order_assign
from assignment.services.loads import LoadChange, loads_apply
from assignment.services.managers import (
    ShiftRefused,
    absence_add,
    absence_end,
    absence_remove,
    absences_begin,
    manager_set,
    shift_end_now,
    shift_start_now,
    weekly_shifts_lay_out,
)
from assignment.services.presence import manager_leave, manager_return
from assignment.services.rounds import (
    assignments_accept,
    assignments_end,
    assignments_start,
    lock_distribution,
)
from assignment.services.staff import (
    WeekRow,
    manager_add,
    person_add_role,
    person_set_active,
    person_set_roles,
    shift_add,
    shift_remove,
    weekly_shifts_set,
)
from assignment.services.weights import WeightsInvalid, weights_publish

__all__ = [
    "AssignRefused",
    "LoadChange",
    "ShiftRefused",
    "WeekRow",
    "WeightsInvalid",
    "absence_add",
    "absence_end",
    "absence_remove",
    "absences_begin",
    "assignments_accept",
    "assignments_end",
    "assignments_start",
    "loads_apply",
    "lock_distribution",
    "manager_add",
    "manager_leave",
    "manager_return",
    "manager_set",
    "order_assign",
    "person_add_role",
    "person_set_active",
    "person_set_roles",
    "shift_add",
    "shift_end_now",
    "shift_remove",
    "shift_start_now",
    "weekly_shifts_lay_out",
    "weekly_shifts_set",
    "weights_publish",
]
