"""The table of status events fails, or the whole server only reads: each order is kept whole or not at all."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg

from config.parts.postgres import SUPERUSER, Postgres
from tests.faults.company import quick_acceptance
from tests.faults.dues import Dues
from tests.faults.intake import body_of, ids_of, made_orders
from tests.faults.running import Running
from tests.faults.stream import Stream, assert_nothing_is_lost_or_doubled, assert_recovered
from tests.faults.waiting import Measured, wait_for

DISK_FULL = "53100"
IO_ERROR = "58030"


@contextmanager
def meanwhile(url: str, begin: LiteralString, end: LiteralString) -> Iterator[None]:
    """Statements at the begin and at the end of the block, each by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in begin.split(";;"):
            connection.execute(statement)
        try:
            yield
        finally:
            for statement in end.split(";;"):
                connection.execute(statement)


@contextmanager
def events_fail(running: Running, *, when: LiteralString, code: LiteralString) -> Iterator[None]:
    function = (
        "CREATE FUNCTION fails_for_a_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
        + when
        + " THEN RAISE EXCEPTION 'a fault of the disk' USING ERRCODE = '"
        + code
        + "'; END IF; RETURN NEW; END $$"
    )
    trigger = """;; CREATE TRIGGER fails_for_a_test BEFORE INSERT ON order_status_events
                    FOR EACH ROW EXECUTE FUNCTION fails_for_a_test()"""
    owner = running.product.addresses["database_owner_url"]
    with meanwhile(owner, function + trigger, "DROP FUNCTION fails_for_a_test CASCADE"):
        yield


def test_half_of_the_events_cant_be_written(running: Running, dice: Random, measured: Measured) -> None:
    """Half of the orders are refused for now, and are brought again; what was acknowledged has its event."""
    stream = Stream(running, dice)
    with stream.flowing():
        with events_fail(running, when="random() < 0.5", code=IO_ERROR):
            time.sleep(8)
        assert 503 in {answer.status for answer in stream.refused()}
        assert stream.kept
        assert_recovered(running, stream, measured, since=time.monotonic())
    assert_nothing_is_lost_or_doubled(running, stream, measured)


def test_the_disk_below_the_events_is_full(running: Running, dice: Random, measured: Measured) -> None:
    stream = Stream(running, dice)
    with stream.flowing():
        with events_fail(running, when="true", code=DISK_FULL):
            wait_for("it is said", lambda: len(stream.refused()) > 3, seconds=20)
            known = len(stream.kept)
            time.sleep(5)
            assert len(stream.kept) == known, "acknowledged without its event"
        assert {answer.status for answer in stream.refused()} == {503}
        assert_recovered(running, stream, measured, since=time.monotonic())
    assert_nothing_is_lost_or_doubled(running, stream, measured)


def test_one_bad_event_in_a_wave_leaves_nothing_of_the_wave(running: Running, dice: Random) -> None:
    """A batch is all or nothing, also when the database fails in the middle of it."""
    rows = made_orders(300, dice)
    body = {"orders": [body_of(row) for row in rows]}
    with events_fail(running, when="NEW.order_id % 300 = 150", code=IO_ERROR):
        answer = running.rest.post("orders/batch/", body, once=rows[0]["external_id"], timeout=30)
        assert answer.status == 503
        assert answer.body["code"] == "unavailable"
        assert running.oracle.orders(ids_of(rows)) == []
    running.rest.insist("orders/batch/", body, once=rows[0]["external_id"])
    running.wait_ended(rows)
    running.assert_all_is_well(rows)


def test_the_table_of_events_is_locked(running: Running, dice: Random, measured: Measured) -> None:
    """What is due needs no event: it is noticed in time. Orders wait, and are told to come again."""
    stream, dues = Stream(running, dice), Dues(running)
    with quick_acceptance(running.oracle, seconds=8):
        dues.one_a_second(dice, seconds=4)
    with stream.flowing():
        with psycopg.connect(running.product.addresses["database_owner_url"]) as owner:
            owner.execute("LOCK TABLE order_status_events IN EXCLUSIVE MODE")
            time.sleep(12)
            owner.rollback()
        assert {answer.status for answer in stream.refused()} == {503}
        assert_recovered(running, stream, measured, since=time.monotonic())
    dues.assert_noticed(measured, at_most=3)
    assert_nothing_is_lost_or_doubled(running, stream, measured)


def test_the_server_only_reads(running: Running, dice: Random, measured: Measured) -> None:
    """As after a failover to a copy: nothing is acknowledged, nobody is blamed, and it recovers by itself."""
    stream, dues = Stream(running, dice), Dues(running)
    with quick_acceptance(running.oracle, seconds=8):
        dues.one_a_second(dice, seconds=4)
    with stream.flowing():
        with only_reads(running):
            wait_for("it is said", lambda: len(stream.refused()) > 3, seconds=20)
            known = len(stream.kept)
            time.sleep(10)
            assert len(stream.kept) == known, "acknowledged by a server that only reads"
        assert {answer.status for answer in stream.refused()} == {503}
        assert_recovered(running, stream, measured, since=time.monotonic())
    dues.assert_noticed(measured, at_most=30)
    assert running.oracle.rows("SELECT * FROM rop_quarantine") == []
    assert_nothing_is_lost_or_doubled(running, stream, measured)


@contextmanager
def only_reads(running: Running) -> Iterator[None]:
    """For all sessions of the application: those that are open are ended."""
    product = running.product
    port = urlsplit(product.addresses["database_url"]).port
    assert port is not None
    ended = ";; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rop_app'"
    with meanwhile(
        Postgres(product.run / "postgres", port).url(SUPERUSER),
        "ALTER ROLE rop_app SET default_transaction_read_only = on" + ended,
        "ALTER ROLE rop_app RESET default_transaction_read_only" + ended,
    ):
        yield


def test_ten_beats(running: Running, dice: Random, measured: Measured) -> None:
    """Each due is noticed once, however many tick."""
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=8):
        dues.one_a_second(dice, seconds=4)
    with ExitStack() as more:
        for _ in range(9):
            more.enter_context(running.product.another("beat"))
        dues.assert_noticed(measured, at_most=15)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)
