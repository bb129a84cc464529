from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.actors import Door
from orders.models.order import Order


class BlockerKind(models.TextChoices):
    SELLER = "seller", _("the seller")
    CLIENT = "client", _("the client")
    GOODS = "goods", _("the goods")
    PAPERS = "papers", _("papers")
    CARRIER = "carrier", _("the carrier")
    PAYMENT = "payment", _("the payment")
    OTHER = "other", _("something else")


class Blocker(models.Model):
    """What keeps an order from moving, whose it is to remove it and until when. An open one stops `ship`."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="blockers", verbose_name=_("order"))
    kind = models.CharField(_("because of"), max_length=10, choices=BlockerKind)
    text = models.CharField(_("in words"), max_length=1000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="blockers", verbose_name=_("who removes it")
    )
    due_at = models.DateTimeField(_("until"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    door = models.CharField(_("door"), max_length=12, choices=Door)
    opened_at = models.DateTimeField(_("recorded at"))
    resolution = models.CharField(_("how it was removed"), max_length=1000, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("removed by"),
    )
    resolved_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("blocker")
        verbose_name_plural = _("blockers")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="blocker_says_what"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="blocker_due_ahead"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True, resolution="")
                | Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(resolution=""),
                name="blocker_resolved_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="blocker_order"),
            # What stands in the way of a batch of orders, and lists of it.
            models.Index(
                fields=["order", "due_at"], name="blocker_open", condition=Q(resolved_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
