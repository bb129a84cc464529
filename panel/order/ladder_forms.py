"""What a lead says to the ladder. Translation only: the services decide."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panel.fields import LOCAL, Line
from rop.services import next_morning
from rop.words import RESOLVED_BECAUSE, SNOOZED_BECAUSE

OTHER = "other"

FOR = (
    ("1h", gettext_lazy("for an hour")),
    ("3h", gettext_lazy("for three hours")),
    ("morning", gettext_lazy("until the morning")),
    ("until", gettext_lazy("until another moment")),
)
SPANS = {"1h": timedelta(hours=1), "3h": timedelta(hours=3)}


class ReasonForm(forms.Form):
    """A reason of the short list, or words of one's own."""

    reasons: Any = RESOLVED_BECAUSE

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        # Both forms stand on one page: a label has to find its own button.
        kwargs["auto_id"] = f"{type(self).__name__}-%s"
        super().__init__(*args, **kwargs)
        self.now = now
        choices = [*self.reasons.items(), (OTHER, gettext_lazy("another reason"))]
        first = next(iter(self.reasons))
        self.fields["reason"] = forms.ChoiceField(
            label=gettext_lazy("Why"), choices=choices, widget=forms.RadioSelect, initial=first
        )
        self.fields["words"] = Line(label=gettext_lazy("In words"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("reason") == OTHER and not given.get("words"):
            self.add_error("words", _("Say why in words."))
        return given

    @property
    def why(self) -> str:
        """The code of the list, or the words."""
        given: dict[str, str] = self.cleaned_data
        return given["words"] if given["reason"] == OTHER else given["reason"]


class ResolveForm(ReasonForm):
    pass


class SnoozeForm(ReasonForm):
    reasons = SNOOZED_BECAUSE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how_long"] = forms.ChoiceField(
            label=gettext_lazy("How long"), choices=FOR, widget=forms.RadioSelect, initial="1h"
        )
        self.fields["until"] = forms.DateTimeField(
            label=gettext_lazy("Until when"),
            input_formats=[LOCAL],
            required=False,
            widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"}),
        )
        self.order_fields(["how_long", "until", "reason", "words"])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("how_long") == "until" and "until" not in self.errors and not given.get("until"):
            raise ValidationError({"until": _("Say until when.")})
        return given

    @property
    def until(self) -> datetime:
        asked = self.cleaned_data["how_long"]
        if asked in SPANS:
            return self.now + SPANS[asked]
        until: datetime = next_morning(self.now) if asked == "morning" else self.cleaned_data["until"]
        return until
