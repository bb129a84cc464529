from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Evidence, Order, Proof, Purpose
from telegram_bot.models.updates import Update


class FileState(models.TextChoices):
    NEW = "new", pgettext_lazy("file", "new")
    FETCHING = "fetching", _("being fetched")
    KEPT = "kept", _("kept")
    REFUSED = "refused", _("refused")
    DEAD = "dead", _("could not be fetched")


FINISHED = (FileState.KEPT, FileState.REFUSED, FileState.DEAD)


class IncomingFile(models.Model):
    """A file that somebody has sent to the bot: written with its update, fetched afterwards, under a lease.

    `order` is null until it is known of which order it is; `point` until somebody says of which point, and then it is
    kept without one. `purpose`: whether it is of the inspection, or proves the delivery.
    `told_at`: the person was told what became of it. Forgotten with its update.
    """

    update = models.OneToOneField(Update, models.CASCADE, related_name="file", verbose_name=_("update"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    chat_id = models.BigIntegerField(_("chat"))
    media_group = models.CharField(_("album"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Proof)
    file_id = models.CharField(_("file"), max_length=255)
    file_unique_id = models.CharField(_("file, for ever"), max_length=64)
    name = models.CharField(_("name"), max_length=200, blank=True)
    size = models.BigIntegerField(_("size, bytes"), null=True, blank=True)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.INSPECTION)
    point = models.PositiveSmallIntegerField(_("point"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=FileState, default=FileState.NEW)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"))
    error = models.CharField(_("error"), max_length=300, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kept as")
    )
    created_at = models.DateTimeField(_("sent at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("file sent to the bot")
        verbose_name_plural = _("files sent to the bot")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="fetching")
                | Q(lease_token__isnull=False, lease_until__isnull=False, order__isnull=False),
                name="incoming_file_fetching_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="kept", evidence__isnull=False)
                | Q(~Q(state="kept"), evidence__isnull=True),
                name="incoming_file_kept_as_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "fetching"], ended_at__isnull=True)
                | Q(state__in=["kept", "refused", "dead"], ended_at__isnull=False),
                name="incoming_file_ended_when_final",
            ),
        ]
        indexes = [
            # The fetcher's one question; of files whose order nobody has named yet it takes none.
            models.Index(
                fields=["not_before", "id"], name="incoming_file_to_fetch", condition=Q(state="new")
            ),
            # Leases that ran out (a fetcher died).
            models.Index(fields=["lease_until"], name="incoming_file_leased", condition=Q(state="fetching")),
            # What the person has not been told of yet.
            models.Index(
                fields=["person", "id"], name="incoming_file_untold", condition=Q(told_at__isnull=True)
            ),
            # The other pictures of an album go where the first one goes.
            models.Index(
                fields=["chat_id", "media_group"], name="incoming_file_album", condition=~Q(media_group="")
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.pk}"
