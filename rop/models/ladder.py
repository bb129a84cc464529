from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from orders.statuses import Severity, Status
from sla.models import Trigger


class EscalationState(models.TextChoices):
    OPEN = "open", _("open")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    RESOLVED = "resolved", _("resolved")
    ENDED = "ended", _("over by itself")


LIVE = (EscalationState.OPEN, EscalationState.ACKNOWLEDGED)
"""States in which the ladder may still say something."""


class Escalation(models.Model):
    """Something about an order that climbs the ladder: a missed deadline, or no movement.

    `generation` says which one it is: the clock's, or for standing still the number of the status event.
    `fired` keeps for each rung how often it was told and when last. `level` is the highest who was told:
    1 the owner, 2 the team's lead, 3 the lead on duty, 4 the admins' group. `times_told` counts the moments at
    which somebody above the owner was told. A resolved one stays until its cause is over (`ended_at`), so that the
    same cause does not open another. `untold_since`: nobody could be told.
    """

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="escalations", db_index=False, verbose_name=_("order")
    )
    trigger = models.CharField(_("about"), max_length=20, choices=Trigger)
    generation = models.CharField(_("generation"), max_length=90)
    clock_id = models.BigIntegerField(_("clock"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=24, choices=Status)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("owner"),
    )
    opened_at = models.DateTimeField(_("opened at"))
    because = models.JSONField(_("because"), default=dict, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    fired = models.JSONField(_("told"), default=dict, blank=True)
    times_told = models.PositiveIntegerField(_("times told"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=EscalationState, default=EscalationState.OPEN)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("acknowledged by"),
    )
    acknowledged_until = models.DateTimeField(_("acknowledged until"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("resolved by"),
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    reason = models.CharField(_("resolved because"), max_length=500, blank=True)
    untold_since = models.DateTimeField(_("nobody could be told since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        db_table = "ai_escalations"
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ("-id",)
        permissions = [("escalate", "Acknowledge, resolve and snooze escalations")]
        constraints = [
            # Once per cause. Its index also finds those of a batch of orders for the look.
            models.UniqueConstraint(
                fields=["order", "trigger", "generation"], name="escalation_generation_unique"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True)
                | Q(state=EscalationState.RESOLVED)
                | Q(state=EscalationState.ENDED, ended_at__isnull=False),
                name="escalation_ended_by_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=EscalationState.ACKNOWLEDGED)
                | Q(acknowledged_by__isnull=False, acknowledged_until__isnull=False),
                name="escalation_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=EscalationState.RESOLVED, resolved_by__isnull=False, resolved_at__isnull=False
                )
                & ~Q(reason="")
                | ~Q(state=EscalationState.RESOLVED) & Q(resolved_at__isnull=True),
                name="escalation_resolved_by_somebody",
            ),
        ]
        indexes = [
            # The lead's inbox and lists: what is open, the oldest first.
            models.Index(fields=["opened_at", "id"], name="escalation_live", condition=Q(state__in=LIVE)),
            # What nobody could be told.
            models.Index(
                fields=["untold_since"],
                name="escalation_untold",
                condition=Q(untold_since__isnull=False, state__in=LIVE),
            ),
        ]

    def __str__(self) -> str:
        return f"R-{self.order_id} · {self.get_trigger_display()}"


SNOOZE_AT_MOST = timedelta(hours=24)


class Snooze(models.Model):
    """The ladder and the reminders of an order are silent until a moment. No deadline moves by it."""

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="snoozes", db_index=False, verbose_name=_("order")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    why = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("ended by"),
    )

    class Meta:
        db_table = "ai_snoozes"
        verbose_name = _("snooze")
        verbose_name_plural = _("snoozes")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="snooze_one_active"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since"), until__lte=F("since") + SNOOZE_AT_MOST),
                name="snooze_a_day_at_most",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="snooze_says_why"),
        ]
        indexes = [models.Index(fields=["order", "-id"], name="snooze_order")]

    def __str__(self) -> str:
        return f"R-{self.order_id} · {self.until:%Y-%m-%d %H:%M}"


class ProposalKind(models.TextChoices):
    REASSIGN = "reassign", _("give the order to another manager")


class ProposalState(models.TextChoices):
    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DISMISSED = "dismissed", _("dismissed")
    EXPIRED = "expired", _("no longer fits")


class Proposal(models.Model):
    """What AI-РОП may not do by itself: it proposes, a lead presses."""

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="proposals", db_index=False, verbose_name=_("order")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ProposalKind, default=ProposalKind.REASSIGN)
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("from")
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    because = models.JSONField(_("because"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created at"))
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        db_table = "ai_proposals"
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(state=ProposalState.OPEN), name="proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_at__isnull=True)
                | ~Q(state=ProposalState.OPEN) & Q(decided_at__isnull=False),
                name="proposal_decided_when_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ProposalState.ACCEPTED, ProposalState.DISMISSED])
                | Q(decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="proposal_to_another"),
        ]
        indexes = [models.Index(fields=["order", "-id"], name="proposal_order")]

    def __str__(self) -> str:
        return f"R-{self.order_id} · {self.get_kind_display()}"
