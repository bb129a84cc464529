from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.people import User


class ApiKey(models.Model):
    """An agent's key or a person's token: `rop_<prefix>_<secret>`, of which only a hash is kept."""

    name = models.SlugField(_("name"))
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="api_keys", verbose_name=_("person")
    )
    source = models.SlugField(_("agent"), blank=True)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"), default=list, blank=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("name", "-created_at")
        constraints = [
            # A key is an agent's or a person's, never both: its rights come from one place only.
            models.CheckConstraint(
                condition=Q(user__isnull=True, source__gt="") | Q(user__isnull=False, source=""),
                name="api_key_agent_or_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotencyRecord(models.Model):
    """What was answered to a POST with an `Idempotency-Key`; kept for 72 hours."""

    key = models.ForeignKey(ApiKey, models.CASCADE)
    idempotency_key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="idempotency_record_unique")
        ]

    def __str__(self) -> str:
        return self.idempotency_key
