from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last moment at which a part made progress: loop, sender, bot, auditor, beat."""

    name = models.SlugField(_("part"), primary_key=True)
    at = models.DateTimeField(_("last progress"))
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
