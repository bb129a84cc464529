"""Managers, their shifts and absences. What changes here wakes the orders that it concerns."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from assignment.models import Absence, Manager, Shift, WeeklyShift
from assignment.selectors import shifts_at
from core import journal, work
from core.actors import Actor
from core.models import Calendar
from core.refusals import Refusal
from orders import gate
from orders.services import wake_orders_of

LAY_OUT_AHEAD = timedelta(days=14)
OWN_SHIFT = timedelta(hours=8)
"""How long a shift lasts that a manager starts by hand."""


class ShiftRefused(Refusal):
    """The shift or absence can't be recorded; str() says why."""

    code = "shift_refused"


def _may_change(manager: Manager, actor: Actor, *, own: bool = False) -> None:
    if own and actor.user_id == manager.user_id:
        return
    if not actor.may("assignment.change_manager"):
        raise gate.NotAllowed(_("Only a lead changes managers."))


class ManagerFields(TypedDict, total=False):
    """What can be changed of a manager. `offers_cap=None` means no cap of its own."""

    active: bool
    capacity: Decimal
    offers_cap: int | None
    works_without_telegram: bool


def manager_set(*, manager_id: int, actor: Actor, now: datetime, **given: Unpack[ManagerFields]) -> Manager:
    """Change what is given; the manager's open orders are looked at, the waiting queue finds new places by itself.

    Raises gate.NotAllowed, ValidationError.
    """
    with work.command("command.manager_set", actor=actor, now=now, inputs={"manager": manager_id}):
        manager = Manager.objects.select_for_update(of=("self",), no_key=True).get(pk=manager_id)
        _may_change(manager, actor)
        for name, value in given.items():
            setattr(manager, name, value)
        manager.full_clean(validate_unique=False)
        manager.save(update_fields=[*given])
        inputs = {name: str(value) for name, value in given.items()}
        journal.write(
            [journal.Record("command.manager_set", inputs={"manager": manager.pk, **inputs})],
            actor=actor,
            now=now,
        )
        wake_orders_of([manager.user_id], now=now)
    return manager


def absence_add(
    *, manager_id: int, starts_at: datetime, ends_at: datetime, actor: Actor, now: datetime, reason: str = ""
) -> Absence:
    """Record an absence. What the manager has not accepted goes to others when it begins. Raises ShiftRefused."""
    with work.command("command.absence_add", actor=actor, now=now, inputs={"manager": manager_id}):
        manager = Manager.objects.select_for_update(of=("self",), no_key=True).get(pk=manager_id)
        _may_change(manager, actor)
        if ends_at <= max(starts_at, now):
            raise ShiftRefused(_("An absence has to end after it starts, and in the future."))
        try:
            with transaction.atomic():
                absence = Absence.objects.create(
                    manager=manager,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    reason=reason,
                    begun_at=now if starts_at <= now else None,
                )
        except IntegrityError as error:
            raise ShiftRefused(_("This absence overlaps another one.")) from error
        inputs = {"manager": manager.pk, "absence": absence.pk}
        journal.write([journal.Record("command.absence_add", inputs=inputs)], actor=actor, now=now)
        wake_orders_of([manager.user_id], now=now)
    return absence


def absence_remove(*, absence_id: int, actor: Actor, now: datetime) -> None:
    """The manager is there after all."""
    with work.command("command.absence_remove", actor=actor, now=now, inputs={"absence": absence_id}):
        absence = Absence.objects.select_related("manager").get(pk=absence_id)
        _may_change(absence.manager, actor)
        manager = absence.manager
        absence.delete()
        inputs = {"manager": manager.pk, "absence": absence_id}
        journal.write([journal.Record("command.absence_remove", inputs=inputs)], actor=actor, now=now)
        wake_orders_of([manager.user_id], now=now)


def absence_end(*, absence_id: int, actor: Actor, now: datetime) -> None:
    """The manager is back: an absence that has begun ends now, one that has not never was."""
    with work.command("command.absence_end", actor=actor, now=now, inputs={"absence": absence_id}):
        absence = Absence.objects.select_for_update(of=("self",)).select_related("manager").get(pk=absence_id)
        if absence.starts_at >= now:
            absence_remove(absence_id=absence_id, actor=actor, now=now)
            return
        _may_change(absence.manager, actor)
        if absence.ends_at <= now:
            return
        absence.ends_at = now
        absence.save(update_fields=["ends_at"])
        inputs = {"manager": absence.manager_id, "absence": absence.pk}
        journal.write([journal.Record("command.absence_end", inputs=inputs)], actor=actor, now=now)
        wake_orders_of([absence.manager.user_id], now=now)


