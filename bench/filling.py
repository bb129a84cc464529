"""A database full of open orders, made by set-based SQL that every constraint and trigger has agreed to."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.lab import Lab
from bench.people import everybody_works
from bench.progress import Progress
from config.parts.postgres import OWNER

FILL = (Path(__file__).parent / "sql" / "fill.sql").read_text()

AT_ONCE = 20_000
"""Orders in one transaction."""

ALIKE = 61_200
"""Orders whose numbers differ by this are of one age and stage (and of one owner, where managers divide it)."""

HANDS = 2
"""Connections that fill at the same time."""

NAMES = ("Ирина Смирнова", "Павел Кузнецов", "Мария Волкова", "Олег Фёдоров", "Анна Белова", "Тимур Садыков")
ITEMS = (
    "Фотоаппарат Зенит",
    "Швейная машина Подольск",
    "Велосипед Урал",
    "Баян Тула",
    "Часы Полёт",
    "Лодка Нырок",
)
SELLER = "Комиссионный магазин на Сретенке"

COUNTERS = """
    INSERT INTO assignment_managerload (manager_id, load, offers, open_orders)
    SELECT m.id, sum(o.load_weight), count(*) FILTER (WHERE o.status = 'pending_manager'), count(*)
      FROM orders_order o JOIN assignment_manager m ON m.user_id = o.assigned_manager_id
     WHERE o.closed_at IS NULL GROUP BY m.id
    ON CONFLICT (manager_id) DO UPDATE SET
        load = excluded.load, offers = excluded.offers, open_orders = excluded.open_orders
"""


def filled(lab: Lab, orders: int, progress: Progress) -> str:
    """The name of a database with so many open orders; made once, and to be copied by whoever changes it."""
    name = f"open_{orders}"
    with lab.connect("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
    half_done = lab.copy(f"{name}_filling")
    with lab.connect(half_done) as owner:
        everybody_works(owner)
        with _without_word_indexes(owner):
            _fill(lab, half_done, orders, progress)
        owner.execute("SELECT setval(pg_get_serial_sequence('orders_order', 'id'), %s)", [orders])
        owner.execute(COUNTERS)
        progress.say("statistics")
        owner.execute("VACUUM (ANALYZE)")
    lab.rename(half_done, name)
    return name


def _fill(lab: Lab, database: str, orders: int, progress: Progress) -> None:
    with lab.connect(database) as owner:
        now = owner.execute("SELECT clock_timestamp()").fetchone()
    assert now is not None
    pieces = [(first, min(first + AT_ONCE, orders + 1) - 1) for first in range(1, orders + 1, AT_ONCE)]

    def fill(piece: tuple[int, int]) -> None:
        fill_some(lab.url(database, OWNER), first=piece[0], last=piece[1], now=now[0])

    with ThreadPoolExecutor(HANDS) as hands:
        for _done in progress.steps(f"{orders} open orders", hands.map(fill, pieces), total=len(pieces)):
            pass


def fill_some(url: str, *, first: int, last: int, now: datetime) -> None:
    """Orders with these ids, in one transaction; the managers' counters are left to the caller."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        # Lost by a crash of the machine, like the whole database: nobody waits for its disk here.
        connection.execute("SET synchronous_commit = off")
        owners = connection.execute(
            "SELECT array_agg(user_id ORDER BY user_id) FROM assignment_manager"
        ).fetchone()
        assert owners is not None
        values = {
            "first": first, "last": last, "now": now, "owners": owners[0], "owners_count": len(owners[0]),
            "names": list(NAMES), "names_count": len(NAMES), "items": list(ITEMS), "items_count": len(ITEMS),
            "seller": SELLER,
        }  # fmt: skip
        connection.execute(FILL, values)


@contextmanager
def _without_word_indexes(owner: "psycopg.Connection[Any]") -> Iterator[None]:
    """Those of words are built in a tenth of the time when all rows are there."""
    found = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% USING gin %'"
    ).fetchall()
    for name, _definition in found:
        owner.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _name, definition in found:
        owner.execute(definition)
