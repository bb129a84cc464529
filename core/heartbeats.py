"""Signs of life: each part says that it made progress; silence is an alarm."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.models import Heartbeat

SILENT_AFTER = timedelta(seconds=60)
"""After so long without progress `/health/ready` says 503 (a limit: guarantee G6)."""

PARTS: Mapping[str, object] = {
    "loop": _("the loop that watches deadlines"),
    "sender": _("the sender of messages"),
    "bot": _("the bot"),
    "files": _("the fetcher of files"),
    "auditor": _("the auditor"),
}
"""What has to be alive, and what people call it."""

REQUIRED = tuple(PARTS)


def beat(name: str, *, now: datetime, detail: dict[str, Any] | None = None) -> None:
    """`name` made progress at `now`. Never goes back in time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_heartbeat (name, at, detail) VALUES (%s, %s, %s::jsonb)
            ON CONFLICT (name) DO UPDATE SET at = excluded.at, detail = excluded.detail
            WHERE core_heartbeat.at <= excluded.at
            """,
            [name, now, json.dumps(detail or {})],
        )


def ages(*, now: datetime) -> dict[str, timedelta | None]:
    """How long ago each required part made progress; None for never."""
    at = dict(Heartbeat.objects.filter(name__in=REQUIRED).values_list("name", "at"))
    return {name: now - at[name] if name in at else None for name in REQUIRED}


def silent(*, now: datetime) -> list[str]:
    """The required parts that made no progress for a minute."""
    return [name for name, age in ages(now=now).items() if age is None or age > SILENT_AFTER]
