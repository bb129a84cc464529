from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.statuses import Severity, Status
from sla.models.kinds import ClockKind, Mode


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
    rung_moments = models.JSONField(_("moments of the ladder before it is due"), default=list)
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
