from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order
from orders.statuses import Status


class Route(models.Model):
    """The legal routes as rows, so that the database can refuse an event that follows none.

    Filled by migrations from the transitions of `Order`; a test compares the two.
    """

    route = models.CharField(max_length=30)
    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24)

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        constraints = [models.UniqueConstraint(fields=["route", "from_status"], name="route_unique")]

    def __str__(self) -> str:
        return f"{self.route}: {self.from_status or '∅'} → {self.to_status}"


class StatusEvent(models.Model):
    """One change of status. Append-only; `sequence` counts from 1 (the intake) within the order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="status_events", verbose_name=_("order"))
    sequence = models.PositiveIntegerField(_("number"))
    route = models.CharField(_("route"), max_length=30)
    from_status = models.CharField(_("from"), max_length=24, choices=Status, blank=True)
    to_status = models.CharField(_("to"), max_length=24, choices=Status)
    actor_kind = models.CharField(_("actor"), max_length=10)
    actor_id = models.BigIntegerField(_("actor id"), null=True, blank=True)
    door = models.CharField(_("door"), max_length=12)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        db_table = "order_status_events"
        verbose_name = _("status event")
        verbose_name_plural = _("status events")
        ordering = ("order_id", "sequence")
        constraints = [models.UniqueConstraint(fields=["order", "sequence"], name="status_event_sequence")]
        indexes = [models.Index(fields=["at"], name="status_event_at")]

    def __str__(self) -> str:
        return f"{self.route} · {self.at:%Y-%m-%d %H:%M}"
