"""API keys: issued once in plain, kept as a hash, two of one name for rotation, revoked for good.

A key is `rop_<prefix>_<secret>`: the prefix finds its row, the secret proves it.
"""

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from core import actors, bulk, journal, work
from core import scopes as known_scopes
from core.actors import Actor, Door
from core.models import ApiKey, User
from core.refusals import Refusal

PREFIX_LENGTH = 10
SECRET_BYTES = 32
LIVE_AT_MOST = 2
"""Keys of one name that may live at once: the old one and its successor (a limit)."""

USED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written no more often than this."""

_KEY = re.compile(r"rop_([a-z0-9]{8,12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODYS_HASH = hashlib.sha256(b"").hexdigest()


class KeyRefused(Refusal):
    """The key can't be issued; str() says why. `code` is stable."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def key_issue(
    *,
    name: str,
    scopes: Iterable[str],
    now: datetime,
    source: str = "",
    user: User | None = None,
    expires_at: datetime | None = None,
    actor: Actor | None = None,
) -> tuple[ApiKey, str]:
    """A new key of an agent (`source`) or of a person (`user`), and its plain text, which is told only now.

    `actor` is who issues it; without one it is the installation itself. Raises KeyRefused.
    """
    by = actor or actors.rop(door=Door.SHELL)
    with work.command("command.key_issue", actor=by, now=now):
        _check(actor, "core.add_apikey")
        return _issue(name, scopes, source=source, user=user, expires_at=expires_at, actor=by, now=now)


def _issue(
    name: str,
    scopes: Iterable[str],
    *,
    source: str,
    user: User | None,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> tuple[ApiKey, str]:
    granted = sorted(set(scopes))
    if bool(source) == (user is not None):
        raise KeyRefused("whose", _("A key is an agent's or a person's."))
    if unknown := known_scopes.unknown(granted):
        raise KeyRefused(
            "unknown_scope", _("There are no such scopes: %(scopes)s.") % {"scopes": ", ".join(unknown)}
        )
    if source and (personal := known_scopes.personal_only(granted)):
        text = _("Only a person's token may have these scopes: %(scopes)s.")
        raise KeyRefused("personal_only", text % {"scopes": ", ".join(personal)})
    if expires_at is not None and expires_at <= now:
        raise KeyRefused("expired", _("The key would have expired already."))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    _check_room(name, user, now)
    key = ApiKey.objects.create(
        name=name,
        user=user,
        source=source,
        prefix=_prefix(),
        secret_hash=_hash(secret),
        scopes=granted,
        created_at=now,
        expires_at=expires_at,
    )
    record = journal.Record("command.key_issue", output={"key": key.pk, "scopes": granted})
    journal.write([record], actor=actor, now=now)
    return key, f"rop_{key.prefix}_{secret}"


def key_revoke(*, key_id: int, now: datetime, actor: Actor | None = None) -> ApiKey:
    """The key opens nothing any more. Revoking twice is revoking once. Raises KeyRefused, ApiKey.DoesNotExist."""
    by = actor or actors.rop(door=Door.SHELL)
    with work.command("command.key_revoke", actor=by, now=now, inputs={"key": key_id}):
        _check(actor, "core.change_apikey")
        key = ApiKey.objects.select_for_update(of=("self",)).get(pk=key_id)
        if key.revoked_at is not None:
            return key
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        record = journal.Record("command.key_revoke", output={"key": key.pk})
        journal.write([record], actor=by, now=now)
    return key


def key_find(plain: str) -> ApiKey | None:
    """The key with this text, whether it is still good or not; None when there is none.

    One query; a person's key costs another one, for the person.
    """
    parts = _KEY.fullmatch(plain)
    if parts is None:
        return None
    found = bulk.read_rows(ApiKey, "WHERE prefix = %s", [parts[1]])
    key = found[0] if found else None
    # Compared even where there is nothing to compare with, so that time tells nothing about prefixes.
    same = hmac.compare_digest(_hash(parts[2]), key.secret_hash if key else _NOBODYS_HASH)
    return key if key is not None and same else None


def key_used(key: ApiKey, *, now: datetime) -> None:
    """Remember that it was used, at most once a minute and never waiting for anybody."""
    if key.last_used_at is not None and now - key.last_used_at < USED_EVERY:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE core_apikey SET last_used_at = %s
             WHERE id = (SELECT id FROM core_apikey WHERE id = %s FOR UPDATE SKIP LOCKED)
            """,
            [now, key.pk],
        )


def _check(actor: Actor | None, permission: str) -> None:
    if actor is not None and not actor.may(permission):
        raise KeyRefused("not_yours", _("Only whoever runs the installation gives out keys."))


def _check_room(name: str, user: User | None, now: datetime) -> None:
    same_name = ApiKey.objects.select_for_update(of=("self",)).filter(name=name, revoked_at__isnull=True)
    live = same_name.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    if len(live) >= LIVE_AT_MOST:
        raise KeyRefused("two_live", _("Two keys of this name live already: revoke one of them first."))
    if any(key.user_id != (user.pk if user else None) for key in live):
        raise KeyRefused("taken", _("A key of this name belongs to somebody else."))


def _prefix() -> str:
    alphabet = string.ascii_lowercase + string.digits
    return "".join(secrets.choice(alphabet) for _position in range(PREFIX_LENGTH))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
