from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UpdateState(models.TextChoices):
    NEW = "new", _("new")
    DONE = "done", pgettext_lazy("update", "done")
    DEAD = "dead", _("could not be handled")


class Update(models.Model):
    """The inbox: an update is stored and committed before Telegram is told that it was received."""

    bot_id = models.BigIntegerField(_("bot"))
    update_id = models.BigIntegerField(_("update"))
    chat_id = models.BigIntegerField(_("chat"), default=0)
    payload = models.JSONField(_("payload"))
    received_at = models.DateTimeField(_("received at"))
    state = models.CharField(_("state"), max_length=6, choices=UpdateState, default=UpdateState.NEW)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"))
    error = models.CharField(_("error"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Telegram update")
        verbose_name_plural = _("Telegram updates")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["bot_id", "update_id"], name="update_unique")]
        indexes = [
            # The worker's one question: the first update of each chat that has not been handled yet. By the row's
            # id, which follows the order of arrival; after a quiet week Telegram begins its numbers anew.
            models.Index(fields=["chat_id", "id"], name="update_to_do", condition=models.Q(state="new"))
        ]

    def __str__(self) -> str:
        return str(self.update_id)
