"""What the client decided, and the money: entries by named people, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import Door
from orders.models.approvals import Approval
from orders.models.contacts import ContactChannel
from orders.models.order import Order


class ClientSaid(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    THINKS = "thinks", _("thinks")
    DECLINED = "declined", pgettext_lazy("client", "declined")


class DeclineReason(models.TextChoices):
    PRICE = "price", _("too expensive")
    CONDITION = "condition", _("the condition of the goods")
    ELSEWHERE = "elsewhere", _("found elsewhere")
    CHANGED_MIND = "changed_mind", _("changed their mind")
    OTHER = "other", _("another reason")


class ClientDecision(models.Model):
    """What the client said about the deal. The last one of a stage entry (`stage`: its status event) counts."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="client_decisions", verbose_name=_("order"))
    stage = models.PositiveIntegerField(_("number of the status event"))
    decision = models.CharField(_("decision"), max_length=10, choices=ClientSaid)
    until = models.DateTimeField(_("thinks until"), null=True, blank=True)
    reason_code = models.CharField(_("why declined"), max_length=20, choices=DeclineReason, blank=True)
    text = models.TextField(_("in words"), max_length=2000, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("client's decision")
        verbose_name_plural = _("clients' decisions")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="thinks", until__isnull=False)
                | ~Q(decision="thinks") & Q(until__isnull=True),
                name="client_thinks_until",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("at")), name="client_thinks_ahead"
            ),
            models.CheckConstraint(
                condition=Q(decision="declined") & ~Q(reason_code="")
                | ~Q(decision="declined") & Q(reason_code=""),
                name="client_declined_why",
            ),
        ]
        # The current decision of a batch of orders.
        indexes = [models.Index(fields=["order", "-id"], name="client_decision_order")]

    def __str__(self) -> str:
        return str(self.get_decision_display())


class PriceChange(models.Model):
    """The price that was agreed on, each time that it changed; after the inspection with its approval."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="price_changes", verbose_name=_("order"))
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    price_before = models.DecimalField(
        _("price before"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency_before = models.CharField(_("currency before"), max_length=3)
    reason = models.CharField(_("why"), max_length=1000)
    approval = models.OneToOneField(
        Approval, models.PROTECT, null=True, blank=True, related_name="price_change"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of the price")
        verbose_name_plural = _("changes of prices")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="price_change_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="price_change_says_why"),
        ]
        indexes = [models.Index(fields=["order", "-id"], name="price_change_order")]

    def __str__(self) -> str:
        return f"{self.price} {self.currency}"


class Payment(models.Model):
    """Money that came in. What was recorded wrongly is taken back by a counter-entry, which is negative."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", verbose_name=_("order"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    paid_at = models.DateTimeField(_("paid at"))
    document = models.CharField(_("document"), max_length=100)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0)
                | Q(corrects__isnull=False, amount__lt=0) & ~Q(comment=""),
                name="payment_or_counter_entry",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="payment_has_document"),
        ]
        indexes = [
            # What was paid for a batch of orders.
            models.Index(fields=["order", "id"], name="payment_order"),
            # Finance's page: the newest.
            models.Index(fields=["-at"], name="payment_at"),
            # Finance looks for the payment of a document.
            models.Index(Upper("document"), name="payment_document"),
            # The journal of payments: those in one currency, the newest first; in which currencies there are any.
            models.Index(fields=["currency", "-id"], name="payment_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class PayoutKind(models.TextChoices):
    REFUND = "refund", _("refund")
    COMPENSATION = "compensation", _("compensation")


class PayoutState(models.TextChoices):
    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved, to be paid out")
    PAID = "paid", _("paid out")
    REFUSED = "refused", _("refused")


class Payout(models.Model):
    """Money that goes back to the client (refund) or besides (compensation): asked for, approved, paid out."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payouts", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=14, choices=PayoutKind)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("why"), max_length=1000)
    approval = models.OneToOneField(
        Approval, models.PROTECT, related_name="payout", verbose_name=_("approval")
    )
    state = models.CharField(_("state"), max_length=10, choices=PayoutState, default=PayoutState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paid out by"),
    )
    paid_at = models.DateTimeField(_("paid out at"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=100, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund or compensation")
        verbose_name_plural = _("refunds and compensations")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="payout_says_why"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["asked", "approved"],
                    ended_at__isnull=True,
                    paid_at__isnull=True,
                    paid_by__isnull=True,
                )
                | Q(state="refused", ended_at__isnull=False, paid_at__isnull=True, paid_by__isnull=True)
                | Q(state="paid", ended_at__isnull=False, paid_at__isnull=False, paid_by__isnull=False)
                & ~Q(document=""),
                name="payout_paid_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="payout_order"),
            # What finance has to pay out; what keeps an order open.
            models.Index(
                fields=["asked_at"], name="payout_open", condition=Q(state__in=["asked", "approved"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.currency}"
