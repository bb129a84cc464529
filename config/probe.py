"""`python -m config.probe ROLE`: exits with 0 while this role works. For the health checks of containers.

Without Django: it is asked every some seconds, beside every role.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

import psycopg

SILENT_AFTER = 60.0
"""Seconds without progress, as in `core.heartbeats`."""

TIMEOUT = 5.0
"""Seconds for each question."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "worker": ("loop", "auditor"),
    "beat": ("loop", "auditor"),
    "bot": ("bot", "sender", "files"),
}
"""By role: the heartbeats that it keeps up. Workers and beat are one chain: neither sweeps without the other."""

STAND_IN = "bot worker"
"""What a heartbeat of the loop says while the bot does the workers' work."""

AGES = """
    SELECT name, extract(epoch FROM clock_timestamp() - at)::float8, detail ->> 'by'
      FROM core_heartbeat WHERE name = ANY(%s)
"""


def web_answers(*, bind: str, host: str) -> bool:
    """Whether this container's web server answers. `host` is a name that it is asked by (ALLOWED_HOSTS)."""
    port = int(bind.rpartition(":")[2])
    with (
        suppress(OSError, HTTPException),
        closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)) as connection,
    ):
        connection.request("GET", "/health/live", headers={"Host": host})
        return connection.getresponse().status == 200
    return False


def asked_as(allowed_hosts: str) -> str:
    """A name that the web server accepts."""
    first = allowed_hosts.partition(",")[0].strip()
    return "localhost" if first in ("", "*") else first.removeprefix(".")


def parts_progress(role: str, *, database_url: str) -> bool:
    """Whether every part that this role keeps up made progress within a minute, by the database's clock."""
    with (
        suppress(psycopg.Error),
        psycopg.connect(database_url, connect_timeout=int(TIMEOUT), application_name="rop-probe") as database,
    ):
        rows = database.execute(AGES, [list(PARTS[role])]).fetchall()
        alive = {name for name, age, by in rows if age <= SILENT_AFTER and by != STAND_IN}
        return alive.issuperset(PARTS[role])
    return False


def main(role: str, environment: Mapping[str, str]) -> int:
    if role == "web":
        works = web_answers(
            bind=environment.get("BIND", "127.0.0.1:8000"),
            host=asked_as(environment.get("ALLOWED_HOSTS", "")),
        )
    else:
        works = parts_progress(role, database_url=environment["DATABASE_URL"])
    return 0 if works else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ))
