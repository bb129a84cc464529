from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from assignment.models import WeightTable
from core.models import Calendar
from core.policies.calendars import CalendarInvalid, calendar_from_json
from orders.statuses import Severity, Status
from panel import hours
from panel.fields import Line, Lines
from panel.rules.durations import DurationField
from sla.models import Rule, Rung, StuckRule

EXCEPTION_HINT = gettext_lazy(
    "One day a line: date, hours (none for a day off), reason. 2026-12-31 09:00–15:00 short day"
)


class RuleForm(forms.ModelForm[Rule]):
    """A rule with its target as people say it."""

    target_seconds = DurationField(
        label=capfirst(gettext_lazy("time allowed")), widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Rule
        fields = ("stage", "kind", "severity", "target_seconds", "mode", "warn_at")
        widgets = {"warn_at": UnfoldAdminTextInputWidget}

    def clean_warn_at(self) -> list[int]:
        shares = self.cleaned_data["warn_at"] or []
        if any(not 0 < share < 100 for share in shares):
            raise ValidationError(_("Warnings come between 1 and 99 per cent of the time."))
        return sorted(set(shares))


class RungForm(forms.ModelForm[Rung]):
    """A rung with its moments as people say them; "0" is at once."""

    after_seconds = DurationField(
        label=capfirst(gettext_lazy("after the deadline")),
        required=False,
        least=0,
        widget=UnfoldAdminTextInputWidget,
    )
    repeat_seconds = DurationField(
        label=capfirst(gettext_lazy("again every")), required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Rung
        fields = (
            *("trigger", "stage", "severity", "share", "after_seconds"),
            *("whom", "action", "repeat_seconds", "at_most"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("stage", Status.choices), ("severity", Severity.choices)):
            self.fields[name].choices = [("", _("every")), *choices]  # type: ignore[attr-defined]


class RungFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Django compares no rows with an empty field, and every rung has one."""

    SAME = ("trigger", "stage", "severity", "share", "after_seconds", "whom", "action")

    def clean(self) -> None:
        super().clean()
        seen: set[tuple[object, ...]] = set()
        for form in self.forms:
            given = getattr(form, "cleaned_data", {})
            if not form.is_valid() or not given or given.get("DELETE"):
                continue
            rung = tuple(given[name] for name in self.SAME)
            if rung in seen:
                form.add_error(None, _("There is such a rung already."))
            seen.add(rung)


class StuckRuleForm(forms.ModelForm[StuckRule]):
    after_seconds = DurationField(
        label=capfirst(gettext_lazy("without movement")), widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = StuckRule
        fields = ("stage", "level", "after_seconds")


class WeightsForm(forms.Form):
    """A new table, filled in with the one in force."""

    def __init__(self, *args: Any, in_force: WeightTable | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages, severities = (in_force.stages, in_force.severities) if in_force else ({}, {})
        for status in Status:
            self.fields[f"stage_{status}"] = _weight(status.label, stages.get(status, "0"))
        for severity in Severity:
            self.fields[f"severity_{severity}"] = _weight(severity.label, severities.get(severity, "1"))

    @property
    def of_stages(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("stage_")]

    @property
    def of_severities(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("severity_")]

    def weights(self, of: str) -> dict[str, Decimal]:
        """Of the stages or of the severities."""
        return {
            name.removeprefix(f"{of}_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith(f"{of}_")
        }


def _weight(label: object, initial: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,  # type: ignore[arg-type]
        initial=Decimal(initial),
        min_value=Decimal(0),
        max_digits=6,
        decimal_places=3,
        localize=False,
    )


class CalendarForm(forms.ModelForm[Calendar]):
    """Hours of a week line by line, and the days that differ."""

    title = Line(label=gettext_lazy("title"), max_length=100, widget=UnfoldAdminTextInputWidget)
    day0 = hours.HoursField(label=hours.WEEKDAYS[0], widget=UnfoldAdminTextInputWidget)
    day1 = hours.HoursField(label=hours.WEEKDAYS[1], widget=UnfoldAdminTextInputWidget)
    day2 = hours.HoursField(label=hours.WEEKDAYS[2], widget=UnfoldAdminTextInputWidget)
    day3 = hours.HoursField(label=hours.WEEKDAYS[3], widget=UnfoldAdminTextInputWidget)
    day4 = hours.HoursField(label=hours.WEEKDAYS[4], widget=UnfoldAdminTextInputWidget)
    day5 = hours.HoursField(label=hours.WEEKDAYS[5], widget=UnfoldAdminTextInputWidget)
    day6 = hours.HoursField(label=hours.WEEKDAYS[6], widget=UnfoldAdminTextInputWidget)
    exceptions = Lines(
        label=gettext_lazy("days that differ"),
        max_length=20_000,
        required=False,
        help_text=EXCEPTION_HINT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )

    class Meta:
        model = Calendar
        fields = ("title", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: dict[str, Any] = self.instance.hours if self.instance.pk else {}
        week = stored.get("week", [[]] * len(hours.WEEKDAYS))
        for number in range(len(hours.WEEKDAYS)):
            self.fields[f"day{number}"].initial = _joined(week[number])
        self.fields["exceptions"].initial = "\n".join(
            " ".join(filter(None, [day, _joined(exception["hours"]), exception.get("why", "")]))
            for day, exception in stored.get("exceptions", {}).items()
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        stored = {
            "week": [_pairs(given[f"day{number}"]) for number in range(len(hours.WEEKDAYS))],
            "exceptions": dict(_exception(line) for line in given["exceptions"].splitlines() if line.strip()),
        }
        try:
            calendar_from_json(stored, code="draft", version=1, time_zone=given["time_zone"])
        except CalendarInvalid as invalid:
            raise ValidationError([str(problem) for problem in invalid.problems]) from invalid
        self.instance.hours = stored
        return given


def _exception(line: str) -> tuple[str, dict[str, Any]]:
    """`2026-12-31 09:00–15:00 short day` → the day, its hours, its reason."""
    day, _space, rest = line.strip().partition(" ")
    found = hours.PIECE.match(rest.strip())
    pieces, why = [], rest.strip()
    while found is not None:
        pieces.append(found[0])
        why = why[found.end() :].lstrip(", ")
        found = hours.PIECE.match(why)
    return day, {"hours": _pairs(hours.read(", ".join(pieces))), "why": why}


def _pairs(intervals: hours.Hours) -> list[list[str]]:
    return [piece.split("–") for piece in hours.write(intervals).split(", ") if piece]


def _joined(intervals: list[list[str]]) -> str:
    return ", ".join("–".join(pair) for pair in intervals)
