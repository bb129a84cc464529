from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Team(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    lead = models.ForeignKey(
        "core.User", models.SET_NULL, null=True, blank=True, related_name="led_teams", verbose_name=_("lead")
    )
    calendar_code = models.SlugField(_("calendar"), default="default")

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person of the company. Roles are groups: lead, manager, finance, observer."""

    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    language = models.CharField(
        _("language"), max_length=5, default="ru", choices=(("ru", "Русский"), ("en", "English"))
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("last_name", "first_name", "username")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class TelegramLink(models.Model):
    """A person's Telegram account. Kept after unlinking: old messages were sent through it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="telegram_links", verbose_name=_("person"))
    telegram_id = models.BigIntegerField(_("Telegram id"))
    chat_id = models.BigIntegerField(_("private chat"))
    telegram_name = models.CharField(_("Telegram name"), max_length=200, blank=True)
    active = models.BooleanField(pgettext_lazy("link", "active"), default=True)
    linked_at = models.DateTimeField(_("linked at"))
    unlinked_at = models.DateTimeField(_("unlinked at"), null=True, blank=True)
    unreachable_since = models.DateTimeField(_("unreachable since"), null=True, blank=True)
    unreachable_because = models.CharField(_("why unreachable"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("Telegram link")
        verbose_name_plural = _("Telegram links")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(active=True), name="telegram_link_one_per_user"
            ),
            models.UniqueConstraint(
                fields=["telegram_id"], condition=Q(active=True), name="telegram_link_one_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ↔ {self.telegram_name or self.telegram_id}"


class LinkToken(models.Model):
    """A one-time invitation to link Telegram. Only the hash is stored; lives at most ten minutes.

    asked (in the panel) → claimed (in the private chat) → confirmed (in the panel): both sides agree.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="link_tokens", verbose_name=_("person"))
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    claimed_telegram_id = models.BigIntegerField(null=True, blank=True)
    claimed_chat_id = models.BigIntegerField(null=True, blank=True)
    claimed_name = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(_("confirmed or refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link invitation")
        verbose_name_plural = _("link invitations")

    def __str__(self) -> str:
        return f"{self.user} · {self.created_at:%Y-%m-%d %H:%M}"


class ChatGroup(models.Model):
    """A named group of people that messages are addressed to; the chat's id is its own business."""

    code = models.SlugField(_("code"), unique=True)
    title = models.CharField(_("title"), max_length=100)
    chat_id = models.BigIntegerField(_("Telegram chat"), null=True, blank=True)
    active = models.BooleanField(pgettext_lazy("group", "active"), default=True)
    unreachable_since = models.DateTimeField(_("unreachable since"), null=True, blank=True)
    unreachable_because = models.CharField(_("why unreachable"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("Telegram group")
        verbose_name_plural = _("Telegram groups")
        permissions = [("connect_group", "Connect the admins' group")]

    def __str__(self) -> str:
        return self.title
