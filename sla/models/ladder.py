from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.statuses import Severity, Status
from sla.models.kinds import ClockKind
from sla.models.matrix import Matrix


class Trigger(models.TextChoices):
    """What an escalation is about: a clock by its kind, or an order that stands still."""

    ASSIGN = ClockKind.ASSIGN.value, ClockKind.ASSIGN.label
    ACCEPT = ClockKind.ACCEPT.value, ClockKind.ACCEPT.label
    STAGE = ClockKind.STAGE.value, ClockKind.STAGE.label
    CLIENT_DECISION = ClockKind.CLIENT_DECISION.value, ClockKind.CLIENT_DECISION.label
    TASK = ClockKind.TASK.value, ClockKind.TASK.label
    BLOCKER = ClockKind.BLOCKER.value, ClockKind.BLOCKER.label
    APPROVAL = ClockKind.APPROVAL.value, ClockKind.APPROVAL.label
    STUCK = "stuck", _("no movement")
    STUCK_LONG = "stuck_long", _("no movement for long")


STUCK_TRIGGERS = (Trigger.STUCK, Trigger.STUCK_LONG)


class Whom(models.TextChoices):
    OWNER = "owner", _("the owner")
    LEAD = "lead", _("the lead of the team")
    DUTY = "duty", _("the lead on duty")
    GROUP = "group", _("the admins' group")


class Action(models.TextChoices):
    REMIND = "remind", _("remind")
    ESCALATE = "escalate", _("escalate")
    REASSIGN = "reassign", _("give to the next manager")
    PROPOSE = "propose", _("propose another manager")


class Rung(models.Model):
    """One rung of the ladder: when, who, what. An empty stage or severity stands for every one.

    A rung that names the severity goes before one that names the stage, and that before one that names neither:
    of the rows of the same (trigger, whom, action) that fit an order only the most particular ones apply.
    `share` is of the clock's target; `after_seconds` runs round the clock since the breach, or since the
    threshold of standing still.
    """

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="rungs", verbose_name=_("matrix"))
    trigger = models.CharField(_("about"), max_length=20, choices=Trigger)
    stage = models.CharField(_("stage"), max_length=24, choices=Status, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    share = models.PositiveSmallIntegerField(
        _("at, % of the target"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    after_seconds = models.PositiveIntegerField(_("after the deadline, seconds"), null=True, blank=True)
    whom = models.CharField(_("whom"), max_length=10, choices=Whom)
    action = models.CharField(_("what"), max_length=10, choices=Action, default=Action.ESCALATE)
    repeat_seconds = models.PositiveIntegerField(
        _("again every, seconds"), null=True, blank=True, validators=[MinValueValidator(60)]
    )
    at_most = models.PositiveSmallIntegerField(
        _("times at most"), default=1, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("rung of the ladder")
        verbose_name_plural = _("rungs of the ladder")
        ordering = ("matrix", "trigger", "stage", "severity", "share", "after_seconds", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["matrix", "trigger", "stage", "severity", "share", "after_seconds", "whom", "action"],
                name="rung_unique",
                nulls_distinct=False,
                violation_error_message=_("There is such a rung already."),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True, after_seconds__isnull=False)
                | Q(share__isnull=False, after_seconds__isnull=True),
                name="rung_one_moment",
                violation_error_message=_(
                    "Say either the share of the target or the time after the deadline."
                ),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=1, share__lte=100), name="rung_share_range"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | ~Q(trigger__in=STUCK_TRIGGERS),
                name="rung_stuck_has_no_share",
                violation_error_message=_("An order that stands still has no target to take a share of."),
            ),
            models.CheckConstraint(
                condition=~Q(action=Action.REASSIGN)
                | Q(trigger=Trigger.ACCEPT, whom=Whom.OWNER, at_most=1, share__isnull=True),
                name="rung_reassign_unaccepted",
                violation_error_message=_(
                    "Only an order that was not accepted in time is given to the next manager."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(action=Action.PROPOSE)
                | ~Q(whom=Whom.OWNER) & ~Q(trigger__in=[Trigger.ASSIGN, Trigger.ACCEPT]),
                name="rung_propose_to_lead",
                violation_error_message=_("Another manager is proposed to leads, for an order in work."),
            ),
            models.CheckConstraint(condition=Q(at_most__gte=1), name="rung_at_most_positive"),
            models.CheckConstraint(
                condition=Q(repeat_seconds__isnull=True) | Q(repeat_seconds__gte=60),
                name="rung_repeat_not_sooner_than_a_minute",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} · {self.whom} · {self.action}"


class StuckRule(models.Model):
    """After how long without a movement an order of a stage is stuck: level 1, then level 2."""

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="stuck_rules", verbose_name=_("matrix"))
    stage = models.CharField(_("stage"), max_length=24, choices=Status)
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(1), MaxValueValidator(2)]
    )
    after_seconds = models.PositiveIntegerField(
        _("without movement, seconds"), validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("when an order stands still")
        verbose_name_plural = _("when orders stand still")
        ordering = ("matrix", "stage", "level")
        constraints = [
            models.UniqueConstraint(fields=["matrix", "stage", "level"], name="stuck_rule_unique"),
            models.CheckConstraint(condition=Q(level__in=[1, 2]), name="stuck_rule_level"),
            models.CheckConstraint(condition=Q(after_seconds__gt=0), name="stuck_rule_after_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} · {self.level}"
