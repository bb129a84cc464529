"""The embedded PostgreSQL and Valkey: for root and for a plain user, never longer than who started them."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from config.parts.children import PartFailed
from config.parts.ports import free_ports, is_free, remembered_ports
from config.parts.postgres import APPLICATION, OWNER, Postgres, RunningPostgres
from config.parts.valkey import RunningValkey, Valkey
from tests.config.running import User, first_line, nobody, processes_with, runs, wait_until, whoever_we_are

START = """
import sys, time
from pathlib import Path
from config.parts.postgres import Postgres, RunningPostgres
running = RunningPostgres.start(Postgres(Path(sys.argv[1]), int(sys.argv[2])))
print(running.process.pid, running.postgres.url("rop_owner"), flush=True)
time.sleep(600)
"""

USERS = [
    pytest.param(whoever_we_are, id="as we are"),
    pytest.param(nobody, id="as nobody", marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root")),
]


@pytest.fixture
def user(request: pytest.FixtureRequest) -> Iterator[User]:
    with request.param() as user:
        yield user


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with whoever_we_are() as user:
        yield Postgres(user.folder / "postgres", free_ports(1)[0], durable=False)


def kill_with_its_postgres(starter: "subprocess.Popen[str]", pid: int) -> None:
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    wait_until(lambda: not runs(pid), seconds=10, what="PostgreSQL ends with its starter")


@pytest.mark.parametrize("user", USERS, indirect=True)
def test_data_is_kept_between_two_starts(user: User) -> None:
    for row in ("first", "second"):
        with user.run(START, str(user.folder / "pg"), str(free_ports(1)[0])) as started:
            pid, url = first_line(started).split()
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (row text)")
                connection.execute("INSERT INTO kept VALUES (%s)", [row])
                kept = [found[0] for found in connection.execute("SELECT row FROM kept ORDER BY row")]
            kill_with_its_postgres(started, int(pid))
    assert kept == ["first", "second"]


@pytest.mark.parametrize("user", USERS, indirect=True)
def test_a_killed_starter_leaves_no_postgres_behind(user: User) -> None:
    with user.run(START, str(user.folder / "pg"), str(free_ports(1)[0])) as started:
        pid = int(first_line(started).split()[0])
        assert runs(pid)

        kill_with_its_postgres(started, pid)

    wait_until(lambda: not processes_with(str(user.folder / "pg")), seconds=10, what="nothing is left")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_without_user_namespaces_runs_it_as_nobody(tmp_path: Path) -> None:
    with whoever_we_are() as root:
        root.folder.chmod(0o755)
        tools = tmp_path / "tools"
        tools.mkdir()
        for name in ("setpriv", "test", "true"):
            found = shutil.which(name)
            assert found
            (tools / name).symlink_to(found)
        with root.run(START, str(root.folder / "pg"), str(free_ports(1)[0]), PATH=str(tools)) as started:
            pid = int(first_line(started).split()[0])
            assert Path(f"/proc/{pid}").stat().st_uid == 65534

            kill_with_its_postgres(started, pid)


def test_it_starts_again_at_once_after_a_kill_with_all_that_was_committed(postgres: Postgres) -> None:
    postgres = replace(postgres, durable=True)
    running = RunningPostgres.start(postgres)
    with psycopg.connect(postgres.url(OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS row")
    running.process.kill()
    running.process.wait()

    again = RunningPostgres.start(postgres)

    with psycopg.connect(postgres.url(OWNER)) as connection:
        assert connection.execute("SELECT row FROM kept").fetchone() == (1,)
    again.stop()


def test_a_lock_whose_pid_went_to_another_program_does_not_stop_it(postgres: Postgres) -> None:
    RunningPostgres.start(postgres).stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")

    RunningPostgres.start(postgres).stop()


def test_data_half_made_by_a_killed_initdb_is_made_anew(postgres: Postgres) -> None:
    half_made = postgres.home / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    RunningPostgres.start(postgres).stop()

    assert not half_made.exists()


def test_data_of_another_major_version_is_refused_with_a_way_out(postgres: Postgres) -> None:
    RunningPostgres.start(postgres).stop()
    (postgres.data / "PG_VERSION").write_text("15\n")

    with pytest.raises(PartFailed, match=r"written by PostgreSQL 15.*pg_dump"):
        RunningPostgres.start(postgres)


def test_neither_role_is_a_superuser_and_only_the_owner_creates(postgres: Postgres) -> None:
    running = RunningPostgres.start(postgres)
    with psycopg.connect(postgres.url(OWNER), autocommit=True) as owner:
        rights = owner.execute(
            "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname LIKE 'rop_%'"
        )
        assert sorted(rights.fetchall()) == [(APPLICATION, False, False), (OWNER, False, True)]
        for extension in ("btree_gist", "pg_trgm"):
            owner.execute(f"CREATE EXTENSION {extension}")
        assert owner.execute("SELECT lower('Ё'), 'ЁЛКА' ILIKE 'ёлка'").fetchone() == ("ё", True)
    with (
        psycopg.connect(postgres.url(APPLICATION)) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute("CREATE TABLE mine ()")
    running.stop()


def test_it_listens_on_the_loopback_only_and_wants_a_password(postgres: Postgres) -> None:
    running = RunningPostgres.start(postgres)
    with psycopg.connect(postgres.url(OWNER)) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgres://{OWNER}:wrong@127.0.0.1:{postgres.port}/rop")
    running.stop()


@pytest.mark.parametrize("bin_folder", sorted(Path("/usr/lib/postgresql").glob("*/bin")), ids=str)
def test_binaries_of_the_system_can_take_its_place(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(bin_folder))
    with whoever_we_are() as user:
        postgres = Postgres(user.folder / "postgres", free_ports(1)[0], durable=False)
        running = RunningPostgres.start(postgres)
        with psycopg.connect(postgres.url(OWNER)) as owner:
            assert owner.info.server_version // 10_000 == int(bin_folder.parent.name)
            assert owner.execute("SELECT lower('Ё')").fetchone() == ("ё",)
        running.stop()


def test_its_log_repeats_neither_statements_nor_values(postgres: Postgres) -> None:
    running = RunningPostgres.start(postgres)
    with psycopg.connect(postgres.url(OWNER), autocommit=True) as owner:
        owner.execute("CREATE TABLE person (phone text PRIMARY KEY)")
        owner.execute("INSERT INTO person VALUES ('+79161234567')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("INSERT INTO person VALUES ('+79161234567')")
    running.stop()
    log = (postgres.home / "log").read_text()
    assert "duplicate key" in log
    assert "79161234567" not in log


def test_valkey_wants_its_password_and_keeps_what_it_was_told() -> None:
    with whoever_we_are() as user:
        valkey = Valkey(user.folder / "valkey", free_ports(1)[0], "a-password")
        running = RunningValkey.start(valkey)
        assert _ask(valkey, "SET kept yes") == "-NOAUTH Authentication required."
        assert _ask(valkey, f"AUTH {valkey.password}", "SET kept yes") == "+OK"
        running.stop()

        running = RunningValkey.start(valkey)
        assert _ask(valkey, f"AUTH {valkey.password}", "GET kept") == "$3"
        assert _ask(valkey, f"AUTH {valkey.password}", "CONFIG GET maxmemory-policy") == "*2"
        assert valkey.password not in Path(f"/proc/{running.process.pid}/cmdline").read_text()
        running.stop()


def _ask(valkey: Valkey, *commands: str) -> str:
    """The first line of the answer to the last command."""
    with (
        socket.create_connection(("127.0.0.1", valkey.port), timeout=5) as link,
        link.makefile("rb") as answers,
    ):
        for command in commands:
            link.sendall(f"{command}\r\n".encode())
            answer = answers.readline().decode().strip()
    return answer


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    memory = tmp_path / "ports.json"
    first = remembered_ports(memory, ["web", "postgres"])
    assert remembered_ports(memory, ["web", "postgres"]) == first

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first["web"]))
        taken.listen()
        assert not is_free(first["web"])
        second = remembered_ports(memory, ["web", "postgres"])
    assert second["postgres"] == first["postgres"]
    assert second["web"] != first["web"]
