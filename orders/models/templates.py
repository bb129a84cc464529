from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.statuses import Severity

POINTS = 28
"""How many points an inspection has (a limit of the business: the blueprint's)."""


class AnswerKind(models.TextChoices):
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("one of several")
    NUMBER = "number", _("a number")
    TEXT = "text", _("words")


class Proof(models.TextChoices):
    PHOTO = "photo", _("photo")
    VIDEO = "video", _("video")
    DOCUMENT = "document", _("document")


class ProofRule(models.TextChoices):
    NONE = "none", _("no file")
    OPTIONAL = "optional", _("may be attached")
    ALWAYS = "always", _("always required")
    EXCEPTION = "exception", _("required when the answer is not the norm")
    ANSWERS = "answers", _("required with certain answers")


class InspectionTemplate(models.Model):
    """One version of the 28 points. Published, it never changes; an inspection keeps the version it began under."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("template of inspections")
        verbose_name_plural = _("templates of inspections")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"


class InspectionItem(models.Model):
    """One point: what is asked, what the norm is, which files have to prove it."""

    template = models.ForeignKey(
        InspectionTemplate, models.CASCADE, related_name="items", verbose_name=_("template")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    group = models.SlugField(_("group"), max_length=40)
    group_title = models.CharField(_("group's title"), max_length=60)
    title = models.CharField(_("short title"), max_length=60)
    question = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    kind = models.CharField(_("answer"), max_length=10, choices=AnswerKind)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    normal = ArrayField(
        models.CharField(max_length=40), verbose_name=_("answers that are the norm"), default=list, blank=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    normal_from = models.DecimalField(
        _("normal from"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    normal_to = models.DecimalField(_("normal to"), max_digits=14, decimal_places=3, null=True, blank=True)
    proof = models.CharField(_("file"), max_length=10, choices=Proof, blank=True)
    proof_rule = models.CharField(
        _("when a file is needed"), max_length=10, choices=ProofRule, default=ProofRule.NONE
    )
    proof_answers = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("answers that need a file"),
        default=list,
        blank=True,
    )
    proof_count = models.PositiveSmallIntegerField(_("files at least"), default=1)
    proof_from_severity = models.CharField(
        _("needed in any case from"), max_length=10, choices=Severity, blank=True
    )

    class Meta:
        verbose_name = _("point of the inspection")
        verbose_name_plural = _("points of the inspection")
        ordering = ("template", "number")
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="inspection_item_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=POINTS), name="inspection_item_number_known"
            ),
            models.CheckConstraint(
                condition=Q(proof_count__gte=1, proof_count__lte=10), name="inspection_item_proof_count"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"
