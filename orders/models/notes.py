from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.order import Order
from orders.models.terms import FollowUpStep


class TaskStatus(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", pgettext_lazy("task", "done")
    CANCELLED = "cancelled", _("cancelled")


class Task(models.Model):
    """Something a named person has to do for an order by a moment.

    What AI-РОП opens by itself belongs to a stage entry (`stage`: its status event) and has a `number` there, so that
    it is opened once; a step of the follow-up knows what to say.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="tasks", verbose_name=_("order"))
    kind = models.SlugField(_("kind"), max_length=40, default="general")
    title = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tasks",
        verbose_name=pgettext_lazy("task", "whose"),
    )
    due_at = models.DateTimeField(_("due at"))
    stage = models.PositiveIntegerField(_("number of the status event"), null=True, blank=True)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    follow_up = models.ForeignKey(
        FollowUpStep, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("step")
    )
    status = models.CharField(_("status"), max_length=10, choices=TaskStatus, default=TaskStatus.OPEN)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ("due_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True)
                | Q(~Q(status="open"), ended_at__isnull=False),
                name="task_ended_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(stage__isnull=True, number__isnull=True)
                | Q(stage__isnull=False, number__isnull=False),
                name="task_number_of_a_stage",
            ),
            # What AI-РОП opens by itself it opens once.
            models.UniqueConstraint(
                fields=["order", "kind", "stage", "number"],
                condition=Q(stage__isnull=False),
                name="task_once_in_a_stage",
            ),
        ]
        indexes = [models.Index(fields=["order", "due_at"], name="task_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return self.title


class Note(models.Model):
    """A free text about an order. Not a movement. The mentioned get a message."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="notes", verbose_name=_("order"))
    text = models.TextField(_("text"), max_length=5000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="notes", verbose_name=_("author")
    )
    agent_key_id = models.BigIntegerField(_("agent"), null=True, blank=True)
    mentions = ArrayField(models.BigIntegerField(), default=list, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-id",)
        indexes = [models.Index(fields=["order", "id"], name="note_order")]

    def __str__(self) -> str:
        return self.text[:60]
