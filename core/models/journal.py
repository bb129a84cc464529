from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """The one journal: what was commanded, decided and refused. Append-only; ids and numbers, no names or texts.

    The order is a number, not a foreign key: the journal knows nobody and outlives everything.
    """

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=60)
    actor_kind = models.CharField(_("actor"), max_length=10)
    actor_id = models.BigIntegerField(_("actor id"), null=True, blank=True)
    door = models.CharField(_("door"), max_length=12)
    order_id = models.BigIntegerField(_("order"), null=True, blank=True)
    policy_version = models.CharField(_("policy version"), max_length=60, blank=True)
    inputs = models.JSONField(_("inputs"), default=dict, blank=True)
    output = models.JSONField(_("output"), default=dict, blank=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ("-id",)
        indexes = [
            # The timeline of one order, newest first.
            models.Index(
                fields=["order_id", "id"], name="entry_order", condition=models.Q(order_id__isnull=False)
            ),
            # The journal of one kind (replay, auditor), in the order in which it was written.
            models.Index(fields=["kind", "id"], name="entry_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.at:%Y-%m-%d %H:%M:%S}"
