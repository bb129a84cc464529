"""The network between the product and PostgreSQL fails: answers are lost, links are cut, packets vanish."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Event

import pytest

from config.parts.ports import free_ports
from config.parts.postgres import APPLICATION, OWNER, Postgres, RunningPostgres
from tests.faults.company import make_ready, quick_acceptance
from tests.faults.dues import AT_ONCE, Dues
from tests.faults.intake import body_of, ids_of, made_orders
from tests.faults.proxy import Proxy
from tests.faults.running import Running
from tests.faults.stream import Stream, assert_nothing_is_lost_or_doubled, assert_recovered
from tests.faults.waiting import Measured

HOLE = 60


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="rop-faults-")).resolve()
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Postgres]:
    (port,) = free_ports(1)
    started = RunningPostgres.start(Postgres(folder / "postgres", port))
    yield started.postgres
    started.stop()


@pytest.fixture(scope="module")
def proxy(server: Postgres) -> Iterator[Proxy]:
    with Proxy(server.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest, folder: Path, server: Postgres, proxy: Proxy
) -> Iterator[Running]:
    """Reaches its database through the proxy; the owner, who migrates and checks, goes straight to it."""
    through_proxy = server.url(APPLICATION).replace(f":{server.port}/", f":{proxy.port}/")
    running = Running.start(folder / "run", DATABASE_URL=through_proxy, DATABASE_OWNER_URL=server.url(OWNER))
    try:
        make_ready(running, random.Random(request.config.option.seed))
        yield running
    finally:
        proxy.heal()
        running.stop()


@pytest.fixture
def hole(proxy: Proxy) -> Iterator[Proxy]:
    yield proxy
    proxy.heal()


def test_the_answer_to_the_commit_of_an_order_is_lost(running: Running, dice: Random, proxy: Proxy) -> None:
    """It is there, but nobody was told; the repeat with the same key is told, and makes no second one."""
    (row,) = made_orders(1, dice)
    lost = proxy.lose_answer(b"COMMIT", whose=b"rop-web")

    first = running.new_order(row)

    assert lost.is_set()
    assert first.status == 503
    assert first.body["code"] == "unavailable"
    assert len(running.oracle.orders([row["external_id"]])) == 1
    assert running.rest.insist("orders/", body_of(row), once=row["external_id"]).status in (200, 201)
    running.wait_ended([row])
    running.assert_all_is_well([row])


def test_the_answer_to_a_commit_of_a_wave_is_lost(running: Running, dice: Random, proxy: Proxy) -> None:
    """That of the facts, or of one of the looks: as it comes."""
    rows = made_orders(500, dice)
    lost: Event = proxy.lose_answer(b"COMMIT", whose=b"rop-web", skip=dice.randrange(6))
    body = {"orders": [body_of(row) for row in rows]}

    answer = running.rest.insist("orders/batch/", body, once=rows[0]["external_id"])

    assert lost.is_set()
    assert {one["external_id"] for one in answer.body["orders"]} == set(ids_of(rows))
    running.wait_ended(rows)
    running.assert_all_is_well(rows)


@pytest.mark.parametrize("whose", ["rop-worker", "rop-bot"])
def test_the_answer_to_a_commit_of_a_role_is_lost(
    running: Running, dice: Random, measured: Measured, proxy: Proxy, whose: str
) -> None:
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=5):
        dues.one_a_second(dice, seconds=4)
    for _ in range(3):
        lost = proxy.lose_answer(b"COMMIT", whose=whose.encode())
        assert lost.wait(30)
    dues.assert_noticed(measured, at_most=15)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)


def test_links_are_cut_all_the_time(running: Running, dice: Random, measured: Measured, hole: Proxy) -> None:
    stream = Stream(running, dice)
    with stream.flowing():
        until = time.monotonic() + 15
        while time.monotonic() < until:
            time.sleep(dice.uniform(0.3, 1.5))
            hole.cut()
        assert_recovered(running, stream, measured, since=time.monotonic())
    assert_nothing_is_lost_or_doubled(running, stream, measured)


def test_the_way_is_long(running: Running, dice: Random, measured: Measured, hole: Proxy) -> None:
    """20 ms more in each direction: some 60 questions of an intake take 40 ms more each, and nothing else."""
    hole.delay(0.02)
    dues = Dues(running, at_once=AT_ONCE + 60 * 0.04)
    with quick_acceptance(running.oracle, seconds=5):
        dues.one_a_second(dice, seconds=10)
    dues.assert_noticed(measured, at_most=3)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)


def test_packets_vanish_for_a_minute(running: Running, dice: Random, measured: Measured, hole: Proxy) -> None:
    """Nothing hangs for longer than the kernel's patience (5 s for what was sent, 11 s for an answer)."""
    stream = Stream(running, dice)
    with stream.flowing():
        hole.black_hole()
        fell = time.monotonic()
        measured.until(
            "it is said to be unavailable",
            lambda: any(answer.status == 503 for answer in stream.refused()),
            since=fell,
            at_most=15,
        )
        known = len(stream.kept)
        time.sleep(5)
        assert len(stream.kept) == known, "acknowledged through a hole"
        time.sleep(max(0.0, HOLE - (time.monotonic() - fell)))
        hole.heal()
        assert_recovered(running, stream, measured, since=time.monotonic())
    assert_nothing_is_lost_or_doubled(running, stream, measured)
    running.assert_audited()
