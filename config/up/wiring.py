"""Which parts are ours, which are given by the environment, and how the roles reach them."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from config.parts import postgres, valkey
from config.parts.children import PartFailed
from config.parts.ports import is_free, remembered_ports
from config.parts.postgres import APPLICATION, OWNER, Postgres
from config.parts.secret_files import write_secret
from config.parts.valkey import Valkey
from config.parts.waiting import wait_for_port
from config.role import RUNNING
from config.up.place import PROJECT, Place
from config.up.roles import Part, Role

PYTHON = sys.executable

# What a `manage.py` in another terminal must know to speak to the same parts.
REMEMBERED = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "HTTPS", "ADMIN_OTP", "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL", "TELEGRAM_SANDBOX", "MEDIA_ROOT", "MAIL_DIR", "EVIDENCE_STORAGE_URL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wiring:
    place: Place
    environment: Mapping[str, str]
    parts: tuple[Part, ...]
    web_port: int
    sandbox_port: int | None

    @property
    def preparation(self) -> Role:
        write = ("--write", str(self.place.seed))
        return self._python("prepare", "manage.py", "prepare", *write, *self._demo(), process="manage")

    @property
    def translations(self) -> Role:
        return self._python("compile", "-m", "config.translations", "compile", process="manage")

    def _demo(self) -> list[str]:
        if self.environment.get("DEMO") == "0":
            return []
        asked = (("--days", "DEMO_DAYS"), ("--orders-per-day", "DEMO_ORDERS_PER_DAY"))
        return [
            "--demo",
            *(f"{option}={given}" for option, name in asked if (given := self.environment.get(name))),
        ]

    @property
    def web(self) -> Role:
        return self._role("web")

    @property
    def bot(self) -> Role:
        """Started first, for it imports longest, and begins last: it would stand in for a loop that is starting."""
        return self._python("bot", *RUNNING["bot"](self.environment), "--when", str(self.place.bot_may_begin))

    @property
    def workers(self) -> tuple[Role, ...]:
        # As root: here everything runs as the person who started it.
        quiet = ("-W", "ignore:You're running the worker with superuser privileges")
        return (self._role("worker", *quiet), self._role("beat", *quiet))

    @property
    def _site(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def panel(self) -> str:
        return f"{self._site}/admin/"

    @property
    def sandbox(self) -> str | None:
        return f"http://127.0.0.1:{self.sandbox_port}/" if self.sandbox_port else None

    def wait_until_it_answers(self, *, alive: Callable[[], bool], seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while not _ask(f"{self._site}/health/live").get("live"):
            if not alive():
                raise PartFailed("The web server ended while starting; its lines above say why.")
            if time.monotonic() > until:
                raise PartFailed("The web server does not answer.")
            time.sleep(0.1)

    def wait_for_a_sweep(self, *, seconds: float = 20) -> None:
        """Or so long: a loop that does not sweep is then for the bot to notice."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < seconds:
            age = _ask(f"{self._site}/health/ready").get("seconds_since_progress", {}).get("loop")
            if age is not None and age < waited:
                return
            time.sleep(0.1)

    def remember(self) -> None:
        lines = (f"{name}={self.environment[name]}\n" for name in REMEMBERED if name in self.environment)
        write_secret(self.place.environment, "".join(lines))

    def addresses(self) -> dict[str, Any]:
        seed = json.loads(self.place.seed.read_text())
        return {
            "panel": self.panel,
            "api": f"{self._site}/api/v1/",
            "sandbox": self.sandbox,
            "database_url": self.environment["DATABASE_URL"],
            "database_owner_url": self.environment["DATABASE_OWNER_URL"],
            "redis_url": self.environment["REDIS_URL"],
            "keys": seed["keys"],
            "logins": seed["logins"],
        }

    def write_addresses(self) -> None:
        write_secret(self.place.addresses, json.dumps(self.addresses(), ensure_ascii=False, indent=2) + "\n")

    def _role(self, name: str, *before: str) -> Role:
        return self._python(name, *before, *RUNNING[name](self.environment))

    def _python(self, name: str, *arguments: str, process: str = "") -> Role:
        return Role(
            name=name,
            command=(PYTHON, *arguments),
            environment={**self.environment, "ROP_PROCESS": process or name},
            deadline=15,
        )


