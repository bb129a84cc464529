"""A wave of orders comes in while a role is killed at a random moment."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from tests.faults.intake import OrderRow, Pouring, ids_of, made_orders, read_orders, write_orders
from tests.faults.running import Running
from tests.faults.waiting import Measured, wait_for

WAVE = 1500
ROLES = ("web", "worker", "beat", "bot")
CAPACITY = 2000


def wait_until_owned(running: Running, ids: Sequence[str], count: int, *, seconds: float = 90) -> None:
    wait_for(
        f"{count} have an owner", lambda: running.oracle.owned(ids) >= count, seconds=seconds, every=0.02
    )


def assert_those_there_get_owners(running: Running, ids: Sequence[str], measured: Measured) -> None:
    """What was committed when it happened is looked at by whoever is left."""
    there = [order["external_id"] for order in running.oracle.orders(ids)]
    began = time.monotonic()
    measured.until(
        "what was there has owners",
        lambda: running.oracle.owned(there) == len(there),
        since=began,
        at_most=15,
    )


def assert_the_wave_is_whole(
    running: Running, rows: Sequence[OrderRow], measured: Measured, *, since: float
) -> None:
    """`since`: the moment at which something was killed."""
    ids = ids_of(rows)
    wait_until_owned(running, ids, len(ids), seconds=5)
    measured.until("every role is there and it is ready", running.product.whole, since=since, at_most=60)
    measured.until("all messages have ended", lambda: not running.oracle.unsent(ids), since=since, at_most=90)
    running.assert_all_is_well(rows)
    assert running.oracle.better_moves(ids) == []
    assert len(running.oracle.rows("SELECT 1 FROM ai_assignments a JOIN orders_order o ON o.id = a.order_id "
                                   "WHERE o.external_id = ANY(%(ids)s)", ids=ids)) == len(ids)  # fmt: skip


def assert_there_is_room(running: Running) -> None:
    assert running.oracle.one("SELECT sum(capacity) FROM assignment_manager") >= CAPACITY


@pytest.mark.short
@pytest.mark.parametrize("role", ROLES)
def test_a_wave_by_rest_outlives_a_kill(
    running: Running, dice: Random, measured: Measured, role: str
) -> None:
    assert_there_is_room(running)
    rows = made_orders(WAVE, dice)
    pouring = Pouring(running.rest, rows, size=dice.choice([100, 250, 500, 1000]), name=f"wave-{role}")
    pouring.begin()

    wait_until_owned(running, ids_of(rows), dice.randrange(WAVE))
    running.product.kill(role)
    killed_at, killed = time.monotonic(), running.oracle.now()

    assert_those_there_get_owners(running, ids_of(rows), measured)
    pouring.wait(90)
    measured("all acknowledged", time.monotonic() - killed_at, at_most=60)
    refs = {order["external_id"]: order["ref"] for order in running.oracle.orders(ids_of(rows))}
    assert pouring.refs == refs
    measured.until(
        f"{role} works again", lambda: running.works(role, since=killed), since=killed_at, at_most=60
    )
    assert_the_wave_is_whole(running, rows, measured, since=killed_at)
    running.assert_audited()


@pytest.mark.parametrize("role", [*ROLES, "import"])
def test_an_import_of_a_file_outlives_a_kill(
    running: Running, dice: Random, measured: Measured, role: str, tmp_path: Path
) -> None:
    rows = made_orders(WAVE, dice)
    pour_in_a_file(running, dice, measured, rows, role, tmp_path)


def test_a_file_of_others_outlives_a_kill_of_its_import(
    running: Running, dice: Random, measured: Measured, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """With `--orders FILE` (`make faults ORDERS=…`)."""
    file = request.config.option.orders
    if file is None:
        pytest.skip("no file is given")
    pour_in_a_file(running, dice, measured, read_orders(file), "import", tmp_path)


def pour_in_a_file(
    running: Running, dice: Random, measured: Measured, rows: Sequence[OrderRow], role: str, folder: Path
) -> None:
    assert_there_is_room(running)
    file = folder / "orders.csv"
    write_orders(rows, file)
    first = running.product.manage("import_orders", str(file))

    wait_until_owned(running, ids_of(rows), dice.randrange(len(rows)))
    if role == "import":
        first.kill()
    else:
        running.product.kill(role)
    killed_at = time.monotonic()

    assert_those_there_get_owners(running, ids_of(rows), measured)
    first.wait(90)

    if role == "import":
        assert_imported(running, file)
    measured("all imported", time.monotonic() - killed_at, at_most=60)
    assert_the_wave_is_whole(running, rows, measured, since=killed_at)
    assert_imported(running, file)
    assert_the_wave_is_whole(running, rows, measured, since=time.monotonic())
    running.assert_audited()
    shutil.rmtree(folder)


def assert_imported(running: Running, file: Path) -> None:
    again: subprocess.Popen[bytes] = running.product.manage("import_orders", str(file))
    assert again.wait(120) == 0
