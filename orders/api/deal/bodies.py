"""The bodies that the doors of a deal take."""

from core.api.fields import (
    AmountField,
    CodeField,
    CurrencyField,
    DayField,
    IdField,
    LineField,
    LinesField,
    MomentField,
    StrictSerializer,
    VersionField,
)
from orders import gate
from orders.models import (
    BlockerKind,
    ClaimKind,
    ClaimOutcome,
    ClientSaid,
    ContactChannel,
    DeclineReason,
    OpinionVerdict,
    PayoutKind,
    WayState,
)
from orders.services.acting import LINE_AT_MOST, TEXT_AT_MOST
from orders.services.deciding import Answer
from orders.services.money import DOCUMENT_AT_MOST
from orders.services.opinions import OPINION_AT_MOST
from orders.services.shipments import NAME_AT_MOST
from orders.statuses import CancelReason

HASH_LENGTH = 64


def _seen() -> VersionField:
    return VersionField(
        required=False,
        default=None,
        help_text="The order's version that was seen; an older one is refused with 409.",
    )


def _reason(help_text: str = "") -> LinesField:
    return LinesField(max_length=LINE_AT_MOST, help_text=help_text)


def _amount() -> AmountField:
    return AmountField(help_text='A text, as "125000.00".')


class ClientDecisionBody(StrictSerializer):
    decision = CodeField(choices=ClientSaid.choices)
    until = MomentField(
        required=False,
        default=None,
        help_text="For `thinks`, and only then; at most 90 days ahead. Past `deal.thinks_at_latest`: by a lead.",
    )
    reason_code = CodeField(
        choices=DeclineReason.choices, required=False, default="", help_text="For `declined`, and only then."
    )
    text = LinesField(required=False, allow_blank=True, default="", max_length=TEXT_AT_MOST)
    channel = CodeField(choices=ContactChannel.choices, required=False, default="")
    version = _seen()


class PriceBody(StrictSerializer):
    price = _amount()
    currency = CurrencyField()
    reason = _reason()
    version = _seen()


class PaymentBody(StrictSerializer):
    amount = _amount()
    currency = CurrencyField()
    paid_at = MomentField(help_text="With its zone; within the last year.")
    document = LineField(max_length=DOCUMENT_AT_MOST)
    comment = LinesField(required=False, allow_blank=True, default="", max_length=LINE_AT_MOST)
    beside = IdField(
        required=False,
        default=None,
        help_text="The payment that a 409 `recorded_already` names, when the client has paid once more.",
    )


class CorrectionBody(StrictSerializer):
    reason = _reason()


class PayoutBody(StrictSerializer):
    kind = CodeField(choices=PayoutKind.choices)
    amount = _amount()
    currency = CurrencyField()
    reason = _reason()


class KeepMoneyBody(StrictSerializer):
    reason = _reason()


class PayOutBody(StrictSerializer):
    document = LineField(max_length=DOCUMENT_AT_MOST)
    paid_at = MomentField(help_text="With its zone; within the last year.")


class LogisticsBody(StrictSerializer):
    """What was found out; what is not given stays as it was."""

    seller_date = DayField(required=False)
    carrier = LineField(required=False, max_length=NAME_AT_MOST)
    tracking = LineField(required=False, max_length=NAME_AT_MOST)
    promised_date = DayField(required=False)
    cost = AmountField(required=False, help_text='A text, as "1500.00"; may be "0".')
    cost_currency = CurrencyField(required=False, help_text="The order's unless it is given.")
    delivered_at = MomentField(required=False, help_text="In transit only.")
    comment = LinesField(required=False, allow_blank=True, max_length=LINE_AT_MOST)
    version = _seen()


class TrackingBody(StrictSerializer):
    state = CodeField(choices=WayState.choices)
    text = LinesField(
        required=False,
        allow_blank=True,
        default="",
        max_length=LINE_AT_MOST,
        help_text="Required for `problem` and `lost`.",
    )


class BlockerBody(StrictSerializer):
    kind = CodeField(choices=BlockerKind.choices)
    text = LinesField(max_length=LINE_AT_MOST)
    owner = IdField(help_text="The id of the person who removes it.")
    due_at = MomentField()


class ResolveBlockerBody(StrictSerializer):
    resolution = LinesField(max_length=LINE_AT_MOST)


class PassBlockerBody(StrictSerializer):
    owner = IdField(help_text="A person's id.")
    due_at = MomentField()
    reason = _reason()


class ApprovalBody(StrictSerializer):
    route = CodeField(choices=[(route, route) for route in gate.ROUTES])
    reason = _reason()
    reason_code = CodeField(
        choices=CancelReason.choices, required=False, default="", help_text="For the routes that cancel."
    )
    version = _seen()


class DecideBody(StrictSerializer):
    answer = CodeField(choices=Answer.choices)
    reason = LinesField(
        required=False,
        allow_blank=True,
        default="",
        max_length=LINE_AT_MOST,
        help_text="Required to decline.",
    )
    hash = LineField(max_length=HASH_LENGTH, help_text="Of what was shown: `hash` of the approval.")


class ClaimBody(StrictSerializer):
    kind = CodeField(choices=ClaimKind.choices)
    text = LinesField(max_length=TEXT_AT_MOST)


class SettleBody(StrictSerializer):
    outcome = CodeField(choices=ClaimOutcome.choices)
    resolution = LinesField(max_length=TEXT_AT_MOST)


class OpinionBody(StrictSerializer):
    verdict = CodeField(choices=OpinionVerdict.choices)
    text = LinesField(max_length=OPINION_AT_MOST)
