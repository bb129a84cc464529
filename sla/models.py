from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.statuses import Severity, Status


class ClockKind(models.TextChoices):
    ASSIGN = "assign", _("to find an owner")
    ACCEPT = "accept", _("to accept")
    STAGE = "stage", _("for the stage")
    CLIENT_DECISION = "client_decision", _("for the client's decision")
    TASK = "task", _("for the task")
    BLOCKER = "blocker", _("for the blocker")
    APPROVAL = "approval", _("for the approval")
    SIGNAL = "signal", _("for the signal")
    CRISIS = "crisis", _("for the crisis")


class Mode(models.TextChoices):
    BUSINESS = "business", _("working hours")
    SHIFT = "shift", _("the manager's shifts")
    ELAPSED = "elapsed", _("round the clock")


class Matrix(models.Model):
    """One version of the SLA matrix. Published, it never changes; clocks keep the version they started under."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("SLA matrix")
        verbose_name_plural = _("SLA matrices")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"


class Rule(models.Model):
    """How long a stage (or an acceptance, an assignment) may take at a severity, and when to warn."""

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="rules", verbose_name=_("matrix"))
    kind = models.CharField(_("clock"), max_length=20, choices=ClockKind)
    stage = models.CharField(_("stage"), max_length=24, choices=Status)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    target_seconds = models.PositiveIntegerField(_("target, seconds"), validators=[MinValueValidator(1)])
    mode = models.CharField(_("counted by"), max_length=10, choices=Mode, default=Mode.BUSINESS)
    warn_at = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("warn at, %"), default=list, blank=True, size=5
    )

    class Meta:
        verbose_name = _("rule of the matrix")
        verbose_name_plural = _("rules of the matrix")
        ordering = ("matrix", "kind", "stage", "severity")
        constraints = [
            models.UniqueConstraint(fields=["matrix", "kind", "stage", "severity"], name="rule_unique"),
            models.CheckConstraint(condition=Q(target_seconds__gt=0), name="rule_target_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.stage} · {self.severity}"


class ClockState(models.TextChoices):
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    MET = "met", _("met")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


class Clock(models.Model):
    """A deadline as a row. `generation` says what started it (a status event, a round of assignment, a task).

    `breached_at` is set once; a breached clock runs on until what it waits for has happened.
    """

    subject_type = models.CharField(_("subject"), max_length=12, default="order")
    subject_id = models.BigIntegerField(_("subject's id"))
    order_id = models.BigIntegerField(_("order"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ClockKind)
    generation = models.CharField(_("generation"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=ClockState, default=ClockState.RUNNING)
    stage = models.CharField(_("stage"), max_length=24, choices=Status)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    mode = models.CharField(_("counted by"), max_length=10, choices=Mode)
    target_seconds = models.PositiveIntegerField(_("target, seconds"))
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    warnings = models.JSONField(_("warnings"), default=list)
    warned = models.PositiveSmallIntegerField(_("warned at, %"), default=0)
    breached_at = models.DateTimeField(_("breached at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    policy_version = models.PositiveIntegerField(_("matrix version"))
    calendar_code = models.SlugField(_("calendar"), blank=True)
    calendar_version = models.PositiveIntegerField(_("calendar version"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                condition=Q(state__in=["running", "paused"]),
                name="clock_one_running",
            ),
            # What is due fires once per generation.
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind", "generation"], name="clock_generation_unique"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], ended_at__isnull=True)
                | Q(~Q(state__in=["running", "paused"]), ended_at__isnull=False),
                name="clock_ended_when_not_running",
            ),
        ]
        indexes = [
            # All clocks of a batch of orders, for the look and for explain.
            models.Index(fields=["order_id", "id"], name="clock_order", condition=Q(order_id__isnull=False)),
            # The auditor: clocks that ran out and nobody noticed.
            models.Index(
                fields=["due_at"],
                name="clock_unnoticed",
                condition=Q(state="running", breached_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.subject_type} {self.subject_id}"


class Violation(models.Model):
    """A breach: written once, when it was noticed, never rewritten."""

    clock = models.OneToOneField(Clock, models.PROTECT, related_name="violation", verbose_name=_("clock"))
    order_id = models.BigIntegerField(_("order"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ClockKind)
    stage = models.CharField(_("stage"), max_length=24, choices=Status)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    owner_id = models.BigIntegerField(_("owner then"), null=True, blank=True)
    target_seconds = models.PositiveIntegerField(_("target, seconds"))
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    breached_at = models.DateTimeField(_("noticed at"))
    policy_version = models.PositiveIntegerField(_("matrix version"))

    class Meta:
        db_table = "ai_sla_violations"
        verbose_name = _("SLA violation")
        verbose_name_plural = _("SLA violations")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["order_id"], name="violation_order"),
            models.Index(fields=["due_at"], name="violation_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · R-{self.order_id}"
