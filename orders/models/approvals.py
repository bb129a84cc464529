"""What one person asks for and another one decides; and the opinions that some of it needs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import Door
from orders.models.order import Order


class ApprovalAction(models.TextChoices):
    """What is carried out when the answer is yes."""

    ROUTE = "route", _("a step at risk")
    PRICE = "price", _("a change of the price")
    REFUND = "refund", _("a refund")
    COMPENSATION = "compensation", _("a compensation")
    KEEP = "keep_money", _("the client's money stays")


class ApprovalState(models.TextChoices):
    OPEN = "open", pgettext_lazy("approval", "waits for a decision")
    APPROVED = "approved", pgettext_lazy("approval", "approved")
    DECLINED = "declined", pgettext_lazy("approval", "declined")
    EXPIRED = "expired", pgettext_lazy("approval", "expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")


class Approval(models.Model):
    """Four eyes: asked by one person, decided by another one, carried out once.

    `payload`: codes and numbers of what will happen, from which sentences are made when it is shown. `shown_hash`: of
    all that was shown when it was asked for; `order_version`: of the order then. Whoever decides decides about
    exactly that: once the order has changed, it has to be asked for anew.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="approvals", verbose_name=_("order"))
    action = models.CharField(_("what"), max_length=14, choices=ApprovalAction)
    route = models.CharField(_("route"), max_length=30, blank=True)
    payload = models.JSONField(_("exactly"), default=dict)
    reason = models.CharField(_("why"), max_length=1000)
    shown_hash = models.CharField(max_length=64, editable=False)
    order_version = models.PositiveIntegerField(_("version of the order"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    door = models.CharField(_("door"), max_length=12, choices=Door)
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("to be decided by"))
    expires_at = models.DateTimeField(_("expires at"))
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState, default=ApprovalState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_door = models.CharField(_("decided through"), max_length=12, choices=Door, blank=True)
    decision_reason = models.CharField(_("why decided so"), max_length=1000, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    executed_at = models.DateTimeField(_("carried out at"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ("-id",)
        permissions = [("decide_approval", "Decide about what somebody else asks for")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="approval_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["expired", "withdrawn"], ended_at__isnull=False, decided_by__isnull=True)
                | Q(state__in=["approved", "declined"], ended_at__isnull=False, decided_by__isnull=False),
                name="approval_decided_by_somebody",
            ),
            # What is approved is carried out in the same transaction; nothing else ever is.
            models.CheckConstraint(
                condition=Q(state="approved", executed_at__isnull=False)
                | ~Q(state="approved") & Q(executed_at__isnull=True),
                name="approval_carried_out_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(action="route") & ~Q(route="") | ~Q(action="route") & Q(route=""),
                name="approval_of_a_route_names_it",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="approval_says_why"),
            models.UniqueConstraint(
                fields=["order", "action", "route"], condition=Q(state="open"), name="approval_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="approval_order"),
            # The lead's inbox.
            models.Index(fields=["due_at"], name="approval_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return str(self.get_action_display())


class OpinionVerdict(models.TextChoices):
    GROUNDS = "grounds", _("there are legal grounds to reject")
    NO_GROUNDS = "no_grounds", _("there are no legal grounds to reject")
    UNCLEAR = "unclear", _("not clear from what is known")


class Opinion(models.Model):
    """What AI-GRC says about the law. It decides nothing: a rejection asks for it and for a person's approval."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="opinions", verbose_name=_("order"))
    source = models.CharField(_("source"), max_length=40)
    agent_key_id = models.BigIntegerField(_("key"))
    verdict = models.CharField(_("opinion"), max_length=12, choices=OpinionVerdict)
    text = models.TextField(_("in words"), max_length=5000)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("legal opinion")
        verbose_name_plural = _("legal opinions")
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="opinion_says_why")]
        indexes = [models.Index(fields=["order", "-id"], name="opinion_order")]

    def __str__(self) -> str:
        return str(self.get_verdict_display())
