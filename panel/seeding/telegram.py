"""Telegram of the people that an installation begins with: invented accounts in the sandbox that comes with it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from assignment.models import Manager
from core.models import ChatGroup, TelegramLink, User
from core.selectors import ADMINS
from panel.seeding import people

FIRST_ID = 7_000_000_001
"""Telegram ids of the invented people begin here, in the order in which they are listed."""

GROUP_CHAT = -1_007_000_000_001
TIMEOUT_SECONDS = 10


class SandboxRefused(RuntimeError):
    """The sandbox does not do what it was asked for; str() says what it answered."""


@dataclass(frozen=True, slots=True)
class Account:
    telegram_id: int
    username: str


def accounts() -> list[Account]:
    """Of everybody who gets messages: leads and the other staff, then managers."""
    usernames = [person.username for person in (*people.STAFF, *people.MANAGERS)]
    return [Account(FIRST_ID + number, username) for number, username in enumerate(usernames)]


def links_create(*, now: datetime) -> None:
    """Link everybody to their account, and the admins' group to its chat. Who was linked before stays as they are."""
    users = User.objects.in_bulk([account.username for account in accounts()], field_name="username")
    linked = set(TelegramLink.objects.values_list("user_id", flat=True))
    taken = set(TelegramLink.objects.filter(active=True).values_list("telegram_id", flat=True))
    TelegramLink.objects.bulk_create(
        TelegramLink(
            user=user,
            telegram_id=account.telegram_id,
            chat_id=account.telegram_id,
            telegram_name=user.get_full_name(),
            linked_at=now,
        )
        for account in accounts()
        if (user := users.get(account.username))
        and user.pk not in linked
        and account.telegram_id not in taken
    )
    Manager.objects.filter(user__telegram_links__active=True, works_without_telegram=True).update(
        works_without_telegram=False
    )
    ChatGroup.objects.filter(code=ADMINS, chat_id__isnull=True).update(chat_id=GROUP_CHAT)


def sandbox_fill(url: str) -> None:
    """The sandbox gets the accounts, each with the bot started, and the admins' group with the leads in it.

    What it has already is left alone. Raises SandboxRefused, OSError.
    """
    links = TelegramLink.objects.filter(active=True, telegram_id__gte=FIRST_ID).select_related("user")
    ours = {account.telegram_id for account in accounts()}
    there = {person["id"]: person for person in _ask(url, "people")}
    linked = [link for link in links.order_by("telegram_id") if link.telegram_id in ours]
    for link in linked:
        if link.telegram_id not in there:
            _person(url, link)
        if not there.get(link.telegram_id, {}).get("started"):
            _ask(url, "start", user_id=link.telegram_id)
    _group(url, {link.user.username: link.telegram_id for link in linked})


def _person(url: str, link: TelegramLink) -> None:
    _ask(
        url,
        "person",
        user_id=link.telegram_id,
        first_name=link.user.first_name or link.user.username,
        last_name=link.user.last_name,
        username=link.user.username.replace(".", "_"),
    )


def _group(url: str, telegram_ids: dict[str, int]) -> None:
    group = ChatGroup.objects.filter(code=ADMINS, chat_id=GROUP_CHAT).first()
    if group is None or any(chat["id"] == GROUP_CHAT for chat in _ask(url, "chats")):
        return
    leads = [person.username for person in people.STAFF if person.leads]
    members = [telegram_ids[username] for username in leads if username in telegram_ids]
    _ask(url, "group", chat_id=GROUP_CHAT, title=group.title, members=members)


def _ask(url: str, what: str, **values: Any) -> Any:
    """Read from the sandbox's control API, or with values order something."""
    body = json.dumps(values).encode() if values else None
    request = Request(  # noqa: S310
        f"{url.rstrip('/')}/sandbox/api/{what}", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        raise SandboxRefused(f"{what}: {error.code} {error.read(200).decode(errors='replace')}") from error
