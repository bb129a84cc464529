"""What pages and lists cost among very many orders: at most three times their own SQL, beyond the page without orders.

A page is asked for as a browser or an agent would, inside this process; then the queries that it asked are asked
again with nothing around them. How many they are must not depend on how many orders there are. The figure is made of
the least disturbed look of each kind: the differences are smaller than what a busy machine adds to the others. The
kinds take turns, so that each has its share of the machine's best moments.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import psycopg
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.figures import Figure, Runs
from bench.filling import ALIKE, filled
from bench.inside import connected_to
from bench.lab import Lab
from bench.progress import Progress
from bench.rest import Refused
from bench.sizes import Sizes
from config.parts.postgres import APPLICATION, DATABASE
from core.models import User

ORDERS = "/admin/orders/order/"
API = "/api/v1/orders/"
MIDDLE = "{middle}"
"""In an address: the number of an order in the middle of all."""

TURNS = 3

UNTIL_PREPARED = 6
"""Looks until a session has prepared what they ask, and a process has its templates, translations and caches."""


@dataclass(frozen=True, slots=True)
class Page:
    """`empty`: what is asked for where there are no orders, when the page itself would not be there."""

    name: str
    address: str
    empty: str = ""


PAGES = (
    Page("overview", "/admin/"),
    Page("inbox", "/admin/inbox/"),
    Page("managers", "/admin/assignment/manager/"),
    Page("money", "/admin/money/"),
    Page("journal: payments", "/admin/orders/payment/"),
    Page("journal: payouts", "/admin/orders/payout/"),
    Page("list: open", ORDERS),
    Page("list: burning", f"{ORDERS}?view=burning"),
    Page("list: by stage", f"{ORDERS}?view=all&status=in_transit"),
    Page("list: critical", f"{ORDERS}?severity=critical"),
    Page("list: no movement 24 h", f"{ORDERS}?view=stuck24"),
    Page("list: search", f"{ORDERS}?q=%D0%92%D0%BE%D0%BB%D0%BA%D0%BE%D0%B2%D0%B0+1234"),
    Page("one order", f"{ORDERS}{MIDDLE}/change/", empty=f"{ORDERS}add/"),
    Page("REST: orders", API),
    Page("REST: by stage", f"{API}?status=awaiting_payment"),
    Page("REST: search", f"{API}?q=%D0%92%D0%BE%D0%BB%D0%BA%D0%BE%D0%B2%D0%B0+1234"),
    Page("REST: one order", f"{API}R-{MIDDLE}/", empty=f"{API}?status=pending_manager"),
)

READS = ("SELECT", "WITH")


@dataclass(slots=True)
class Seen:
    """An address in one database: milliseconds of each look at it, and the queries that it asked."""

    database: str
    address: str
    took: list[float] = field(default_factory=list)
    queries: Sequence[str] = ()


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    many = lab.copy("pages_many", of=filled(lab, sizes.many, progress))
    few = lab.copy("pages_few", of=filled(lab, sizes.few, progress))
    none = lab.copy("pages_none", of=DATABASE)
    figures: list[Figure] = []
    asked: list[str] = []
    for page in progress.steps("pages", PAGES, total=len(PAGES)):
        empty = Seen(none, page.empty or page.address)
        small = Seen(few, page.address.replace(MIDDLE, str(middle(sizes.few, few=sizes.few))))
        full = Seen(many, page.address.replace(MIDDLE, str(middle(sizes.many, few=sizes.few))))
        bare: list[float] = []
        for _turn in range(TURNS):
            for seen in (empty, small, full):
                _look(lab, seen, sizes.pages // TURNS)
            bare += _ask_bare(lab, many, full.queries, sizes.pages // TURNS)
        figures.append(_figure(page, empty, small, full, bare))
        if len(full.queries) > len(small.queries):
            asked.append(f"{page.name}: {len(small.queries)} → {len(full.queries)}")
    for database in (many, few, none):
        lab.drop(database)
    return [*figures, _number_of_queries(asked)]


def middle(orders: int, *, few: int) -> int:
    """An order in the middle of so many that is like the one in the middle of the few: what an order's page asks
    depends on the order, on who will be told of it for one."""
    first = few // 2
    return first + (orders // 2 - first) // ALIKE * ALIKE


def _figure(page: Page, empty: Seen, small: Seen, full: Seen, bare: Sequence[float]) -> Figure:
    own = max(min(full.took) - min(empty.took), 0.0)
    return Figure(
        what=page.name,
        ours=Runs.of(full.took, "ms"),
        figure=own / min(bare),
        bound=3.0,
        bare=Runs.of(bare, "ms"),
        note=f"{len(full.queries)} queries; the least of each: "
        f"{min(full.took):.1f}, empty {min(empty.took):.1f}, among few {min(small.took):.1f}, bare {min(bare):.1f} ms",
    )


def _number_of_queries(grown: Sequence[str]) -> Figure:
    return Figure(
        what="pages that ask more queries when there are more orders",
        ours=Runs.of([float(len(grown))], "pages"),
        figure=float(len(grown)),
        bound=0.0,
        unit="",
        note="; ".join(grown),
    )


def _look(lab: Lab, seen: Seen, times: int) -> None:
    """So many times more."""
    with connected_to(seen.database):
        ask = _asker(lab, seen.address)
        for _time in range(UNTIL_PREPARED):
            ask()
        with CaptureQueriesContext(connection) as captured:
            ask()
        # Read now: the next request forgets them.
        queries = [str(query["sql"]).strip() for query in captured.captured_queries]
        seen.queries = [query for query in queries if query.upper().startswith(READS)]
        seen.took += [_timed(ask) for _time in range(times)]


def _asker(lab: Lab, address: str) -> Callable[[], None]:
    client = Client(SERVER_NAME="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {lab.keys['lead']}")
    if address.startswith("/admin/"):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.get(username="e.orlova"), "django.contrib.auth.backends.ModelBackend")

    def ask() -> None:
        cache.clear()  # what a page keeps for some seconds would belong to some looks only
        answer = client.get(address)
        if answer.status_code != 200:
            raise Refused(f"GET {address}: {answer.status_code}")

    return ask


def _ask_bare(lab: Lab, database: str, queries: Sequence[str], times: int) -> list[float]:
    """Milliseconds of the same queries, prepared, with all rows fetched."""
    with psycopg.connect(lab.url(database, APPLICATION), autocommit=True) as bare:

        def ask() -> None:
            for query in queries:
                bare.execute(query.encode(), prepare=True).fetchall()

        ask()
        return [_timed(ask) for _time in range(times)]


def _timed(act: Callable[[], None]) -> float:
    began = perf_counter()
    act()
    return (perf_counter() - began) * 1000
