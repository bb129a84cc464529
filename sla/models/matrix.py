from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.statuses import Severity, Status
from sla.models.kinds import ClockKind, Mode

QUIET_FROM, QUIET_UNTIL = time(22), time(8)


class Matrix(models.Model):
    """One version of the SLA matrix with its ladder. Published, it never changes; clocks keep the version they
    started under.

    Quiet hours are local times of the default calendar's zone; they may go on past midnight. None: no quiet hours.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=QUIET_FROM)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=QUIET_UNTIL)

    class Meta:
        verbose_name = _("SLA matrix")
        verbose_name_plural = _("SLA matrices")
        ordering = ("-version",)
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="matrix_quiet_both_or_neither",
            ),
        ]

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
