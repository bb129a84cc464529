"""The dictionary of an order: statuses, severities, and the codes of reasons."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING_MANAGER = "pending_manager", _("Waits for a manager")
    UNDER_INSPECTION = "under_inspection", _("Under inspection")
    AWAITING_PAYMENT = "awaiting_payment", _("Awaits the client's decision and payment")
    READY_FOR_SHIPMENT = "ready_for_shipment", _("Ready for shipment")
    IN_TRANSIT = "in_transit", _("In transit")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Rejected")


FINAL = frozenset({Status.DELIVERED, Status.CANCELLED, Status.REJECTED})
"""Statuses that an order may be closed in."""

CALLED_OFF = frozenset({Status.CANCELLED, Status.REJECTED})
"""Statuses of a deal that is off."""

BEFORE_A_DEAL = frozenset({Status.PENDING_MANAGER, Status.UNDER_INSPECTION})
"""Until the goods are inspected there is no deal to record anything about."""

IN_A_DEAL = frozenset({Status.AWAITING_PAYMENT, Status.READY_FOR_SHIPMENT, Status.IN_TRANSIT})
"""From the client's decision to the delivery."""


class Severity(models.TextChoices):
    NORMAL = "normal", _("normal")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")


SEVERITY_RANK = {Severity.CRITICAL: 0, Severity.HIGH: 1, Severity.NORMAL: 2}


class CancelReason(models.TextChoices):
    CLIENT_REFUSED = "client_refused", _("the client refused")
    SELLER_WITHDREW = "seller_withdrew", _("the seller withdrew")
    SOLD_ELSEWHERE = "sold_elsewhere", _("sold elsewhere")
    FAILED_INSPECTION = "failed_inspection", _("failed the inspection")
    UNDECIDED = "undecided", _("the client never decided")
    DUPLICATE = "duplicate", _("a duplicate")
    LOST = "lost", _("lost on the way")
    REFUSED_AT_DOOR = "refused_at_door", _("refused at the door")
    OTHER = "other", _("another reason")


class Step(models.TextChoices):
    """The codes of the next action (design: pure, total over open orders)."""

    ASSIGN_MANAGER = "assign_manager", _("Assign a manager")
    ACCEPT_ORDER = "accept_order", _("Accept the order")
    CONTACT_SELLER = "contact_seller", _("Contact the seller")
    FILL_INSPECTION = "fill_inspection", _("Fill in the inspection")
    ATTACH_EVIDENCE = "attach_evidence", _("Attach the evidence")
    COMPLETE_INSPECTION = "complete_inspection", _("Complete the inspection")
    FOLLOW_UP_CLIENT = "follow_up_client", _("Follow up with the client")
    RECORD_CLIENT_DECISION = "record_client_decision", _("Record the client's decision")
    CONFIRM_PAYMENT = "confirm_payment", _("Confirm the payment")
    AGREE_DATE_WITH_SELLER = "agree_date_with_seller", _("Agree on a date with the seller")
    RELEASE = "release", _("Release for shipment")
    FIX_LOGISTICS = "fix_logistics", _("Record the logistics")
    SHIP = "ship", _("Ship")
    TRACK_SHIPMENT = "track_shipment", _("Track the shipment")
    CONFIRM_DELIVERY = "confirm_delivery", _("Confirm the delivery")
    SETTLE_CLAIM = "settle_claim", _("Settle the claim")
    CLOSE = "close", _("Close the order")
    RESOLVE_BLOCKER = "resolve_blocker", _("Resolve the blocker")
    DECIDE_APPROVAL = "decide_approval", _("Decide on the approval")
    DO_TASK = "do_task", _("Do the task")
    LOOK_AGAIN = "look_again", _("AI-ROP looks again")


class Whose(models.TextChoices):
    """Whose turn it is: a person (then `next_action_user`), a role, or AI-РОП itself."""

    PERSON = "person", _("a person")
    MANAGER = "manager", _("manager")
    LEAD = "lead", _("lead")
    FINANCE = "finance", _("finance")
    ROP = "rop", _("AI-ROP")
