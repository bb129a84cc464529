from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.people import ChatGroup, User


class Importance(models.IntegerChoices):
    """Lower is sent first. Up to BREACH a message is delivered at least once, the rest at most once."""

    CRISIS = 10, _("crisis")
    ASSIGNMENT = 20, _("assignment")
    BREACH = 30, _("breach")
    REMINDER = 40, _("reminder")
    DIGEST = 50, _("digest")


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    SUPERSEDED = "superseded", _("superseded")
    MERGED = "merged", _("merged")
    FAILED = "failed", _("will be tried again")
    DEAD = "dead", _("not delivered")


class Channel(models.TextChoices):
    TELEGRAM = "telegram", "Telegram"
    EMAIL = "email", _("e-mail")


class Message(models.Model):
    """The outbox: written in the transaction that decided it, sent by the bot worker.

    Addressed to a person or a named group; where that is (chat, mailbox) is found when it is sent.
    `thread` names a card that is edited in place: a message whose thread was sent before to the same
    addressee, with `edits` set, changes that card instead of sending a new one.
    """

    created_at = models.DateTimeField(_("created at"))
    template = models.CharField(_("template"), max_length=60)
    importance = models.PositiveSmallIntegerField(_("importance"), choices=Importance)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("person")
    )
    group = models.ForeignKey(
        ChatGroup, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("group")
    )
    order_id = models.BigIntegerField(_("order"), null=True, blank=True)
    context = models.JSONField(_("context"), default=dict, blank=True)
    dedup_key = models.CharField(_("deduplication key"), max_length=200, unique=True)
    thread = models.CharField(_("card"), max_length=100, blank=True)
    edits = models.BooleanField(_("edits its card"), default=False)
    not_before = models.DateTimeField(_("not before"))

    status = models.CharField(_("status"), max_length=12, choices=MessageStatus, default=MessageStatus.QUEUED)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unknown_outcomes = models.PositiveSmallIntegerField(_("unknown outcomes"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    chat_id = models.BigIntegerField(_("sent to chat"), null=True, blank=True)
    provider_id = models.CharField(_("provider's id"), max_length=100, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    acted_at = models.DateTimeField(_("acted on at"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, group__isnull=True)
                | Q(person__isnull=True, group__isnull=False),
                name="message_one_addressee",
            ),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENDING)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="message_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sending", "failed"], ended_at__isnull=True)
                | Q(status__in=["sent", "superseded", "merged", "dead"], ended_at__isnull=False),
                name="message_ended_when_final",
            ),
        ]
        indexes = [
            # The sender's one question: what is to be sent now, most important first.
            models.Index(
                fields=["importance", "not_before", "id"],
                name="message_to_send",
                condition=Q(status__in=["queued", "failed"]),
            ),
            # Leases that ran out (a sender died between send and ack).
            models.Index(fields=["lease_until"], name="message_leased", condition=Q(status="sending")),
            # The lead's inbox: what did not arrive and nobody has dealt with yet.
            models.Index(
                fields=["-id"],
                name="message_dead",
                condition=Q(status="dead", acted_at__isnull=True),
            ),
            # A card's history, to edit it in place.
            models.Index(fields=["thread", "id"], name="message_thread", condition=~Q(thread="")),
            models.Index(
                fields=["order_id", "id"], name="message_order", condition=Q(order_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.person or self.group}"
