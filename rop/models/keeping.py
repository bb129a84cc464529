from django.db import models
from django.utils.translation import gettext_lazy as _


class Quarantine(models.Model):
    """An order that could not be looked at: when it is tried again, and why it fails."""

    order_id = models.BigIntegerField(_("order"), primary_key=True)
    attempts = models.PositiveIntegerField(_("attempts"))
    error = models.CharField(_("error"), max_length=300)
    since = models.DateTimeField(_("since"))
    next_at = models.DateTimeField(_("tried again at"))

    class Meta:
        verbose_name = _("order that could not be looked at")
        verbose_name_plural = _("orders that could not be looked at")

    def __str__(self) -> str:
        return f"{self.order_id}: {self.error}"


class Audit(models.Model):
    """One run of the auditor: how many rows break each invariant. Anything but zeros is an alarm.

    `broken` has their keys; `walks` says where the walks stand whose slices are audited in turn.
    """

    at = models.DateTimeField(_("at"))
    counts = models.JSONField(_("counts"))
    total = models.PositiveIntegerField(_("in all"))
    broken = models.JSONField(_("which are broken"), default=dict)
    walks = models.JSONField(_("how far the rounds are"), default=dict)
    seconds = models.FloatField(_("took, seconds"))

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}: {self.total}"
