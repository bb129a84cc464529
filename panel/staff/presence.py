"""Whether managers are there, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignment.models import Manager, Shift
from assignment.selectors import absences_at, shifts_at
from core.models import TelegramLink
from panel import words
from panel.words import Tone


class Presence(StrEnum):
    """Whether a manager can be given something now, the first that is true."""

    INACTIVE = "inactive"
    ABSENT = "absent"
    OFF_SHIFT = "off_shift"
    UNREACHABLE = "unreachable"
    HERE = "here"


PRESENCE_TONES = {
    Presence.INACTIVE: Tone.QUIET,
    Presence.ABSENT: Tone.INFO,
    Presence.OFF_SHIFT: Tone.QUIET,
    Presence.UNREACHABLE: Tone.LATE,
    Presence.HERE: Tone.GOOD,
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button that changes whether somebody is there; `url` is the name of its door."""

    url: str
    label: str | Promise
    icon: str
    style: str = ""


SHIFT_OVER = Press("admin:manager_shift_over", gettext_lazy("End the shift"), "logout")
SHIFT_NOW = Press("admin:manager_shift_now", gettext_lazy("On shift now"), "login", " primary")
BACK_NOW = Press("admin:manager_shift_now", gettext_lazy("Is back, on shift now"), "how_to_reg", " primary")
ABSENT_NOW = Press("admin:manager_absent_now", gettext_lazy("Absent now"), "person_off", " danger")

PRESSES: Mapping[Presence, tuple[Press, ...]] = {
    Presence.INACTIVE: (),
    Presence.ABSENT: (BACK_NOW,),
    Presence.OFF_SHIFT: (SHIFT_NOW, ABSENT_NOW),
    Presence.UNREACHABLE: (SHIFT_OVER, ABSENT_NOW),
    Presence.HERE: (SHIFT_OVER, ABSENT_NOW),
}
"""What can be said of somebody by one press."""


def with_presence(managers: QuerySet[Manager], *, now: datetime) -> QuerySet[Manager]:
    """Each with `shift_until`, `absent_until`, `next_shift` and `reachable` at `now`. No query by itself."""
    running = shifts_at(now).filter(manager=OuterRef("pk"))
    coming = Shift.objects.filter(manager=OuterRef("pk"), starts_at__gt=now).order_by("starts_at")
    absent = absences_at(now).filter(manager=OuterRef("pk"))
    linked = TelegramLink.objects.filter(user=OuterRef("user"), active=True, unreachable_since__isnull=True)
    return managers.select_related("user__team", "load").annotate(
        shift_until=Subquery(running.values("ends_at")[:1]),
        next_shift=Subquery(coming.values("starts_at")[:1]),
        absent_until=Subquery(absent.values("ends_at")[:1]),
        reachable=Exists(linked),
    )


def presence_of(manager: Manager) -> Presence:
    """Of a manager read by `with_presence`."""
    found = vars(manager)
    if not (manager.active and manager.user.is_active):
        return Presence.INACTIVE
    if found["absent_until"]:
        return Presence.ABSENT
    if not found["shift_until"]:
        return Presence.OFF_SHIFT
    if not (found["reachable"] or manager.works_without_telegram):
        return Presence.UNREACHABLE
    return Presence.HERE


def presence_words(manager: Manager, *, now: datetime) -> tuple[str, str]:
    """What is, and until when or since when that changes."""
    found, presence = vars(manager), presence_of(manager)
    if presence is Presence.INACTIVE:
        return _("takes no orders"), ""
    if presence is Presence.ABSENT:
        return _("absent"), _("until %(when)s") % {"when": words.moment(found["absent_until"], now=now)}
    if presence is Presence.OFF_SHIFT:
        coming = found["next_shift"]
        return _("not on shift"), _("next: %(when)s") % {
            "when": words.moment(coming, now=now) if coming else _("none is planned")
        }
    until = _("until %(when)s") % {"when": words.moment(found["shift_until"], now=now)}
    if presence is Presence.UNREACHABLE:
        return _("on shift, but can't be reached"), until
    return _("on shift"), until
