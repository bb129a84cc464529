"""What an installation has before its roles start. Saying it again changes nothing."""

import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core.models import User
from core.scopes import PERSONAL as PERSONAL_SCOPES
from core.services.keys import KeyRefused, key_find, key_issue
from panel.seeding import keys, people
from panel.seeding.publishing import rules_publish
from panel.seeding.secret_file import Secrets, secrets_read, secrets_write
from panel.seeding.staffing import people_create
from panel.seeding.telegram import links_create, sandbox_fill

LEAD_IN = timedelta(days=12)
"""For so long before its history the people of a demonstration have been there, by their shifts and rules."""

PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class Installed:
    """What was made this time. `unknown`: keys and logins that exist, but whose secret is not in the file."""

    people: bool
    rules: tuple[str, ...]
    issued: tuple[str, ...]
    unknown: tuple[str, ...]


def install(*, file: Path, demo: timedelta | None, now: datetime) -> Installed:
    """People, rules, Telegram accounts in the sandbox, keys and logins: what is missing of them.

    People are made in a database without any; the secrets are kept in `file`. With `demo` all of it has been
    there for longer than that, so that a history can be told. Raises SandboxRefused, OSError.
    """
    there_for = timedelta(0) if demo is None else demo + LEAD_IN
    with transaction.atomic():
        kept = secrets_read(file)
        is_new = not User.objects.exists()
        logins = _logins(kept) if is_new else dict(kept.logins)
        if is_new:
            people_create(
                passwords=dict(logins.values()),
                reached_by_telegram=settings.TELEGRAM_SANDBOX,
                shifts_back=there_for,
                now=now,
            )
        rules = rules_publish(since=now - there_for if is_new else now)
        if settings.TELEGRAM_SANDBOX:
            links_create(now=now)
        found, issued = _keys(kept.keys, now=now)
        if (found, logins) != (dict(kept.keys), dict(kept.logins)):
            # Before COMMIT: what is in the file and not in the database is made anew next time.
            secrets_write(file, Secrets(found, logins))
    if settings.TELEGRAM_SANDBOX:
        sandbox_fill(settings.TELEGRAM_API_URL)
    unknown = [*(people.LOGINS.keys() - logins.keys()), *({*keys.AGENTS, *keys.PERSONAL} - found.keys())]
    return Installed(is_new, tuple(rules), tuple(issued), tuple(sorted(unknown)))


def _logins(kept: Secrets) -> dict[str, tuple[str, str]]:
    """By role: the password that the file has for this person, or a new one."""
    known = dict(kept.logins.values())
    return {
        role: (username, known.get(username) or random_secrets.token_urlsafe(PASSWORD_BYTES))
        for role, username in people.LOGINS.items()
    }


def _keys(kept: Mapping[str, str], *, now: datetime) -> tuple[dict[str, str], list[str]]:
    """The keys of the file that this database knows, with those that had to be issued, and the names of these.

    One that is for less than its kind is by now gets a successor and goes on opening what it opened.
    """
    known = {name: key for name, plain in kept.items() if (key := key_find(plain)) is not None}
    found = {name: kept[name] for name in known}
    users = User.objects.in_bulk([people.LOGINS[role] for role in keys.PERSONAL], field_name="username")
    issued = []
    for name in (*keys.AGENTS, *keys.PERSONAL):
        if name in known and (known[name].revoked_at or _scopes(name) <= set(known[name].scopes)):
            continue
        plain = _issue(name, users, now)
        if plain is not None:
            found[name] = plain
            issued.append(name)
    return found, issued


def _scopes(name: str) -> set[str]:
    return set(keys.AGENTS.get(name, PERSONAL_SCOPES))


def _issue(name: str, users: Mapping[str, User], now: datetime) -> str | None:
    """None when two of this name live already, or when the person is not there any more."""
    try:
        if name in keys.AGENTS:
            return key_issue(name=name, source=name, scopes=keys.AGENTS[name], now=now)[1]
        user = users.get(people.LOGINS[name])
        if user is None or not user.is_active:
            return None
        return key_issue(name=name, user=user, scopes=PERSONAL_SCOPES, now=now)[1]
    except KeyRefused:
        return None
