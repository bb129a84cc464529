from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.people import User
from core.ranges import TsTzRange


class Duty(models.Model):
    """A lead's turn on duty: whom escalations climb to. One lead at a time; in between nobody is."""

    user = models.ForeignKey(User, models.PROTECT, related_name="duties", verbose_name=_("lead"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("turn on duty")
        verbose_name_plural = _("turns on duty")
        ordering = ("starts_at",)
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"),
            # Its index also answers who is on duty at a moment.
            ExclusionConstraint(
                name="duty_no_overlap",
                expressions=[(TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.starts_at:%Y-%m-%d %H:%M}"
