from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from orders.statuses import Severity, Status, Step, Whose

S = Status

OPEN = Q(closed_at__isnull=True)


def _route(name: str, *, who: str, guard: str, risk: str = "") -> dict[str, str]:
    """What the gate reads of a route: its name, who may take it, what must be true, when it is at risk.

    who: `owner` (the owner or whoever may act on any order) or `lead`.
    risk: "" (never), `always` or `paid` (once a payment is recorded): then it needs an approval.
    """
    return {"route": name, "who": who, "guard": guard, "risk": risk}


class Order(models.Model):
    # What was ordered (facts of the intake).
    external_id = models.CharField(_("external id"), max_length=100, unique=True)
    intake_hash = models.CharField(max_length=64, editable=False)
    client_name = models.CharField(_("client"), max_length=200)
    client_contact = models.CharField(_("client's contact"), max_length=200, blank=True)
    item = models.CharField(_("item"), max_length=500)
    price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    seller_name = models.CharField(_("seller"), max_length=200, blank=True)
    seller_contact = models.CharField(_("seller's contact"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True, max_length=10_000)
    ordered_at = models.DateTimeField(_("ordered at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("updated at"))

    # Where it stands (facts, changed by commands only).
    status = FSMField(
        _("status"), choices=Status, default=Status.PENDING_MANAGER, protected=True, max_length=24
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.NORMAL)
    status_since = models.DateTimeField(_("in this status since"))
    status_sequence = models.PositiveIntegerField(_("number of its last status event"), default=1)
    moved_at = models.DateTimeField(_("last movement"))
    cancel_reason = models.CharField(_("why cancelled"), max_length=24, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    # Supervision (written by the loop).
    assigned_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("owner"),
    )
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    next_action = models.CharField(_("next step"), max_length=30, choices=Step, blank=True)
    next_action_whose = models.CharField(_("whose turn"), max_length=10, choices=Whose, blank=True)
    next_action_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    next_action_due = models.DateTimeField(_("step due at"), null=True, blank=True)
    next_action_missing = models.JSONField(_("missing"), default=list, blank=True)
    wake_at = models.DateTimeField(_("looked at again"), null=True, blank=True)
    queue_key = models.BigIntegerField(_("place in the queue"), default=0)
    load_weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=3, default=0)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-id",)
        permissions = [
            ("see_all", "See the orders of everybody"),
            ("act_on_own", "Move one's own orders"),
            ("act_on_any", "Move any order"),
            ("assign", "Assign and reassign owners"),
            ("intake", "Create and import orders"),
            ("record_payment", "Record payments and pay money out"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="order_status_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="order_severity_known"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="order_price_not_negative"
            ),
            # No open order without a deadline, a next step and a moment to look again.
            models.CheckConstraint(
                condition=~OPEN
                | Q(wake_at__isnull=False, due_at__isnull=False, next_action_due__isnull=False)
                & ~Q(next_action="")
                & ~Q(next_action_whose=""),
                name="order_open_is_supervised",
            ),
            # An owner unless it waits for one. Cancelling or rejecting an order that had none closes it at the
            # look of the same transaction; until then it stays without.
            models.CheckConstraint(
                condition=~OPEN
                | Q(assigned_manager__isnull=False)
                | Q(status__in=[S.PENDING_MANAGER, S.CANCELLED, S.REJECTED]),
                name="order_open_has_owner",
            ),
            models.CheckConstraint(
                condition=~OPEN
                | Q(assigned_manager__isnull=False)
                | ~Q(status=S.PENDING_MANAGER)
                | Q(next_action=Step.ASSIGN_MANAGER, next_action_whose=Whose.ROP),
                name="order_unowned_is_being_assigned",
            ),
            models.CheckConstraint(
                condition=OPEN | Q(status__in=[S.DELIVERED, S.CANCELLED, S.REJECTED]),
                name="order_closed_is_final",
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="order_external_id_not_blank"),
        ]
        indexes = [
            # The sweep: open orders whose moment has come.
            models.Index(fields=["wake_at", "id"], name="order_wake", condition=OPEN),
            # The waiting queue, most urgent first.
            models.Index(
                fields=["queue_key", "id"],
                name="order_waiting",
                condition=OPEN & Q(assigned_manager__isnull=True),
            ),
            # A manager's own orders and my day.
            models.Index(fields=["assigned_manager", "queue_key"], name="order_owner_open", condition=OPEN),
            # Lists by status, newest first; and burning orders. With the id, as lists are ordered: orders of one
            # import have the same moments, and without it all of these would be sorted for a page of fifty.
            models.Index(fields=["status", "-id"], name="order_status"),
            models.Index(fields=["due_at", "id"], name="order_due_open", condition=OPEN),
            # The auditor's walk through what is open; lists of open orders, newest first.
            models.Index(fields=["id"], name="order_open", condition=OPEN),
            # The urgent ones, by deadline: few among very many.
            models.Index(
                fields=["severity", "due_at"],
                name="order_urgent_open",
                condition=OPEN & Q(severity__in=[Severity.HIGH, Severity.CRITICAL]),
            ),
            # Those that stand still for longest.
            models.Index(fields=["moved_at", "id"], name="order_moved_open", condition=OPEN),
            # Search by a part of the client, contact, item or external id.
            GinIndex(OpClass(Upper("client_name"), name="gin_trgm_ops"), name="order_client_trgm"),
            GinIndex(OpClass(Upper("client_contact"), name="gin_trgm_ops"), name="order_contact_trgm"),
            GinIndex(OpClass(Upper("item"), name="gin_trgm_ops"), name="order_item_trgm"),
            GinIndex(OpClass(Upper("external_id"), name="gin_trgm_ops"), name="order_external_trgm"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What people and agents call the order: R-1042."""
        return f"R-{self.pk}"

    # Routes. The bodies are empty: the gate asks, services record, nothing happens behind anyone's back.

    @transition(
        status, S.PENDING_MANAGER, S.UNDER_INSPECTION, custom=_route("accept", who="owner", guard="owner_set")
    )
    def accept(self) -> None: ...

    @transition(
        status,
        S.UNDER_INSPECTION,
        S.AWAITING_PAYMENT,
        custom=_route("complete_inspection", who="owner", guard="inspection_done"),
    )
    def complete_inspection(self) -> None: ...

    @transition(
        status,
        S.AWAITING_PAYMENT,
        S.READY_FOR_SHIPMENT,
        custom=_route("release_to_ship", who="owner", guard="paid_and_agreed"),
    )
    def release_to_ship(self) -> None: ...

    @transition(
        status,
        S.READY_FOR_SHIPMENT,
        S.IN_TRANSIT,
        custom=_route("ship", who="owner", guard="logistics_recorded"),
    )
    def ship(self) -> None: ...

    @transition(
        status, S.IN_TRANSIT, S.DELIVERED, custom=_route("deliver", who="owner", guard="delivery_proved")
    )
    def deliver(self) -> None: ...

    @transition(
        status,
        S.UNDER_INSPECTION,
        S.PENDING_MANAGER,
        custom=_route("return_to_queue", who="owner", guard="reason_given"),
    )
    def return_to_queue(self) -> None: ...

    @transition(
        status,
        [S.AWAITING_PAYMENT, S.READY_FOR_SHIPMENT],
        S.UNDER_INSPECTION,
        custom=_route("reinspect", who="owner", guard="reason_given", risk="always"),
    )
    def reinspect(self) -> None: ...

    @transition(
        status,
        S.IN_TRANSIT,
        S.READY_FOR_SHIPMENT,
        custom=_route("return_shipment", who="owner", guard="reason_given", risk="always"),
    )
    def return_shipment(self) -> None: ...

    @transition(
        status,
        [S.PENDING_MANAGER, S.UNDER_INSPECTION, S.AWAITING_PAYMENT, S.READY_FOR_SHIPMENT],
        S.CANCELLED,
        custom=_route("cancel", who="owner", guard="cancel_reason_given", risk="paid"),
    )
    def cancel(self) -> None: ...

    @transition(
        status,
        S.IN_TRANSIT,
        S.CANCELLED,
        custom=_route("cancel_in_transit", who="owner", guard="cancel_reason_given", risk="always"),
    )
    def cancel_in_transit(self) -> None: ...

    @transition(
        status,
        [S.PENDING_MANAGER, S.UNDER_INSPECTION, S.AWAITING_PAYMENT],
        S.REJECTED,
        custom=_route("reject", who="lead", guard="legal_opinion", risk="always"),
    )
    def reject(self) -> None: ...

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """As Django's, with the protected status too, which django-fsm otherwise refuses to set a second time."""
        if fields is None:
            deferred = self.get_deferred_fields()
            names = {f.attname for f in self._meta.concrete_fields if f.attname not in deferred}
            self.__dict__.pop("_prefetched_objects_cache", None)
        else:
            names = set(fields)
        # Not django-fsm's own mixin: for a moment it lifts the protection from the orders of all threads.
        if "status" in names:
            self.__dict__.pop("status", None)
        super().refresh_from_db(using, names, from_queryset)

    def save_facts(self, *fields: str, now: Any) -> None:
        """Save these columns of facts and raise the version that buttons and forms are checked against."""
        self.updated_at = now
        self.version = F("version") + 1
        self.save(update_fields=[*fields, "updated_at", "version"])
        self.refresh_from_db(fields=["version"])
