"""What people give to the doors of a deal. Translation only: the services decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import User
from orders.models import (
    BlockerKind,
    ClaimKind,
    ClaimOutcome,
    ClientSaid,
    ContactChannel,
    DeclineReason,
    PayoutKind,
    WayState,
)
from orders.services import GivenLogistics
from orders.services.acting import LINE_AT_MOST, TEXT_AT_MOST
from orders.services.money import DOCUMENT_AT_MOST
from orders.services.shipments import NAME_AT_MOST
from panel.fields import Amount, Currency, Day, Line, Lines, Moment
from panel.order.forms import DoorForm

SHORT = {"rows": 2}
CHOOSE = ("", _("Choose"))


class ActForm(forms.Form):
    """One of several forms of a page: `name` tells its fields from those of the others."""

    name = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.name}-%s")
        super().__init__(*args, **kwargs)

    def given(self) -> dict[str, Any]:
        """For the command."""
        return dict(self.cleaned_data)


class SeenForm(ActForm, DoorForm):
    """`version`: of the order that the person looked at."""

    def given(self) -> dict[str, Any]:
        given = super().given()
        return {"seen_version": given.pop("version"), **given}


class OwnerForm(ActForm):
    """Names somebody who has to do something by a moment."""

    owner = forms.TypedChoiceField(label=_("Who removes it"), coerce=int)
    due_at = Moment(label=_("Until"))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(person.pk, str(person)) for person in people]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        given = super().given()
        return {"owner_id": given.pop("owner"), **given}


# ── the client and the price ──


class ClientForm(SeenForm):
    name = "client"
    decision = forms.ChoiceField(label=_("The client"), choices=ClientSaid.choices, widget=forms.RadioSelect)
    until = Moment(label=_("Thinks until"), required=False)
    reason_code = forms.ChoiceField(
        label=_("Why declined"), choices=[CHOOSE, *DeclineReason.choices], required=False
    )
    channel = forms.ChoiceField(
        label=_("How it was said"), choices=[("", "—"), *ContactChannel.choices], required=False
    )
    text = Lines(
        label=_("In words"), max_length=TEXT_AT_MOST, required=False, widget=forms.Textarea(attrs=SHORT)
    )

    def given(self) -> dict[str, Any]:
        """What belongs to another answer is not seen on the page, and not meant."""
        given = super().given()
        if given["decision"] != ClientSaid.THINKS:
            given["until"] = None
        if given["decision"] != ClientSaid.DECLINED:
            given["reason_code"] = ""
        return given


class PriceForm(SeenForm):
    name = "price"
    price = Amount(label=_("New price"))
    currency = Currency(label=_("Currency"))
    reason = Line(label=_("Why"), max_length=LINE_AT_MOST)


# ── money ──


class PaymentForm(ActForm):
    name = "payment"
    amount = Amount(label=_("Amount"))
    currency = Currency(label=_("Currency"))
    paid_at = Moment(label=_("Paid at"))
    document = Line(label=_("Document"), max_length=DOCUMENT_AT_MOST)
    comment = Line(label=_("Comment"), max_length=LINE_AT_MOST, required=False)
    beside = forms.IntegerField(required=False, widget=forms.HiddenInput)
    equal_to: int | None = None
    """The payment that is the same, where this was refused for it: then the person may say that it is another one."""


class CorrectForm(ActForm):
    name = "correct"
    reason = Line(label=_("What is wrong with it"), max_length=LINE_AT_MOST)


class PayoutForm(ActForm):
    name = "payout"
    kind = forms.ChoiceField(label=_("What"), choices=PayoutKind.choices, widget=forms.RadioSelect)
    amount = Amount(label=_("Amount"))
    currency = Currency(label=_("Currency"))
    reason = Line(label=_("Why"), max_length=LINE_AT_MOST)


class KeepForm(ActForm):
    name = "keep"
    reason = Line(label=_("Why"), max_length=LINE_AT_MOST)


class PaidOutForm(ActForm):
    name = "paid-out"
    document = Line(label=_("Document"), max_length=DOCUMENT_AT_MOST)
    paid_at = Moment(label=_("Paid out at"))


# ── the shipment ──


class LogisticsForm(SeenForm):
    """What is left empty says nothing."""

    def given(self) -> dict[str, Any]:
        given = super().given()
        seen = given.pop("seen_version")
        facts = {name: value for name, value in given.items() if value not in (None, "")}
        return {"seen_version": seen, "given": GivenLogistics(**facts)}


class SellerDateForm(LogisticsForm):
    name = "seller-date"
    seller_date = Day(label=_("The seller gives it to the carrier on"))


class ShipmentForm(LogisticsForm):
    name = "shipment"
    carrier = Line(label=_("Carrier"), max_length=NAME_AT_MOST, required=False)
    tracking = Line(label=_("Tracking number"), max_length=NAME_AT_MOST, required=False)
    promised_date = Day(label=_("Promised date"), required=False)
    cost = Amount(label=_("Cost"), required=False)
    cost_currency = Currency(label=_("Currency of the cost"), required=False)
    comment = Line(label=_("Comment"), max_length=LINE_AT_MOST, required=False)

    def given(self) -> dict[str, Any]:
        if self.cleaned_data["cost"] is None:
            self.cleaned_data["cost_currency"] = ""
        return super().given()


class DeliveryForm(LogisticsForm):
    name = "delivery"
    delivered_at = Moment(label=_("Delivered at"))


class TrackingForm(ActForm):
    name = "tracking"
    state = forms.ChoiceField(label=_("Where it is"), choices=WayState.choices, widget=forms.RadioSelect)
    text = Line(label=_("In words"), max_length=LINE_AT_MOST, required=False)


# ── what stands in the way, what the client complains about ──


class BlockerForm(OwnerForm):
    name = "blocker"
    kind = forms.ChoiceField(label=_("Because of"), choices=BlockerKind.choices)
    text = Lines(
        label=_("What stands in the way"), max_length=LINE_AT_MOST, widget=forms.Textarea(attrs=SHORT)
    )
    field_order = ("kind", "text", "owner", "due_at")


class ResolveForm(ActForm):
    name = "remove"
    resolution = Line(label=_("How it was removed"), max_length=LINE_AT_MOST)


class PassForm(OwnerForm):
    name = "pass"
    reason = Line(label=_("Why"), max_length=LINE_AT_MOST)


class ClaimForm(ActForm):
    name = "claim"
    kind = forms.ChoiceField(label=_("What is wrong"), choices=ClaimKind.choices)
    text = Lines(
        label=_("In the client's words"), max_length=TEXT_AT_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )


class SettleForm(ActForm):
    name = "settle"
    outcome = forms.ChoiceField(
        label=pgettext_lazy("claim", "Outcome"), choices=[CHOOSE, *ClaimOutcome.choices]
    )
    resolution = Lines(
        label=_("How it was settled"), max_length=TEXT_AT_MOST, widget=forms.Textarea(attrs=SHORT)
    )


# ── approvals ──


class DecideForm(ActForm):
    name = "decide"
    answer = forms.CharField(max_length=10)
    reason = Lines(
        label=_("Why"), max_length=LINE_AT_MOST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen_hash = forms.CharField(max_length=64)


class NothingForm(ActForm):
    """A press that needs no words."""
