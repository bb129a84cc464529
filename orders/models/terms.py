from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.contacts import ContactChannel

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Terms(models.Model):
    """One version of how a deal is followed up, decided, tracked and closed. Published, it never changes.

    All stretches of time are in seconds, round the clock. `lead_after` counts from the last step of the scenario:
    a client who has not decided by then is a lead's to decide about. `think_within` counts from the beginning of the
    stage: so long a client may think by the manager's word alone; versions from before there was a bound have none.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    lead_after = models.PositiveIntegerField(_("undecided: the lead decides after"), default=DAY)
    lead_within = models.PositiveIntegerField(_("undecided: the lead has"), default=4 * HOUR)
    think_within = models.PositiveIntegerField(
        _("the client thinks by the manager's word at most"), null=True, default=14 * DAY
    )
    tracking_every = models.PositiveIntegerField(_("the way is checked every"), default=2 * DAY)
    tracking_within = models.PositiveIntegerField(_("a check of the way takes at most"), default=12 * HOUR)
    approval_within = models.PositiveIntegerField(_("an approval is decided within"), default=4 * HOUR)
    approval_expires = models.PositiveIntegerField(_("an approval expires after"), default=2 * DAY)
    payout_within = models.PositiveIntegerField(_("money is paid out within"), default=DAY)
    claim_within = models.PositiveIntegerField(_("a claim is settled within"), default=3 * DAY)
    claim_window = models.PositiveIntegerField(_("claims are taken for"), default=14 * DAY)

    class Meta:
        verbose_name = _("terms of a deal")
        verbose_name_plural = _("terms of deals")
        ordering = ("-version",)
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    lead_within__gt=0,
                    tracking_every__gte=HOUR,
                    tracking_within__gt=0,
                    approval_within__gt=0,
                    payout_within__gt=0,
                    claim_within__gt=0,
                ),
                name="terms_times_positive",
            ),
            models.CheckConstraint(
                condition=Q(think_within__isnull=True) | Q(think_within__gte=HOUR), name="terms_think_within"
            ),
            models.CheckConstraint(
                condition=Q(approval_expires__gte=models.F("approval_within")),
                name="terms_approval_expires_after_due",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class FollowUpStep(models.Model):
    """One step of the scenario by which an undecided client is followed up.

    `delay` in seconds from the beginning (the stage, or the moment until which the client wanted to think). `text` is
    what to say, with the facts of the order in braces: {client}, {item}, {price}, {order}, {manager}.
    """

    terms = models.ForeignKey(Terms, models.CASCADE, related_name="steps", verbose_name=_("terms"))
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    delay = models.PositiveIntegerField(_("after"))
    within = models.PositiveIntegerField(_("to be done within"), default=4 * HOUR)
    channel = models.CharField(
        _("channel"), max_length=10, choices=ContactChannel, default=ContactChannel.PHONE
    )
    text = models.TextField(_("what to say"), max_length=1500)

    class Meta:
        verbose_name = _("step of the follow-up")
        verbose_name_plural = _("steps of the follow-up")
        ordering = ("terms", "number")
        constraints = [
            models.UniqueConstraint(fields=["terms", "number"], name="follow_up_number"),
            models.CheckConstraint(condition=Q(number__gte=1, within__gt=0), name="follow_up_possible"),
            models.CheckConstraint(condition=~Q(text=""), name="follow_up_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"
