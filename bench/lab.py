"""An installation of its own for measuring: PostgreSQL, Valkey, the sandbox, and roles started one by one.

No Django here: its settings are read after this has said where everything is.
"""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.parts.children import PartFailed, die_with_parent, stop
from config.parts.ports import free_ports
from config.parts.postgres import APPLICATION, DATABASE, OWNER, SUPERUSER, Postgres, RunningPostgres
from config.parts.valkey import RunningValkey, Valkey
from config.up.place import PROJECT, Place
from config.up.roles import Role
from config.up.wiring import Wiring, wire

FOREIGN = (
    "DATABASE_",
    "REDIS_",
    "TELEGRAM_",
    "SECRET_",
    "ROP_",
    "EMAIL_",
    "MEDIA_",
    "MAIL_",
    "DJANGO_",
    "PORT",
    "DEMO",
)
"""What another installation has left in the environment."""

PREPARED_WITHIN = 180


@dataclass(frozen=True)
class Lab:
    """`DATABASE` is prepared (tables, rules, people) and stays empty of orders: measures work on copies of it."""

    place: Place
    postgres: Postgres
    wiring: Wiring

    @classmethod
    @contextmanager
    def open(cls, home: Path) -> Iterator["Lab"]:
        """Everything that was started ends with the block; the folder is the caller's."""
        forget_others()
        place = Place(home)
        place.make()
        with ExitStack() as parts:
            postgres_port, valkey_port, web_port = free_ports(3)
            postgres = Postgres(place.postgres, postgres_port)
            _keep_commit_times(postgres)
            parts.callback(RunningPostgres.start(postgres).stop)
            valkey = RunningValkey.start(Valkey(place.valkey, valkey_port, secrets.token_urlsafe(16)))
            parts.callback(valkey.stop)
            os.environ |= {
                "DATABASE_URL": postgres.url(APPLICATION),
                "DATABASE_OWNER_URL": postgres.url(OWNER),
                "REDIS_URL": valkey.valkey.url,
                "PORT": str(web_port),
                "DEMO": "0",
                "API_RATE": "1000000",
                "API_RATE_INTAKE": "1000000",
                "LOG_LEVEL": "WARNING",
            }
            wiring = wire(place)
            os.environ |= wiring.environment
            lab = cls(place, postgres, wiring)
            with lab.sandbox():
                lab._prepare()
            yield lab

    def _prepare(self) -> None:
        with (self.place.log.parent / "prepare.log").open("ab") as out:
            done = subprocess.run(
                self.wiring.preparation.command, env=self.wiring.preparation.environment, cwd=PROJECT,
                stdout=out, stderr=out, timeout=PREPARED_WITHIN, check=False,
            )  # fmt: skip
        if done.returncode:
            raise PartFailed(f"The installation could not be prepared; {out.name} says why.")
        self.place.bot_may_begin.touch()

    @property
    def keys(self) -> Mapping[str, str]:
        return dict(json.loads(self.place.seed.read_text())["keys"])

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.wiring.web_port}/api/v1/"

    @property
    def sandbox_url(self) -> str:
        return self.wiring.environment["TELEGRAM_API_URL"]

    # ── databases ──

    def url(self, database: str, role: str = APPLICATION) -> str:
        return self.postgres.url(role, database)

    def connect(self, database: str, role: str = OWNER) -> psycopg.Connection[Any]:
        """By default as the owner of the tables, who may do more than the product."""
        return psycopg.connect(self.url(database, role), autocommit=True)

    def copy(self, database: str, *, of: str = DATABASE) -> str:
        """A new database with what `of` has, to which nobody may be connected. Returns its name."""
        with self.connect("postgres", SUPERUSER) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(database), sql.Identifier(OWNER), sql.Identifier(of)
                )
            )
        return database

    def drop(self, database: str) -> None:
        with self.connect("postgres", SUPERUSER) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )

    def rename(self, database: str, name: str) -> None:
        """To which nobody is connected; its pages are on disk afterwards, so that no measure pays for them."""
        with self.connect("postgres", SUPERUSER) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(database), sql.Identifier(name)
                )
            )
            connection.execute("CHECKPOINT")

    # ── roles ──

    @contextmanager
    def sandbox(self) -> Iterator[None]:
        (part,) = (part for part in self.wiring.parts if part.role.name == "sandbox")
        with self._running(part.role, {}) as process:
            part.wait_ready(alive=lambda: process.poll() is None)
            yield

    @contextmanager
    def web(self, database: str) -> Iterator[None]:
        with self._running(self.wiring.web, self._on(database)) as process:
            self.wiring.wait_until_it_answers(alive=lambda: process.poll() is None)
            yield

    @contextmanager
    def roles(self, database: str, *names: str) -> Iterator[None]:
        """worker, beat, bot: running, though not yet warm."""
        roles = {role.name: role for role in (*self.wiring.workers, self.wiring.bot)}
        with ExitStack() as started:
            for name in names:
                started.enter_context(self._running(roles[name], self._on(database)))
            yield

    def _on(self, database: str) -> dict[str, str]:
        return {
            name: urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}"))
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }

    @contextmanager
    def _running(self, role: Role, more: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
        log = self.place.log.parent / f"{role.name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                role.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=PROJECT,
                env={**role.environment, **more},
                start_new_session=True,
                preexec_fn=die_with_parent(role.stop),  # noqa: PLW1509
            )
        try:
            time.sleep(0.1)
            if process.poll() is not None:
                raise PartFailed(f"{role.name} ended while starting; {log} says why.")
            yield process
        finally:
            stop(process, by=role.stop, seconds=role.deadline)


def forget_others() -> None:
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]


def _keep_commit_times(postgres: Postgres) -> None:
    """So that "after the commit" can be measured; the bare side pays for it too."""
    postgres.prepare()
    with (postgres.data / "postgresql.conf").open("a") as settings:
        settings.write("track_commit_timestamp = on\nmaintenance_work_mem = 256MB\n")
