from datetime import datetime

from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from core.models import Calendar
from core.policies.calendars import calendar_from_json
from core.refusals import NotAllowed


def calendar_draft(*, code: str, actor: Actor, now: datetime) -> Calendar:
    """The next version of a calendar, as a draft with the hours of the newest one; the draft, if there is one.

    Raises NotAllowed, Calendar.DoesNotExist.
    """
    with work.command("command.calendar_draft", actor=actor, now=now):
        _check(actor, "core.add_calendar")
        return _draft(code, actor=actor, now=now)


def _draft(code: str, *, actor: Actor, now: datetime) -> Calendar:
    newest = Calendar.objects.select_for_update().filter(code=code).order_by("-version").first()
    if newest is None:
        raise Calendar.DoesNotExist(code)
    if newest.published_at is None:
        return newest
    draft = Calendar.objects.create(
        code=code,
        version=newest.version + 1,
        title=newest.title,
        time_zone=newest.time_zone,
        hours=newest.hours,
    )
    _journal("command.calendar_draft", draft, actor=actor, now=now)
    return draft


def calendar_publish(*, calendar_id: int, actor: Actor, now: datetime) -> Calendar:
    """Put this version in force for clocks that start from now on. It can't be changed any more.

    Raises NotAllowed, CalendarInvalid with all that is wrong; publishing twice is publishing once.
    """
    asked = {"calendar": calendar_id}
    with work.command("command.calendar_publish", actor=actor, now=now, inputs=asked):
        _check(actor, "core.change_calendar")
        return _publish(calendar_id, actor=actor, now=now)


def _publish(calendar_id: int, *, actor: Actor, now: datetime) -> Calendar:
    calendar = Calendar.objects.select_for_update().get(pk=calendar_id)
    if calendar.published_at is not None:
        return calendar
    calendar_from_json(
        calendar.hours, code=calendar.code, version=calendar.version, time_zone=calendar.time_zone
    )
    calendar.published_at = now
    calendar.save(update_fields=["published_at"])
    _journal("command.calendar_publish", calendar, actor=actor, now=now)
    return calendar


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise NotAllowed(_("Only a lead changes working hours."))


def _journal(kind: str, calendar: Calendar, *, actor: Actor, now: datetime) -> None:
    output = {"calendar": calendar.pk, "version": calendar.version}
    journal.write([journal.Record(kind=kind, output=output)], actor=actor, now=now)
