"""Who is a manager, and when they work. What changes here wakes the orders that it concerns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assignment.models import Manager, Shift, WeeklyShift
from assignment.services.managers import ShiftRefused, weekly_shifts_lay_out
from core import journal, work
from core.actors import Actor
from core.models import User
from core.roles import user_set_roles
from orders import gate
from orders.services import wake_orders_of

FROM_WEEK = "weekly"
"""The source of a shift that was laid out from the weekly ones."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A recurring shift in local time; an end that is not after the start is on the next day."""

    weekday: int
    starts: time
    ends: time


def manager_add(*, user_id: int, capacity: Decimal, actor: Actor, now: datetime) -> Manager:
    """This person takes orders from now on, as soon as there is a shift. Adding twice is adding once.

    Raises gate.NotAllowed, ValidationError.
    """
    with work.command("command.manager_add", actor=actor, now=now, inputs={"person": user_id}):
        _check(actor, "assignment.add_manager")
        manager = Manager.objects.filter(user_id=user_id).first()
        if manager is not None:
            return manager
        manager = Manager(user_id=user_id, capacity=capacity, created_at=now)
        manager.full_clean()
        manager.save()
        _journal("command.manager_add", {"manager": manager.pk, "person": user_id}, actor=actor, now=now)
    return manager


def person_set_active(*, user_id: int, active: bool, actor: Actor, now: datetime) -> User:
    """Close a person's access, or open it again; their open orders are looked at. Raises gate.NotAllowed."""
    asked = {"person": user_id, "active": active}
    with work.command("command.person_set_active", actor=actor, now=now, inputs=asked):
        _check(actor, "core.change_user")
        # Not FOR UPDATE: who holds the distribution lock may be writing a row that refers to this person.
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
        if user.is_active == active:
            return user
        user.is_active = active
        user.save(update_fields=["is_active"])
        inputs = {"person": user.pk, "active": active}
        _journal("command.person_set_active", inputs, actor=actor, now=now)
        wake_orders_of([user.pk], now=now)
    return user


def person_set_roles(*, user_id: int, roles: Iterable[str], actor: Actor, now: datetime) -> User:
    """Exactly these roles from now on. Raises gate.NotAllowed, ValueError for what is no role."""
    wanted = sorted(set(roles))
    asked = {"person": user_id, "roles": wanted}
    with work.command("command.person_set_roles", actor=actor, now=now, inputs=asked):
        user = _person_with_roles(user_id, actor)
        _give_roles(user, wanted, actor=actor, now=now)
    return user


def person_add_role(*, user_id: int, role: str, actor: Actor, now: datetime) -> User:
    """This role besides those that they have, as long as their access is open.

    Raises gate.NotAllowed, ValueError for what is no role, User.DoesNotExist for whoever is not there any more.
    """
    asked = {"person": user_id, "added": role}
    with work.command("command.person_set_roles", actor=actor, now=now, inputs=asked):
        user = _person_with_roles(user_id, actor)
        if not user.is_active:
            raise User.DoesNotExist
        _give_roles(user, sorted({*_roles_of(user), role}), actor=actor, now=now)
    return user


def _person_with_roles(user_id: int, actor: Actor) -> User:
    """Locked: of two who change somebody's roles at once, the second adds to what the first did."""
    _check(actor, "core.change_user")
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)


def _give_roles(user: User, wanted: list[str], *, actor: Actor, now: datetime) -> None:
    before = _roles_of(user)
    user_set_roles(user=user, roles=wanted)
    if wanted != before:
        inputs = {"person": user.pk, "roles": wanted, "before": before}
        _journal("command.person_set_roles", inputs, actor=actor, now=now)


def _roles_of(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


def weekly_shifts_set(*, manager_id: int, rows: Sequence[WeekRow], actor: Actor, now: datetime) -> None:
    """These are the manager's weekly shifts. Those laid out ahead that have not begun are laid out anew.

    Raises gate.NotAllowed, ShiftRefused when two begin at the same time.
    """
    with work.command("command.weekly_shifts_set", actor=actor, now=now, inputs={"manager": manager_id}):
        _check(actor, "assignment.change_weeklyshift")
        if len({(row.weekday, row.starts) for row in rows}) < len(rows):
            raise ShiftRefused(_("Two shifts of one day begin at the same time."))
        manager = Manager.objects.select_for_update(of=("self",), no_key=True).get(pk=manager_id)
        WeeklyShift.objects.filter(manager=manager).delete()
        WeeklyShift.objects.bulk_create(
            WeeklyShift(manager=manager, weekday=row.weekday, starts=row.starts, ends=row.ends)
            for row in rows
        )
        Shift.objects.filter(manager=manager, source=FROM_WEEK, starts_at__gt=now).delete()
        weekly_shifts_lay_out(now=now)
        _journal("command.weekly_shifts_set", {"manager": manager.pk}, actor=actor, now=now)


def shift_add(
    *, manager_id: int, starts_at: datetime, ends_at: datetime, actor: Actor, now: datetime
) -> Shift:
    """One more shift, beside those of the week. Raises gate.NotAllowed, ShiftRefused."""
    with work.command("command.shift_add", actor=actor, now=now, inputs={"manager": manager_id}):
        _check(actor, "assignment.add_shift")
        if ends_at <= max(starts_at, now):
            raise ShiftRefused(_("A shift has to end after it starts, and in the future."))
        manager = Manager.objects.select_for_update(of=("self",), no_key=True).get(pk=manager_id)
        try:
            with transaction.atomic():
                shift = Shift.objects.create(
                    manager=manager, starts_at=starts_at, ends_at=ends_at, source="hand"
                )
        except IntegrityError as error:
            raise ShiftRefused(_("This shift overlaps another one.")) from error
        _journal("command.shift_add", {"manager": manager.pk, "shift": shift.pk}, actor=actor, now=now)
    return shift


def shift_remove(*, shift_id: int, actor: Actor, now: datetime) -> None:
    """A shift that has not begun will not be. Raises gate.NotAllowed, ShiftRefused."""
    with work.command("command.shift_remove", actor=actor, now=now, inputs={"shift": shift_id}):
        _check(actor, "assignment.delete_shift")
        shift = Shift.objects.select_for_update(of=("self",)).get(pk=shift_id)
        if shift.starts_at <= now:
            raise ShiftRefused(_("This shift has begun: it can be ended, not removed."))
        inputs = {"manager": shift.manager_id, "shift": shift.pk}
        shift.delete()
        _journal("command.shift_remove", inputs, actor=actor, now=now)


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise gate.NotAllowed(_("Only a lead changes managers."))


def _journal(kind: str, inputs: Mapping[str, object], *, actor: Actor, now: datetime) -> None:
    journal.write([journal.Record(kind, inputs=inputs)], actor=actor, now=now)
