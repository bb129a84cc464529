from django.db import models
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """One immutable version of a working calendar. The newest published version of a code is in force."""

    code = models.SlugField(_("code"))
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=100)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Moscow")
    hours = models.JSONField(
        _("hours"), help_text=_("Seven days from Monday, each a list of [from, to]; exceptions.")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ("code", "-version")
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="calendar_version_unique")]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"
