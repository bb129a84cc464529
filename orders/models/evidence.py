from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Door
from orders.models.inspections import Inspection
from orders.models.order import Order
from orders.models.templates import InspectionItem, Proof


class Purpose(models.TextChoices):
    INSPECTION = "inspection", _("inspection")
    DELIVERY = "delivery", _("delivery")
    PAYMENT = "payment", _("payment")
    CLAIM = "claim", _("claim")
    OTHER = "other", _("other")


class Evidence(models.Model):
    """A file that proves something of an order. Its content is kept once, under a name made of its hash.

    `item` is null while nobody has said to which point of the inspection it belongs. `repeats`: the earliest file
    with the same content on another order, in another inspection, for another purpose or at another point.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="evidence", verbose_name=_("order"))
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, blank=True, related_name="evidence")
    item = models.ForeignKey(
        InspectionItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("point")
    )
    purpose = models.CharField(_("for"), max_length=12, choices=Purpose, default=Purpose.INSPECTION)
    kind = models.CharField(_("kind"), max_length=10, choices=Proof)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    stored_as = models.CharField(max_length=200, editable=False)
    preview_as = models.CharField(max_length=200, blank=True, editable=False)
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name=_("repeats")
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("id",)
        constraints = [
            # The same file twice in one place is there once.
            models.UniqueConstraint(
                fields=["order", "inspection", "purpose", "item", "sha256"],
                nulls_distinct=False,
                condition=Q(removed_at__isnull=True),
                name="evidence_once_in_a_place",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(inspection__isnull=False, purpose="inspection"),
                name="evidence_point_of_inspection",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="evidence_removed_by_somebody",
            ),
        ]
        indexes = [
            # Where else the same content is.
            models.Index(fields=["sha256", "id"], name="evidence_sha256"),
            models.Index(fields=["order", "id"], name="evidence_order"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.pk}"
