from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panel.fields import LOCAL, Line


def moment_field(label: object) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, input_formats=[LOCAL], widget=widget)  # type: ignore[arg-type]


class SpanForm(forms.Form):
    """From when until when; an absence has a reason too."""

    def __init__(self, *args: Any, with_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"] = moment_field(gettext_lazy("From"))
        self.fields["ends_at"] = moment_field(gettext_lazy("Until"))
        if with_reason:
            self.fields["reason"] = Line(label=gettext_lazy("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts_at, ends_at = given.get("starts_at"), given.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            raise ValidationError(_("The end has to be after the beginning."))
        return given
