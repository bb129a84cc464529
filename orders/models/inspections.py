from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Door
from orders.models.order import Order
from orders.models.templates import InspectionItem, InspectionTemplate


class VerdictCode(models.TextChoices):
    PASS = "pass", _("fit")
    REMARKS = "remarks", _("fit, with remarks")
    FAIL = "fail", _("not fit")


class Decision(models.TextChoices):
    """What a lead says to "not fit". To cancel is a route of its own."""

    GO_ON = "go_on", _("go on all the same")
    AGAIN = "again", _("inspect again")


class Inspection(models.Model):
    """One inspection of the goods by the points of one template. Current until `ended_at`.

    `points_open` and `proof_open` are the numbers of the points that still lack their answer or their files;
    `verdict` and `decision` those of the current verdict: written with each fact, recomputed by the gate.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="inspections", verbose_name=_("order"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    template = models.ForeignKey(
        InspectionTemplate, models.PROTECT, related_name="+", verbose_name=_("template")
    )
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    points_open = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("points open"))
    proof_open = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("files missing"), default=list)
    verdict = models.CharField(_("verdict"), max_length=10, choices=VerdictCode, blank=True)
    decision = models.CharField(_("lead's decision"), max_length=10, choices=Decision, blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ("order", "number")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="inspection_number"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="inspection_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.ref} · {self.number}"


class InspectionAnswer(models.Model):
    """What was answered to a point, by whom. Answered anew, the one before stays with `replaced_at`.

    `value`: "yes" or "no", the code of a choice, a decimal number in its shortest form, or the words.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="answers")
    item = models.ForeignKey(InspectionItem, models.PROTECT, related_name="+", verbose_name=_("point"))
    value = models.CharField(_("answer"), max_length=1000)
    is_normal = models.BooleanField(_("the norm"))
    remark = models.CharField(_("remark"), max_length=1000, blank=True)
    in_bulk = models.BooleanField(_("with its whole group"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer of an inspection")
        verbose_name_plural = _("answers of inspections")
        ordering = ("inspection", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "item"],
                condition=Q(replaced_at__isnull=True),
                name="inspection_answer_one_current",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="inspection_answer_not_blank"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.value[:60]}"


class InspectionVerdict(models.Model):
    """What the inspection came to, and what a lead said to "not fit"."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="verdicts")
    verdict = models.CharField(_("verdict"), max_length=10, choices=VerdictCode)
    remarks = models.TextField(_("remarks"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    door = models.CharField(_("door"), max_length=12, choices=Door)
    at = models.DateTimeField(_("at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    decision = models.CharField(_("lead's decision"), max_length=10, choices=Decision, blank=True)
    decision_reason = models.TextField(_("why"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("verdict of an inspection")
        verbose_name_plural = _("verdicts of inspections")
        ordering = ("inspection", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection"],
                condition=Q(replaced_at__isnull=True),
                name="inspection_verdict_one_current",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(verdict="fail", decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(decision="")
                & ~Q(decision_reason=""),
                name="inspection_decision_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(verdict="pass") | ~Q(remarks=""), name="inspection_verdict_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_verdict_display())


class InspectionMeasure(models.Model):
    """How an inspection was done, once it has ended with a verdict: what quality is judged by.

    `seconds`: from the first answer to the verdict. `rushed`: quicker than 95 % of the inspections by the same
    template that had ended before (`rushed_below_seconds`, null while they are too few).
    """

    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="measure")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("manager")
    )
    template = models.ForeignKey(InspectionTemplate, models.PROTECT, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=10, choices=VerdictCode)
    seconds = models.PositiveIntegerField(_("took, seconds"))
    normal_share = models.DecimalField(_("share of the norm"), max_digits=5, decimal_places=4)
    in_bulk = models.PositiveSmallIntegerField(_("answered by groups"))
    exceptions = models.PositiveSmallIntegerField(_("not the norm"))
    remarks = models.PositiveSmallIntegerField(_("remarks"))
    files = models.PositiveSmallIntegerField(_("files"))
    repeated = models.PositiveSmallIntegerField(_("repeated files"))
    rushed = models.BooleanField(_("rushed"))
    rushed_below_seconds = models.PositiveIntegerField(_("rushed below, seconds"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("measure of an inspection")
        verbose_name_plural = _("measures of inspections")
        ordering = ("-id",)
        indexes = [
            # The percentile of a template; the report of a stretch of time.
            models.Index(fields=["template", "seconds"], name="measure_seconds"),
            models.Index(fields=["at"], name="measure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}: {self.seconds} s"
