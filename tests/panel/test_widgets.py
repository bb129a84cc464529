"""Fields look as Django's templates would have made them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from panel.widgets import WRITERS, WidgetRenderer

HARD = """<b title="x">'&'</b>"""

CHOICES: list[tuple[Any, Any]] = [
    ("", gettext_lazy("Choose")),
    (1, HARD),
    (12345, mark_safe("<i>marked</i>")),
    ("group <1>", [("a", "A"), ("b", HARD)]),
]


class Form(forms.Form):
    line = forms.CharField(max_length=20, initial=HARD, help_text=HARD)
    empty = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"placeholder": HARD, "autofocus": True})
    )
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "class": "wide", "spellcheck": False}), initial=HARD
    )
    nothing = forms.CharField(widget=forms.Textarea, required=False)
    number = forms.IntegerField(initial=1234567, min_value=1)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=7)
    until = forms.DateTimeField(
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        initial=datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
    )
    agreed = forms.BooleanField(initial=True)
    not_agreed = forms.BooleanField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput)
    one = forms.ChoiceField(choices=CHOICES, initial=12345)
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect(attrs={"class": HARD}), initial="a")
    several = forms.MultipleChoiceField(
        choices=CHOICES, widget=forms.CheckboxSelectMultiple, initial=["1", "b"]
    )
    few = forms.MultipleChoiceField(choices=CHOICES, widget=forms.SelectMultiple, initial=["b"])


@pytest.mark.parametrize("auto_id", ["id_%s", "x-%s", False])
@pytest.mark.parametrize(
    "given", [None, {}, {"line": HARD, "number": "x", "one": "1", "several": ["1", "a"]}]
)
@pytest.mark.parametrize("field", Form.base_fields)
def test_the_same_bytes(field: str, given: dict[str, Any] | None, auto_id: str | bool) -> None:
    ours, theirs = (
        str(Form(given, auto_id=auto_id, renderer=renderer)[field])
        for renderer in (WidgetRenderer(), DjangoTemplates())
    )

    assert ours == theirs


def test_every_writer_is_compared() -> None:
    compared = {field.widget.template_name for field in Form.base_fields.values()}

    assert set(WRITERS) <= compared
