from typing import Any

from django import forms

from assignment.models import Manager, WeeklyShift
from assignment.services import WeekRow
from panel import hours


class WeeklyForm(forms.Form):
    """Seven lines of hours; an end that is not after its start is on the next day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(hours.WEEKDAYS):
            self.fields[f"day{number}"] = hours.HoursField(label=day)

    def rows(self) -> list[WeekRow]:
        return [
            WeekRow(number, starts, ends)
            for number in range(len(hours.WEEKDAYS))
            for starts, ends in self.cleaned_data[f"day{number}"]
        ]


def weekly_form(manager: Manager) -> WeeklyForm:
    """What stands there now."""
    week: dict[int, hours.Hours] = {}
    for shift in WeeklyShift.objects.filter(manager=manager).order_by("weekday", "starts"):
        week.setdefault(shift.weekday, []).append((shift.starts, shift.ends))
    return WeeklyForm(initial={f"day{number}": hours.write(rows) for number, rows in week.items()})
