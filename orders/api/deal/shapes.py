"""The shapes of a deal's answers, for the OpenAPI document. Tests compare them with what is really sent."""

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from core.api.schema import PersonSerializer
from orders.models import (
    ApprovalAction,
    ApprovalState,
    BlockerKind,
    ClaimKind,
    ClaimOutcome,
    ClientSaid,
    ContactChannel,
    DeclineReason,
    OpinionVerdict,
    PayoutKind,
    PayoutState,
    WayState,
)


def _money(**more: Any) -> serializers.CharField:
    return serializers.CharField(**{"help_text": 'As "125000.00".', **more})


def _sums(help_text: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.CharField(), help_text=help_text)


class DealSerializer(Serializer[Any]):
    decision = serializers.ChoiceField(
        choices=ClientSaid.choices,
        allow_blank=True,
        help_text="The client's last word: while they are asked, of this time; afterwards what they had said.",
    )
    until = serializers.DateTimeField(allow_null=True, help_text="The client thinks until then.")
    thinks_at_latest = serializers.DateTimeField(
        allow_null=True,
        help_text="While the client decides: so long they may think by the manager's word; a lead gives more time.",
    )
    price = _money(allow_null=True)
    currency = serializers.CharField()
    paid = _money(help_text="Of the price, in its currency.")
    held = _sums("What the client paid and did not get back, by currency.")
    seller_date = serializers.DateField(allow_null=True)
    carrier = serializers.CharField(allow_blank=True)
    tracking = serializers.CharField(allow_blank=True)
    promised_date = serializers.DateField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    proof = serializers.BooleanField(help_text="A file proves the delivery.")


class ClientDecisionSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    decision = serializers.ChoiceField(choices=ClientSaid.choices)
    until = serializers.DateTimeField(allow_null=True)
    reason_code = serializers.ChoiceField(choices=DeclineReason.choices, allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    channel = serializers.ChoiceField(choices=ContactChannel.choices, allow_blank=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()


class PaymentSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    amount = _money(help_text='As "125000.00"; a counter-entry is negative.')
    currency = serializers.CharField()
    paid_at = serializers.DateTimeField()
    document = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)
    corrects = serializers.IntegerField(allow_null=True, help_text="The payment that it takes back.")
    corrected_by = serializers.IntegerField(allow_null=True, help_text="The counter-entry that took it back.")
    by = PersonSerializer()
    at = serializers.DateTimeField()


class PaymentListSerializer(Serializer[Any]):
    price = _money(allow_null=True)
    currency = serializers.CharField()
    paid = _money(help_text="Of the price, in its currency.")
    held = _sums("What the client paid and did not get back, by currency.")
    results = PaymentSerializer(many=True)


class PayoutSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    kind = serializers.ChoiceField(choices=PayoutKind.choices)
    amount = _money()
    currency = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=PayoutState.choices)
    approval = serializers.IntegerField(help_text="The approval that it waits for, or has.")
    asked_by = PersonSerializer()
    asked_at = serializers.DateTimeField()
    decided_by = PersonSerializer(allow_null=True)
    paid_by = PersonSerializer(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    document = serializers.CharField(allow_blank=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class PayoutListSerializer(Serializer[Any]):
    results = PayoutSerializer(many=True)


class LogisticsSerializer(Serializer[Any]):
    """All that is known of the shipment with this record."""

    id = serializers.IntegerField()
    order = serializers.CharField()
    shipment = serializers.IntegerField(help_text="1 for the first shipment of the order.")
    seller_date = serializers.DateField(allow_null=True)
    carrier = serializers.CharField(allow_blank=True)
    tracking = serializers.CharField(allow_blank=True)
    promised_date = serializers.DateField(allow_null=True)
    cost = _money(allow_null=True)
    cost_currency = serializers.CharField(allow_blank=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()


class LogisticsListSerializer(Serializer[Any]):
    results = LogisticsSerializer(many=True, help_text="The first one is what is known now.")


class TrackingSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    shipment = serializers.IntegerField()
    state = serializers.ChoiceField(choices=WayState.choices)
    text = serializers.CharField(allow_blank=True)
    by = PersonSerializer()
    at = serializers.DateTimeField()


class TrackingListSerializer(Serializer[Any]):
    results = TrackingSerializer(many=True)


class BlockerSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    kind = serializers.ChoiceField(choices=BlockerKind.choices)
    text = serializers.CharField()
    owner = PersonSerializer(help_text="Who removes it.")
    due_at = serializers.DateTimeField()
    opened_by = PersonSerializer()
    opened_at = serializers.DateTimeField()
    resolution = serializers.CharField(allow_blank=True)
    resolved_by = PersonSerializer(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)


class BlockerListSerializer(Serializer[Any]):
    results = BlockerSerializer(many=True)


class ApprovalSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    action = serializers.ChoiceField(choices=ApprovalAction.choices)
    route = serializers.CharField(allow_blank=True)
    title = serializers.CharField(help_text="In the reader's language.")
    shown = serializers.JSONField(
        allow_null=True,
        help_text="Exactly what will happen, to which order as it is now; null once it has ended.",
    )
    hash = serializers.CharField(help_text="SHA-256 of `shown`, to decide about exactly that.")
    is_current = serializers.BooleanField(
        help_text="False: it has ended, or the order has changed and it has to be asked for anew."
    )
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=ApprovalState.choices)
    asked_by = PersonSerializer()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_by = PersonSerializer(allow_null=True)
    decision_reason = serializers.CharField(allow_blank=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)


class ApprovalListSerializer(Serializer[Any]):
    results = ApprovalSerializer(many=True)


class PriceSerializer(Serializer[Any]):
    state = serializers.ChoiceField(choices=["applied", "waits", "unchanged"])
    price = _money(allow_null=True, help_text="In force now.")
    currency = serializers.CharField()
    approval = ApprovalSerializer(allow_null=True, help_text="What it waits for.")


class ClaimSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    kind = serializers.ChoiceField(choices=ClaimKind.choices)
    text = serializers.CharField()
    opened_by = PersonSerializer()
    opened_at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=ClaimOutcome.choices, allow_blank=True)
    resolution = serializers.CharField(allow_blank=True)
    settled_by = PersonSerializer(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    payout = serializers.IntegerField(
        allow_null=True, help_text="The refund or compensation that settled it; it settles no other."
    )


class ClaimListSerializer(Serializer[Any]):
    results = ClaimSerializer(many=True)


class OpinionSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    verdict = serializers.ChoiceField(choices=OpinionVerdict.choices)
    text = serializers.CharField()
    at = serializers.DateTimeField()


class OpinionListSerializer(Serializer[Any]):
    results = OpinionSerializer(many=True)
