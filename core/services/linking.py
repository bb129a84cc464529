"""Linking a person's Telegram account: a one-time invitation, agreed to on both sides.

asked in the panel → claimed in the private chat with the bot → confirmed (or refused) in the panel.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import journal, outbox, work
from core.actors import Actor
from core.models import Heartbeat, Importance, LinkToken, TelegramLink, User
from core.refusals import Refusal

LIVES = timedelta(minutes=10)
"""How long an invitation may wait for both its claim and its confirmation (a limit)."""

SECRET_BYTES = 32
NAME_LIMIT = 200


class LinkRefused(Refusal):
    """The link can't be made; str() says why, in the reader's language. `code` is stable."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def link_ask(*, user: User, now: datetime) -> str:
    """A new invitation for this person; earlier ones end. Returns the secret that the deep link carries."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        _open_invitations(user).update(finished_at=now)
        LinkToken.objects.create(user=user, token_hash=_hash(token), created_at=now, expires_at=now + LIVES)
    return token


def link_url(token: str) -> str | None:
    """Where the person opens the chat with the bot. None while the bot has not told its name yet."""
    heartbeat = Heartbeat.objects.filter(name="bot").first()
    username = heartbeat.detail.get("username") if heartbeat else None
    if not username:
        return None
    is_real = settings.TELEGRAM_API_URL.startswith("https://api.telegram.org")
    base = settings.TELEGRAM_LINK_BASE or ("https://t.me" if is_real else settings.TELEGRAM_API_URL)
    return f"{base.rstrip('/')}/{username}?start={token}"


@transaction.atomic
def link_claim(*, token: str, telegram_id: int, chat_id: int, name: str, now: datetime) -> LinkToken:
    """The owner of a Telegram account followed the deep link. Raises LinkRefused.

    Claiming twice from the same account is claiming once.
    """
    invitation = LinkToken.objects.select_for_update(of=("self",)).filter(token_hash=_hash(token)).first()
    if invitation is None or invitation.finished_at is not None or invitation.expires_at <= now:
        raise LinkRefused("invalid", _("This link is used or too old. Open the panel and take a new one."))
    if invitation.claimed_telegram_id not in (None, telegram_id):
        raise LinkRefused(
            "claimed", _("This link was opened from another account. Take a new one in the panel.")
        )
    if not invitation.user.is_active:
        raise LinkRefused("inactive", _("Your access is closed. Ask your lead."))
    _check_account_free(telegram_id, invitation.user)

    invitation.claimed_at = invitation.claimed_at or now
    invitation.claimed_telegram_id = telegram_id
    invitation.claimed_chat_id = chat_id
    invitation.claimed_name = name[:NAME_LIMIT]
    invitation.save(update_fields=["claimed_at", "claimed_telegram_id", "claimed_chat_id", "claimed_name"])
    return invitation


def link_pending(*, user: User, now: datetime) -> LinkToken | None:
    """The claimed invitation that waits for this person's confirmation."""
    return (
        _open_invitations(user).filter(claimed_at__isnull=False, expires_at__gt=now).order_by("-pk").first()
    )


def link_confirm(*, user: User, invitation_id: int, actor: Actor, now: datetime) -> TelegramLink:
    """Yes, that account is mine. An earlier link of this person ends. Raises LinkRefused."""
    with work.command("command.link_confirm", actor=actor, now=now, inputs={"person": user.pk}):
        return _confirm(user, invitation_id, actor=actor, now=now)


def _confirm(user: User, invitation_id: int, *, actor: Actor, now: datetime) -> TelegramLink:
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    invitation = (
        _open_invitations(user).select_for_update().filter(pk=invitation_id, expires_at__gt=now).first()
    )
    if invitation is None or invitation.claimed_telegram_id is None or invitation.claimed_chat_id is None:
        raise LinkRefused("nothing_to_confirm", _("Nothing waits for your confirmation. Take a new link."))
    _check_account_free(invitation.claimed_telegram_id, user)

    TelegramLink.objects.filter(user=user, active=True).update(active=False, unlinked_at=now)
    link = TelegramLink.objects.create(
        user=user,
        telegram_id=invitation.claimed_telegram_id,
        chat_id=invitation.claimed_chat_id,
        telegram_name=invitation.claimed_name,
        linked_at=now,
    )
    invitation.finished_at = now
    invitation.save(update_fields=["finished_at"])
    _journal("command.link_confirm", user, link, actor=actor, now=now)
    outbox.post([_welcome(link)], now=now)
    return link


def link_refuse(*, user: User, invitation_id: int, now: datetime) -> None:
    """No, that is not me: the invitation ends."""
    _open_invitations(user).filter(pk=invitation_id).update(finished_at=now)


@transaction.atomic
def link_drop(*, user: User, actor: Actor, now: datetime) -> bool:
    """The person has no Telegram any more, and nothing goes there. Whether there was one."""
    link = TelegramLink.objects.select_for_update(of=("self",)).filter(user=user, active=True).first()
    if link is None:
        return False
    link.active = False
    link.unlinked_at = now
    link.save(update_fields=["active", "unlinked_at"])
    _journal("command.link_drop", user, link, actor=actor, now=now)
    return True


def _open_invitations(user: User) -> QuerySet[LinkToken]:
    return LinkToken.objects.filter(user=user, finished_at__isnull=True)


def _check_account_free(telegram_id: int, user: User) -> None:
    if TelegramLink.objects.filter(telegram_id=telegram_id, active=True).exclude(user=user).exists():
        raise LinkRefused("account_taken", _("This Telegram account is linked to another person."))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _welcome(link: TelegramLink) -> outbox.Outgoing:
    return outbox.Outgoing(
        template="linked",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"linked:{link.pk}",
        person_id=link.user_id,
    )


def _journal(kind: str, user: User, link: TelegramLink, *, actor: Actor, now: datetime) -> None:
    record = journal.Record(kind=kind, inputs={"person": user.pk, "link": link.pk})
    journal.write([record], actor=actor, now=now)