def absences_begin(*, now: datetime, limit: int = 100) -> int:
    """The boundaries that have come: the orders of those who are absent from now on are looked at."""
    due = Absence.objects.filter(begun_at__isnull=True, starts_at__lte=now)
    if not due.exists():
        return 0
    with work.unit_of_work(now):
        begun = list(
            due.order_by("starts_at")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("manager")[:limit]
        )
        Absence.objects.filter(pk__in=[absence.pk for absence in begun]).update(begun_at=now)
        wake_orders_of({absence.manager.user_id for absence in begun}, now=now)
    return len(begun)


def shift_start_now(*, manager_id: int, actor: Actor, now: datetime, hours: float | None = None) -> Shift:
    """The manager is on shift from now on. Starting twice is starting once.

    Ends after `hours` (eight by default), or when the next laid-out shift begins.
    """
    with work.command("command.shift_start", actor=actor, now=now, inputs={"manager": manager_id}):
        manager = Manager.objects.select_for_update(of=("self",), no_key=True).get(pk=manager_id)
        _may_change(manager, actor, own=True)
        if running := shifts_at(now).filter(manager=manager).first():
            return running
        ends_at = now + (timedelta(hours=hours) if hours else OWN_SHIFT)
        following = Shift.objects.filter(manager=manager, starts_at__gt=now).order_by("starts_at").first()
        if following is not None:
            ends_at = min(ends_at, following.starts_at)
        shift = Shift.objects.create(manager=manager, starts_at=now, ends_at=ends_at, source="hand")
        inputs = {"manager": manager.pk, "shift": shift.pk}
        journal.write([journal.Record("command.shift_start", inputs=inputs)], actor=actor, now=now)
    return shift


def shift_end_now(*, manager_id: int, actor: Actor, now: datetime) -> Shift | None:
    """The manager's running shift ends now; None when there was none. What is accepted stays with them."""
    with work.command("command.shift_end", actor=actor, now=now, inputs={"manager": manager_id}):
        manager = Manager.objects.select_for_update(of=("self",), no_key=True).get(pk=manager_id)
        _may_change(manager, actor, own=True)
        shift = Shift.objects.filter(manager=manager, starts_at__lt=now, ends_at__gt=now).first()
        if shift is None:
            return None
        shift.ends_at = now
        shift.save(update_fields=["ends_at"])
        inputs = {"manager": manager.pk, "shift": shift.pk}
        journal.write([journal.Record("command.shift_end", inputs=inputs)], actor=actor, now=now)
    return shift


def weekly_shifts_lay_out(
    *, now: datetime, ahead: timedelta = LAY_OUT_AHEAD, since: datetime | None = None
) -> int:
    """Turn the weekly shifts into concrete ones up to `now + ahead`. What overlaps an existing shift is left out.

    A weekly shift whose `ends` is not after its `starts` ends on the next day. Returns how many are new.
    """
    zones = dict(
        Calendar.objects.filter(published_at__isnull=False)
        .order_by("version")
        .values_list("code", "time_zone")
    )
    start = since or now
    rows: list[tuple[int, datetime, datetime]] = []
    weekly = (
        WeeklyShift.objects.filter(manager__active=True).select_related("manager__user__team").order_by("pk")
    )
    for shift in weekly:
        team = shift.manager.user.team
        zone = ZoneInfo(zones.get(team.calendar_code if team else "default", "UTC"))
        day = start.astimezone(zone).date() - timedelta(days=1)
        last = (now + ahead).astimezone(zone).date()
        while day <= last:
            if day.weekday() == shift.weekday:
                starts_at = datetime.combine(day, shift.starts, tzinfo=zone)
                end_day = day if shift.ends > shift.starts else day + timedelta(days=1)
                ends_at = datetime.combine(end_day, shift.ends, tzinfo=zone)
                if ends_at > start:
                    rows.append((shift.manager_id, starts_at, ends_at))
            day += timedelta(days=1)
    return _insert_shifts(sorted(rows, key=lambda row: (row[0], row[1])))


def _insert_shifts(rows: list[tuple[int, datetime, datetime]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO assignment_shift (manager_id, starts_at, ends_at, source)
            SELECT manager_id, starts_at, ends_at, 'weekly'
              FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS v (manager_id, starts_at, ends_at)
            ON CONFLICT DO NOTHING
            """,
            [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]],
        )
        return int(cursor.rowcount)
