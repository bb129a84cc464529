from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.ranges import TsTzRange
from orders.models import Order


class Manager(models.Model):
    """The profile of a user who takes orders. Capacity and load are counted in weights of orders."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="manager", verbose_name=_("person")
    )
    active = models.BooleanField(_("takes orders"), default=True)
    capacity = models.DecimalField(
        _("capacity"), max_digits=8, decimal_places=3, default=30, validators=[MinValueValidator(0)]
    )
    offers_cap = models.PositiveIntegerField(
        _("unaccepted orders at most"),
        null=True,
        blank=True,
        help_text=_("Empty: as many as the capacity holds."),
    )
    works_without_telegram = models.BooleanField(_("works without Telegram"), default=False)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("manager")
        verbose_name_plural = _("managers")
        ordering = ("user__last_name", "user__first_name")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=0), name="manager_capacity_not_negative")
        ]

    def __str__(self) -> str:
        return str(self.user)


class ManagerLoad(models.Model):
    """Counters of a manager's open orders, kept by the loop in the transaction that changes them.

    `load` = Σ `Order.load_weight` over the open orders owned; `offers` = how many of them are not accepted.
    The auditor recomputes them from the orders.
    """

    manager = models.OneToOneField(Manager, models.CASCADE, primary_key=True, related_name="load")
    load = models.DecimalField(_("load"), max_digits=10, decimal_places=3, default=0)
    offers = models.IntegerField(_("not accepted"), default=0)
    open_orders = models.IntegerField(_("open orders"), default=0)
    last_assigned_at = models.DateTimeField(_("last got an order at"), null=True, blank=True)

    class Meta:
        verbose_name = _("manager's load")
        verbose_name_plural = _("managers' loads")

    def __str__(self) -> str:
        return f"{self.manager_id}: {self.load}"


class WeeklyShift(models.Model):
    """A shift that recurs each week, in the local time of the team's calendar; may end after midnight."""

    manager = models.ForeignKey(
        Manager, models.CASCADE, related_name="weekly_shifts", verbose_name=_("manager")
    )
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), help_text=_("0 is Monday."), validators=[MaxValueValidator(6)]
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("weekly shift")
        verbose_name_plural = _("weekly shifts")
        ordering = ("manager", "weekday", "starts")
        constraints = [
            models.UniqueConstraint(fields=["manager", "weekday", "starts"], name="weekly_shift_unique"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekly_shift_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.manager_id}: {self.weekday} {self.starts}–{self.ends}"


class Shift(models.Model):
    """A concrete shift. Laid out ahead from the weekly ones; started and ended early by `/shift` too."""

    manager = models.ForeignKey(Manager, models.CASCADE, related_name="shifts", verbose_name=_("manager"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    source = models.CharField(_("source"), max_length=10, default="weekly")

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ("starts_at",)
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            ExclusionConstraint(
                name="shift_no_overlap",
                expressions=[
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                    ("manager", RangeOperators.EQUAL),
                ],
            ),
        ]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="shift_at")]

    def __str__(self) -> str:
        return f"{self.manager_id}: {self.starts_at:%Y-%m-%d %H:%M}"


class Absence(models.Model):
    """A vacation, an illness, a day off: no new orders, and unaccepted ones go to others when it begins."""

    manager = models.ForeignKey(Manager, models.CASCADE, related_name="absences", verbose_name=_("manager"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    begun_at = models.DateTimeField(_("noticed by the loop at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("-starts_at",)
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start"),
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                    ("manager", RangeOperators.EQUAL),
                ],
            ),
        ]
        indexes = [
            # The sweep of boundaries: absences that have begun and were not noticed yet.
            models.Index(fields=["starts_at"], name="absence_begins", condition=Q(begun_at__isnull=True)),
            models.Index(fields=["ends_at"], name="absence_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.manager_id}: {self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class WeightTable(models.Model):
    """One immutable version of the weights: what an open order weighs by its stage and severity."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    stages = models.JSONField(_("weights of stages"))
    severities = models.JSONField(_("weights of severities"))
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("weights of orders")
        verbose_name_plural = _("weights of orders")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"v{self.version}"


class Snapshot(models.Model):
    """The candidates of one distribution with their loads and why some were excluded. Append-only."""

    at = models.DateTimeField(_("at"))
    candidates = models.JSONField(_("candidates"))

    class Meta:
        verbose_name = _("snapshot of candidates")
        verbose_name_plural = _("snapshots of candidates")

    def __str__(self) -> str:
        return f"{self.pk} · {self.at:%Y-%m-%d %H:%M:%S}"


class AssignmentState(models.TextChoices):
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    SILENT = "silent", _("taken away: silent")
    UNAVAILABLE = "unavailable", _("taken away: absent")
    REASSIGNED = "reassigned", _("reassigned")
    RETURNED = "returned", _("returned to the queue")
    CLOSED = "closed", _("the order ended")


class Assignment(models.Model):
    """Who owns an order since when, who or what decided so, and how that ended."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="assignments", verbose_name=_("order"))
    round = models.PositiveIntegerField(_("number"))
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name=_("manager")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=AssignmentState, default=AssignmentState.OFFERED
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    by_kind = models.CharField(_("by"), max_length=10)
    by_id = models.BigIntegerField(null=True, blank=True)
    because = models.JSONField(_("because"), default=list)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    load_before = models.DecimalField(
        _("load before"), max_digits=10, decimal_places=3, null=True, blank=True
    )
    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, null=True, blank=True, verbose_name=_("candidates")
    )

    class Meta:
        db_table = "ai_assignments"
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("order_id", "round")
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="assignment_round_unique"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="assignment_one_active"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "accepted"], ended_at__isnull=True)
                | Q(~Q(state__in=["offered", "accepted"]), ended_at__isnull=False),
                name="assignment_ended_when_not_held",
            ),
        ]
        indexes = [
            models.Index(fields=["manager", "-assigned_at"], name="assignment_of_manager"),
            # How often somebody stayed silent of late: few among very many.
            models.Index(
                fields=["manager", "-assigned_at"], name="assignment_silent", condition=Q(state="silent")
            ),
        ]

    def __str__(self) -> str:
        return f"R-{self.order_id} · {self.get_state_display()}"
