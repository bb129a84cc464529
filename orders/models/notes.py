from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.order import Order


class TaskStatus(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", pgettext_lazy("task", "done")
    CANCELLED = "cancelled", _("cancelled")


class Task(models.Model):
    """Something a named person has to do for an order by a moment."""

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
            )
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
