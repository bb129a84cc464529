from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Door
from orders.models.order import Order


class Whom(models.TextChoices):
    SELLER = "seller", _("the seller")
    CLIENT = "client", _("the client")


class ContactChannel(models.TextChoices):
    PHONE = "phone", _("phone")
    TELEGRAM = "telegram", "Telegram"
    WHATSAPP = "whatsapp", "WhatsApp"
    EMAIL = "email", _("e-mail")
    MEETING = "meeting", _("in person")
    OTHER = "other", _("another way")


class Outcome(models.TextChoices):
    AGREED = "agreed", _("agreed")
    REACHED = "reached", _("talked")
    CALL_BACK = "call_back", _("call back later")
    NO_ANSWER = "no_answer", _("no answer")
    REFUSED = "refused", _("refused")


TALKED = frozenset({Outcome.AGREED, Outcome.REACHED, Outcome.REFUSED})
"""Outcomes of a contact in which they were spoken to."""


class Contact(models.Model):
    """A contact with the seller or the client, or an attempt at one. A fact: never changed."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="contacts", verbose_name=_("order"))
    whom = models.CharField(_("with"), max_length=10, choices=Whom)
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    text = models.TextField(_("in words"), max_length=2000, blank=True)
    next_at = models.DateTimeField(_("next one at"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="call_back") | Q(next_at__isnull=False),
                name="contact_call_back_says_when",
            ),
        ]
        # What was said with whom; whether the seller was talked to at all.
        indexes = [models.Index(fields=["order", "whom", "id"], name="contact_order")]

    def __str__(self) -> str:
        return f"{self.get_whom_display()}: {self.get_outcome_display()}"