def wire(place: Place) -> Wiring:
    """Chooses ports and writes nothing else; parts start later."""
    given = {name: value for name, value in os.environ.items() if value}
    ports = remembered_ports(place.ports, _needed_ports(given))
    if "PORT" in given:
        ports["web"] = int(given["PORT"])
        if not is_free(ports["web"]):
            raise PartFailed(f"Port {ports['web']} is taken: choose another with PORT=.")
    environment = {
        **_own_addresses(place, ports, given),
        "SECRET_KEY": place.secret_key(),
        "HTTPS": "0",
        "ADMIN_OTP": "0",
        "MEDIA_ROOT": str(place.media),
        "MAIL_DIR": str(place.mail),
        **given,
        "ROP_ENV_FILE": "",
        "ROP_RUN_DIR": str(place.run),
        "BIND": f"127.0.0.1:{ports['web']}",
        "PROMETHEUS_MULTIPROC_DIR": str(_empty(place.metrics)),
        "PYTHONUNBUFFERED": "1",
        # Where the shell forbids bytecode, every role would compile some 1 800 modules at each start.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPATH": str(PROJECT),
    }
    environment.setdefault("DATABASE_OWNER_URL", environment["DATABASE_URL"])
    return Wiring(
        place=place,
        environment=environment,
        parts=tuple(_parts(place, ports, environment)),
        web_port=ports["web"],
        sandbox_port=ports.get("sandbox"),
    )


def _needed_ports(given: Mapping[str, str]) -> list[str]:
    return [
        name
        for name, replaced_by in (
            ("web", "PORT"),
            ("postgres", "DATABASE_URL"),
            ("valkey", "REDIS_URL"),
            ("sandbox", "TELEGRAM_BOT_TOKEN"),
        )
        if replaced_by not in given
    ]


def _own_addresses(place: Place, ports: Mapping[str, int], given: Mapping[str, str]) -> dict[str, str]:
    addresses: dict[str, str] = {}
    if "postgres" in ports:
        cluster = Postgres(place.postgres, ports["postgres"])
        addresses |= {"DATABASE_URL": cluster.url(APPLICATION), "DATABASE_OWNER_URL": cluster.url(OWNER)}
    if "valkey" in ports:
        addresses["REDIS_URL"] = Valkey(place.valkey, ports["valkey"], place.valkey_password()).url
    if "sandbox" in ports:
        addresses["TELEGRAM_BOT_TOKEN"] = place.sandbox_token()
        addresses["TELEGRAM_API_URL"] = f"http://127.0.0.1:{ports['sandbox']}"
        addresses["TELEGRAM_SANDBOX"] = "1"
    return addresses


def _parts(place: Place, ports: Mapping[str, int], environment: Mapping[str, str]) -> list[Part]:
    made = {"postgres": _postgres, "valkey": _valkey, "sandbox": _sandbox}
    return [make(place, ports[name], environment) for name, make in made.items() if name in ports]


def _postgres(place: Place, port: int, environment: Mapping[str, str]) -> Part:
    cluster = Postgres(place.postgres, port)

    def wait_ready(*, alive: Callable[[], bool]) -> None:
        cluster.wait_ready(alive=alive)
        cluster.ensure_roles()

    role = Role("postgres", tuple(cluster.command()), _bare(environment), stop=postgres.STOP, deadline=30)
    return Part(role, prepare=cluster.prepare, wait_ready=wait_ready)


def _valkey(place: Place, port: int, environment: Mapping[str, str]) -> Part:
    server = Valkey(place.valkey, port, place.valkey_password())
    role = Role(
        "valkey", tuple(server.command()), _bare(environment), stop=valkey.STOP, stdin=server.configuration()
    )
    return Part(role, prepare=lambda: None, wait_ready=server.wait_ready)


def _sandbox(place: Place, port: int, environment: Mapping[str, str]) -> Part:
    command = (
        PYTHON, "-m", "telegram_bot.sandbox", "--host", "127.0.0.1", "--port", str(port),
        "--db", str(place.sandbox), "--token", environment["TELEGRAM_BOT_TOKEN"],
    )  # fmt: skip

    def wait_ready(*, alive: Callable[[], bool]) -> None:
        wait_for_port(port, alive=alive, what="The sandbox Telegram")

    return Part(
        Role("sandbox", command, environment, deadline=5), prepare=lambda: None, wait_ready=wait_ready
    )


def _bare(environment: Mapping[str, str]) -> dict[str, str]:
    """A database server needs no keys of ours; and PG… variables of the caller must not steer it."""
    return {
        name: environment[name] for name in ("PATH", "HOME", "LANG", "ROP_RUN_DIR") if name in environment
    }


def _empty(folder: Path) -> Path:
    """Metrics of processes that are gone must not be added up with those of today."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _ask(url: str) -> dict[str, Any]:
    """What it says of its health, well or not; empty when it says nothing."""
    with suppress(URLError, OSError, ValueError):
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310
                return dict(json.load(answer))
        except HTTPError as unwell:
            return dict(json.load(unwell))
    return {}
