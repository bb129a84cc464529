"""Terms of deals as a lead writes them: spans as people say them, steps numbered by when they come."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from orders.models import FollowUpStep, Terms
from panel.fields import Lines
from panel.rules.durations import DurationField

HOUR = 3600

SPANS: dict[str, tuple[Any, int]] = {
    "lead_after": (gettext_lazy("undecided: the lead decides after"), 0),
    "lead_within": (gettext_lazy("undecided: the lead has"), 1),
    "think_within": (gettext_lazy("the client thinks by the manager's word at most"), HOUR),
    "tracking_every": (gettext_lazy("the way is checked every"), HOUR),
    "tracking_within": (gettext_lazy("a check of the way takes at most"), 1),
    "approval_within": (gettext_lazy("an approval is decided within"), 1),
    "approval_expires": (gettext_lazy("an approval expires after"), 1),
    "payout_within": (gettext_lazy("money is paid out within"), 1),
    "claim_within": (gettext_lazy("a claim is settled within"), 1),
    "claim_window": (gettext_lazy("claims are taken for"), 0),
}
"""Field → how it is called, and how short it may be in seconds."""

PLACES_HINT = gettext_lazy("Filled in from the order: {client}, {item}, {price}, {order}, {manager}.")


def _span(label: Any, least: int) -> DurationField:
    return DurationField(label=capfirst(label), least=least, widget=UnfoldAdminTextInputWidget)


class TermsForm(forms.ModelForm[Terms]):
    class Meta:
        model = Terms
        fields = ("title", *SPANS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, least) in SPANS.items():
            if name in self.fields:
                self.fields[name] = _span(label, least)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        within, expires = given.get("approval_within"), given.get("approval_expires")
        if within and expires and expires < within:
            self.add_error("approval_expires", _("Not before it has to be decided."))
        return given


class StepForm(forms.ModelForm[FollowUpStep]):
    """`delay` from the beginning of the stage, or from the moment until which the client wanted to think."""

    delay = DurationField(label=capfirst(gettext_lazy("after")), least=0, widget=UnfoldAdminTextInputWidget)
    within = DurationField(
        label=capfirst(gettext_lazy("to be done within")), widget=UnfoldAdminTextInputWidget
    )
    text = Lines(
        label=capfirst(gettext_lazy("what to say")),
        max_length=1500,
        help_text=PLACES_HINT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
    )

    class Meta:
        model = FollowUpStep
        fields = ("delay", "within", "channel", "text")


class StepFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Steps come one after the other: two at one moment have no order."""

    def clean(self) -> None:
        super().clean()
        seen: set[int] = set()
        for form in self.forms:
            given = getattr(form, "cleaned_data", {})
            if not given or given.get("DELETE") or "delay" not in given:
                continue
            delay = given["delay"]
            if delay in seen:
                form.add_error("delay", _("There is a step at this moment already."))
            seen.add(delay)

    def kept(self) -> list[FollowUpStep]:
        """What the lead wants, in the order of their moments."""
        rows = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        steps = [form.instance for form in rows]
        return sorted(steps, key=lambda step: step.delay)
