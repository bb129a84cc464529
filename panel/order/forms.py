"""What people give to the doors of an order. Translation only: the services decide."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import User
from orders.gate import RouteData
from orders.models import ContactChannel, Outcome, Whom
from orders.statuses import CancelReason, Severity
from panel.fields import Line, Lines, Moment
from panel.people import pick_list


class DoorForm(forms.Form):
    """`version`: of the order that the person looked at when pressing."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RouteForm(DoorForm):
    reason = Lines(label=_("Why"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason_code = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose")), *CancelReason.choices], required=False
    )

    def data_for_gate(self) -> RouteData:
        return RouteData(reason=self.cleaned_data["reason"], reason_code=self.cleaned_data["reason_code"])


class AssignForm(DoorForm):
    manager = forms.IntegerField(label=_("To whom"), min_value=1)
    reason = Line(label=_("Why"), max_length=200, required=False)


class SeverityForm(DoorForm):
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)


class NoteForm(forms.Form):
    text = Lines(
        label=_("Note"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Write a note")}),
    )
    mentions = forms.TypedMultipleChoiceField(
        label=_("Tell"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentions"].choices = [(person.pk, str(person)) for person in people]  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    title = Line(label=_("What"), max_length=300)
    owner = forms.TypedChoiceField(label=_("Whose"), coerce=int)
    due_at = Moment(label=_("Until"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(person.pk, str(person)) for person in people]  # type: ignore[attr-defined]


CONTACT_FIRST = {"whom": Whom.SELLER, "channel": ContactChannel.PHONE}
"""What is chosen before anybody chooses."""


class ContactForm(forms.Form):
    whom = forms.ChoiceField(label=_("With whom"), choices=Whom.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("How"), choices=ContactChannel.choices)
    outcome = forms.ChoiceField(label=_("What came of it"), choices=Outcome.choices, widget=forms.RadioSelect)
    text = Lines(
        label=_("In words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_at = Moment(label=_("Next contact (need not be)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Several forms stand on one page: a label has to find its own field.
        kwargs.setdefault("auto_id", "contact-%s")
        super().__init__(*args, **kwargs)


class BulkAssignForm(forms.Form):
    manager = forms.TypedChoiceField(label=_("To whom"), coerce=int, widget=forms.RadioSelect)
    reason = Line(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = pick_list(now=now)
        self.fields["manager"].choices = [(p.user_id, p.name) for p in self.people if p.can_be_given]  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """Nothing is asked. `now` is taken as every form of a bulk command takes it."""

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class BulkSeverityForm(BulkForm):
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, widget=forms.RadioSelect)
