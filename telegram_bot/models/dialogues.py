from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Order


class Talk(models.TextChoices):
    """Which card of an order a person and the bot talk by."""

    INSPECTION = "inspection", _("inspection")
    DEAL = "deal", _("deal")


class Screen(models.TextChoices):
    """What the card shows: of an inspection, then of a deal."""

    GROUPS = "groups", _("all groups")
    GROUP = "group", _("one group")
    POINT = "point", _("one point")
    LEFT = "left", _("what is left")
    VERDICT = "verdict", _("the verdict")
    CONTACT = "contact", _("contact with the seller")
    WHEN = "when", _("when to contact the seller again")
    PLACE = "place", _("to which point files belong")

    STEP = "step", _("the next step")
    UNTIL = "until", _("until when the client thinks")
    DECLINED = "declined", _("why the client declined")
    AGAIN = "again", _("when to contact the client again")
    SELLER = "seller", _("the date agreed with the seller")
    CARRIER = "carrier", _("the carrier")
    TRACKING = "tracking", _("the tracking number")
    PROMISED = "promised", _("the promised date of delivery")
    WAY = "way", _("what happened on the way")
    DELIVERED = "delivered", _("when it was delivered")
    KIND = "kind", _("because of what it stands still")
    BLOCKER = "blocker", _("what stands in the way")
    DUE = "due", _("until when it is out of the way")
    REMOVE = "remove", _("how it was removed")
    CANCEL = "cancel", _("whether to cancel the order")


class Awaits(models.TextChoices):
    """As what the next words of the person are taken."""

    NOTHING = "", _("nothing")
    ANSWER = "answer", _("the answer to the point")
    REMARK = "remark", _("a remark about the point")
    REMARKS = "remarks", _("the remarks of the verdict")
    TALK = "talk", _("what was said in a contact")
    REASON = "reason", _("why a lead decides so")

    UNTIL = "until", _("until when the client thinks")
    DECLINED = "declined", _("why the client declined")
    AGAIN = "again", _("when to contact the client again")
    SELLER = "seller", _("the date agreed with the seller")
    CARRIER = "carrier", _("the carrier")
    TRACKING = "tracking", _("the tracking number")
    PROMISED = "promised", _("the promised date of delivery")
    WAY = "way", _("what happened on the way")
    DELIVERED = "delivered", _("when it was delivered")
    BLOCKER = "blocker", _("what stands in the way")
    DUE = "due", _("until when it is out of the way")
    REMOVE = "remove", _("how it was removed")


class Dialogue(models.Model):
    """Where a person stands in the inspection or in the deal of an order. What is true of those is not here.

    `in_hand`: of this order the person's words and files are. `draft`: what was chosen and waits for words.
    `shown_version`: the version of the order that the card was last brought to. `cards`: how often it was written.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="dialogues", verbose_name=_("person")
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    about = models.CharField(_("about"), max_length=10, choices=Talk, default=Talk.INSPECTION)
    in_hand = models.BooleanField(pgettext_lazy("dialogue", "in hand"), default=False)
    screen = models.CharField(_("shows"), max_length=10, choices=Screen, default=Screen.GROUPS)
    group = models.CharField(_("group"), max_length=40, blank=True)
    point = models.PositiveSmallIntegerField(_("point"), null=True, blank=True)
    page = models.PositiveSmallIntegerField(_("page"), default=0)
    awaits = models.CharField(_("awaits"), max_length=10, choices=Awaits, blank=True)
    draft = models.JSONField(_("draft"), default=dict, blank=True)
    shown_version = models.PositiveIntegerField(_("shown version"), default=0)
    cards = models.PositiveIntegerField(_("cards"), default=0)
    touched_at = models.DateTimeField(_("last touched"))

    class Meta:
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")
        constraints = [
            models.UniqueConstraint(fields=["person", "order", "about"], name="dialogue_unique"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(in_hand=True), name="dialogue_one_in_hand"
            ),
            models.CheckConstraint(condition=Q(about__in=Talk.values), name="dialogue_about_known"),
            models.CheckConstraint(condition=Q(screen__in=Screen.values), name="dialogue_screen_known"),
            models.CheckConstraint(condition=Q(awaits__in=Awaits.values), name="dialogue_awaits_known"),
            models.CheckConstraint(
                condition=~Q(screen="point") | Q(point__isnull=False), name="dialogue_point_named"
            ),
        ]
        indexes = [
            # Cards that may not show what is true any more: of those that somebody has touched lately.
            models.Index(fields=["touched_at"], name="dialogue_touched")
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.screen}"
