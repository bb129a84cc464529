"""Hours of a day as people write them: 09:00–13:00, 14:00–18:00."""

import re
from collections.abc import Iterable
from datetime import time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panel.fields import Line

Hours = list[tuple[time, time]]

PIECE = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")
LENGTH = 200

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def read(text: str) -> Hours:
    """The intervals; 24:00 is the midnight at which the day ends. Raises ValidationError."""
    return [_interval(piece.strip()) for piece in text.replace(";", ",").split(",") if piece.strip()]


def write(hours: Iterable[tuple[time, time]]) -> str:
    return ", ".join(f"{start:%H:%M}–{_end(end)}" for start, end in hours)


def _end(at: time) -> str:
    return "24:00" if at == time(0) else f"{at:%H:%M}"


def _interval(piece: str) -> tuple[time, time]:
    found = PIECE.fullmatch(piece)
    if found is None:
        raise ValidationError(_("“%(text)s” are no hours; write them as 09:00–18:00.") % {"text": piece[:40]})
    hour, minute, to_hour, to_minute = (int(number) for number in found.groups())
    try:
        end = time(0) if (to_hour, to_minute) == (24, 0) else time(to_hour, to_minute)
        return time(hour, minute), end
    except ValueError:
        raise ValidationError(_("There is no such time: %(text)s.") % {"text": piece[:40]}) from None


class HoursField(Line):
    """A text of hours, read into intervals."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=LENGTH, required=False, **kwargs)

    def clean(self, value: object) -> Hours:
        return read(super().clean(value))
