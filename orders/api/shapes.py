"""The shapes of bodies and answers, for the OpenAPI document. Tests compare them with what is really sent."""

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from core.api.schema import MissingSerializer, PersonSerializer
from orders.api.deal.shapes import ApprovalSerializer, BlockerSerializer, ClaimSerializer, DealSerializer
from orders.models.notes import TaskStatus
from orders.policies.intake import BATCH_AT_MOST, LENGTHS
from orders.statuses import Severity, Status, Step, Whose


class NextActionSerializer(Serializer[Any]):
    code = serializers.ChoiceField(choices=Step.choices)
    title = serializers.CharField(help_text="In the reader's language.")
    whose = serializers.ChoiceField(choices=Whose.choices)
    who = PersonSerializer(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    missing = MissingSerializer(many=True)


class OpenEscalationSerializer(Serializer[Any]):
    open = serializers.IntegerField(help_text="How many things of this order climb the ladder.")
    level = serializers.IntegerField(
        help_text="Who was told: 1 the owner, 2 the team's lead, 3 the lead on duty, 4 the admins' group; 0 nobody yet."
    )
    acknowledged_until = serializers.DateTimeField(
        allow_null=True, help_text="Somebody is at all of it until then."
    )


class OrderSerializer(Serializer[Any]):
    ref = serializers.CharField()
    external_id = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    owner = PersonSerializer(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    next_action = NextActionSerializer(allow_null=True)
    status_since = serializers.DateTimeField()
    moved_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    client_name = serializers.CharField()
    client_contact = serializers.CharField(allow_blank=True)
    item = serializers.CharField()
    price = serializers.CharField(allow_null=True, help_text='As "125000.00".')
    currency = serializers.CharField()
    seller_name = serializers.CharField(allow_blank=True)
    seller_contact = serializers.CharField(allow_blank=True)
    comment = serializers.CharField(allow_blank=True)
    cancel_reason = serializers.CharField(allow_blank=True)
    ordered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    escalation = OpenEscalationSerializer(allow_null=True)
    snoozed_until = serializers.DateTimeField(allow_null=True)


class RouteSerializer(Serializer[Any]):
    route = serializers.CharField()
    title = serializers.CharField()
    to = serializers.ChoiceField(choices=Status.choices)
    missing = MissingSerializer(many=True)


class OrderDetailSerializer(OrderSerializer):
    deal = DealSerializer()
    blockers = BlockerSerializer(many=True, help_text="Open ones, the most urgent first.")
    approvals = ApprovalSerializer(many=True, help_text="Open ones, the most urgent first.")
    claims = ClaimSerializer(many=True, help_text="Open ones, the oldest first.")
    routes = RouteSerializer(
        many=True, help_text="Those that the caller has a right to, with what each lacks."
    )


class OrdersPageSerializer(Serializer[Any]):
    count = serializers.IntegerField(help_text="Counted up to 10 000.")
    count_is_exact = serializers.BooleanField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OrderSerializer(many=True)


class NewOrderSerializer(Serializer[Any]):
    """Texts are trimmed; zero-width and bidi characters are taken out, control characters refused."""

    external_id = serializers.CharField(max_length=LENGTHS["external_id"])
    client_name = serializers.CharField(max_length=LENGTHS["client_name"])
    client_contact = serializers.CharField(
        max_length=LENGTHS["client_contact"], required=False, allow_blank=True
    )
    item = serializers.CharField(max_length=LENGTHS["item"])
    price = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    currency = serializers.RegexField(
        r"^[A-Z]{3}$", required=False, help_text="ISO 4217; RUB when it is not given."
    )
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    seller_name = serializers.CharField(max_length=LENGTHS["seller_name"], required=False, allow_blank=True)
    seller_contact = serializers.CharField(
        max_length=LENGTHS["seller_contact"], required=False, allow_blank=True
    )
    comment = serializers.CharField(max_length=LENGTHS["comment"], required=False, allow_blank=True)
    ordered_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="With its zone; since 2000 and not in the future."
    )


class NewOrdersSerializer(Serializer[Any]):
    orders = serializers.ListField(child=NewOrderSerializer(), min_length=1, max_length=BATCH_AT_MOST)


class ReceivedSerializer(Serializer[Any]):
    ref = serializers.CharField()
    external_id = serializers.CharField()
    created = serializers.BooleanField(help_text="False: it was there already, with the same data.")


class ReceivedAllSerializer(Serializer[Any]):
    orders = serializers.ListField(child=ReceivedSerializer(), help_text="In the order given.")


class NoteSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    mentions = serializers.ListField(child=serializers.IntegerField())
    at = serializers.DateTimeField()


class TaskSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(
        allow_blank=True, help_text="Of a step of the follow-up: what to say to the client."
    )
    owner = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=TaskStatus.choices)
    ended_at = serializers.DateTimeField(allow_null=True)


class TaskListSerializer(Serializer[Any]):
    results = TaskSerializer(many=True)
