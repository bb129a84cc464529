"""The way of the goods to the client, what is found out about it, and what the client complains about afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Door
from orders.models.deals import Payout
from orders.models.order import Order


class Logistics(models.Model):
    """What is known of the shipment by now: each record holds all of it, the last one counts.

    `shipment` counts the order's shipments: what was recorded for one that came back is not true of the next.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="logistics", verbose_name=_("order"))
    shipment = models.PositiveSmallIntegerField(_("shipment"), default=1)
    seller_date = models.DateField(_("date agreed with the seller"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=100, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=100, blank=True)
    promised_date = models.DateField(_("promised date"), null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(_("currency of the cost"), max_length=3, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("record of the logistics")
        verbose_name_plural = _("records of the logistics")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__isnull=True, cost_currency="")
                | Q(cost__isnull=False, cost__gte=0) & ~Q(cost_currency=""),
                name="logistics_cost_in_a_currency",
            ),
        ]
        indexes = [
            # The current one of a batch of orders.
            models.Index(fields=["order", "-id"], name="logistics_order"),
            # Search by the tracking number.
            models.Index(fields=["tracking"], name="logistics_tracking", condition=~Q(tracking="")),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking}".strip() or str(self.pk)


class WayState(models.TextChoices):
    MOVING = "moving", _("on its way")
    ARRIVED = "arrived", _("waits for the client")
    DELAYED = "delayed", _("late")
    PROBLEM = "problem", _("a problem on the way")
    LOST = "lost", _("lost")


class TrackingCheck(models.Model):
    """Somebody looked where the parcel is. A fact: never changed."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="tracking_checks", verbose_name=_("order"))
    shipment = models.PositiveSmallIntegerField(_("shipment"))
    state = models.CharField(_("where it is"), max_length=10, choices=WayState)
    text = models.CharField(_("in words"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("check of the way")
        verbose_name_plural = _("checks of the way")
        ordering = ("-id",)
        indexes = [models.Index(fields=["order", "-id"], name="tracking_order")]

    def __str__(self) -> str:
        return str(self.get_state_display())


class ClaimKind(models.TextChoices):
    DAMAGED = "damaged", _("damaged on the way")
    NOT_AS_DESCRIBED = "not_as_described", _("not as described")
    INCOMPLETE = "incomplete", _("something is missing")
    OTHER = "other", _("something else")


class ClaimOutcome(models.TextChoices):
    REFUND = "refund", _("refund")
    COMPENSATION = "compensation", _("compensation")
    REPAIRED = "repaired", _("put right without money")
    UNFOUNDED = "unfounded", _("unfounded")
    WITHDRAWN = "withdrawn", _("the client withdrew it")


class Claim(models.Model):
    """What the client complains about within the window after the delivery; it keeps the order open."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="claims", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=ClaimKind)
    text = models.TextField(_("in words"), max_length=2000)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    door = models.CharField(_("door"), max_length=12, choices=Door)
    opened_at = models.DateTimeField(_("recorded at"))
    outcome = models.CharField(_("outcome"), max_length=14, choices=ClaimOutcome, blank=True)
    resolution = models.TextField(_("how it was settled"), max_length=2000, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    payout = models.OneToOneField(
        Payout,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claim",
        verbose_name=_("settled by this money"),
    )

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="claim_says_what"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="") & ~Q(resolution=""),
                name="claim_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(payout__isnull=True) | Q(outcome__in=["refund", "compensation"]),
                name="claim_payout_is_its_money",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="claim_order"),
            models.Index(fields=["opened_at"], name="claim_open", condition=Q(settled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
