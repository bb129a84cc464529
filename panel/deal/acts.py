"""All that can be recorded about a deal on an order's page, in two visible tables: form → command."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import User
from orders.models import Approval, Blocker, Claim, Payment, Payout
from orders.services import (
    PriceAnswer,
    approval_withdraw,
    blocker_open,
    blocker_pass,
    blocker_resolve,
    claim_open,
    claim_settle,
    client_decision_record,
    logistics_record,
    money_keep_ask,
    payment_correct,
    payment_record,
    payout_ask,
    payout_pay,
    price_set,
    tracking_record,
)
from panel.deal import forms
from panel.deal.forms import ActForm, OwnerForm
from panel.order.people import staff

Done = str | Promise | Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Act:
    """A form of the page and the command that it is given to. `done`: what is said when it is carried out."""

    form: type[ActForm]
    command: Callable[..., Any]
    done: Done

    def filled(self, *args: Any, people: Sequence[User] | None = None, **kwargs: Any) -> ActForm:
        """`people`: who can be chosen, where that was read already."""
        if issubclass(self.form, OwnerForm):
            kwargs["people"] = list(staff()) if people is None else people
        return self.form(*args, **kwargs)

    def said(self, result: Any) -> str:
        return self.done(result) if callable(self.done) else str(self.done)


@dataclass(frozen=True, slots=True)
class RowAct(Act):
    """The same about one thing of the order: its id is the command's `argument`."""

    model: type[Model]
    argument: str


def _price_said(answer: PriceAnswer) -> str:
    if answer.change is not None:
        return _("The price is agreed on.")
    if answer.approval is not None:
        return _("A second person is asked about the price.")
    return _("This is the price already.")


ACTS: dict[str, Act] = {
    "client": Act(
        forms.ClientForm, client_decision_record, gettext_lazy("The client's decision is written down.")
    ),
    "price": Act(forms.PriceForm, price_set, _price_said),
    "payment": Act(forms.PaymentForm, payment_record, gettext_lazy("The payment is recorded.")),
    "payout": Act(
        forms.PayoutForm, payout_ask, gettext_lazy("A second person is asked about the client's money.")
    ),
    "keep-money": Act(
        forms.KeepForm,
        money_keep_ask,
        gettext_lazy("A second person is asked whether the client's money stays."),
    ),
    "seller-date": Act(forms.SellerDateForm, logistics_record, gettext_lazy("The date is written down.")),
    "shipment": Act(forms.ShipmentForm, logistics_record, gettext_lazy("The shipment is written down.")),
    "tracking": Act(
        forms.TrackingForm, tracking_record, gettext_lazy("It is written down where the parcel is.")
    ),
    "delivery": Act(forms.DeliveryForm, logistics_record, gettext_lazy("The delivery is written down.")),
    "blocker": Act(
        forms.BlockerForm, blocker_open, gettext_lazy("It is written down what stands in the way.")
    ),
    "claim": Act(forms.ClaimForm, claim_open, gettext_lazy("The claim is written down.")),
}
"""By the name of the form: `client/` of an order, `order_client` of the site."""

ROW_ACTS: dict[str, RowAct] = {
    "blockers/remove": RowAct(
        forms.ResolveForm, blocker_resolve, gettext_lazy("It is out of the way."), Blocker, "blocker_id"
    ),
    "blockers/pass": RowAct(
        forms.PassForm, blocker_pass, gettext_lazy("It is passed on."), Blocker, "blocker_id"
    ),
    "claims/settle": RowAct(
        forms.SettleForm, claim_settle, gettext_lazy("The claim is settled."), Claim, "claim_id"
    ),
    "payments/correct": RowAct(
        forms.CorrectForm,
        payment_correct,
        gettext_lazy("A counter-entry takes the payment back."),
        Payment,
        "payment_id",
    ),
    "payouts/pay": RowAct(
        forms.PaidOutForm, payout_pay, gettext_lazy("It is recorded as paid out."), Payout, "payout_id"
    ),
    "approvals/withdraw": RowAct(
        forms.NothingForm,
        approval_withdraw,
        gettext_lazy("It is not asked for any more."),
        Approval,
        "approval_id",
    ),
}
"""By the address: `blockers/7/remove/` of an order, `blockers_remove` of the site."""


def row_form_name(act: str, row_id: int) -> str:
    """What a page calls the form of an act about one of its rows."""
    return f"{act}:{row_id}"
