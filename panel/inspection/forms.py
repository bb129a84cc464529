"""What people give to the doors of an inspection. Translation only: the services decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import Purpose
from panel.fields import Lines
from panel.order.forms import DoorForm

ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,.mp4,image/jpeg,image/png,image/webp,application/pdf,video/mp4"
"""What a browser offers to choose. By their types: a telephone then makes a JPEG of a photo in its own format."""

LARGEST_ID = 2**63 - 1


class AnswerForm(forms.Form):
    """`seen`: the answer that was looked at, 0 for none."""

    point = forms.IntegerField(min_value=1, max_value=99)
    value = forms.CharField(required=False, strip=False)
    remark = forms.CharField(required=False, strip=False)
    seen = forms.IntegerField(min_value=0, max_value=LARGEST_ID)


class GroupForm(forms.Form):
    group = forms.CharField(max_length=40)


class VerdictForm(DoorForm):
    verdict = forms.CharField(max_length=10)
    remarks = Lines(label=_("Remarks"), max_length=2000, required=False)


class DecideForm(DoorForm):
    decision = forms.CharField(max_length=10)
    reason = Lines(label=_("Why"), max_length=1000, required=False)


class PlaceForm(forms.Form):
    """At which point of the inspection; at none when it is empty."""

    point = forms.IntegerField(min_value=1, max_value=99, required=False)


class FilesForm(PlaceForm):
    purpose = forms.ChoiceField(choices=Purpose.choices, required=False)

    def clean_purpose(self) -> str:
        return self.cleaned_data["purpose"] or Purpose.INSPECTION
