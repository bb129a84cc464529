"""Spans of time as a lead writes them: 30 min, 4 h, 1 d 12 h — and in Russian: 30 мин, 4 ч, 1 д 12 ч."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNITS = {
    **dict.fromkeys(("d", "day", "days", "д", "дн", "день", "дня", "дней"), 86_400),
    **dict.fromkeys(("h", "hour", "hours", "ч", "час", "часа", "часов"), 3_600),
    **dict.fromkeys(("m", "min", "minutes", "м", "мин", "минут", "минута", "минуты"), 60),
    **dict.fromkeys(("s", "sec", "seconds", "с", "сек", "секунд"), 1),
}
PIECE = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-zа-яё]+)\.?", re.IGNORECASE)
LONGEST = 366 * 86_400


def read(text: str, *, least: int = 1) -> int:
    """Whole seconds. Raises ValidationError."""
    if least == 0 and text.strip() == "0":
        return 0
    rest = PIECE.sub("", text).strip()
    pieces = PIECE.findall(text)
    if not pieces or rest or any(unit.lower() not in UNITS for _number, unit in pieces):
        raise ValidationError(_("Write how long as 30 min, 4 h or 1 d 12 h."))
    seconds = round(sum(float(number.replace(",", ".")) * UNITS[unit.lower()] for number, unit in pieces))
    if not least <= seconds <= LONGEST:
        raise ValidationError(_("At least %(least)s, and at most a year.") % {"least": write(least)})
    return seconds


def write(seconds: int) -> str:
    """Exactly, by the largest units that divide it: 1 d 12 h, 90 s is 1 min 30 s."""
    parts = []
    for size, unit in (
        (86_400, _("%(n)d d")),
        (3_600, _("%(n)d h")),
        (60, _("%(n)d min")),
        (1, _("%(n)d s")),
    ):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(unit % {"n": number})
    return " ".join(parts) or _("%(n)d s") % {"n": 0}


class DurationField(forms.CharField):
    """A text of a span, in and out; its value is whole seconds, None for an empty one. `least` may be 0."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.least = least

    def prepare_value(self, value: Any) -> Any:
        return (write(value) if value else "0") if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        return read(text, least=self.least) if text else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        text = str(data or "").strip()
        try:
            return bool((read(text, least=self.least) if text else None) != initial)
        except ValidationError:
            return True
