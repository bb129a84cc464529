"""The list of orders: its filters, read strictly, and its pages, which cost the same at any depth.

Newest first. `next` and `previous` go on from the last and the first order of a page (`before`, `after`), so
that walking through all orders never skips rows by counting them. `page` is for jumping among the first ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from core.actors import Actor
from core.api.problems import field_error, invalid
from core.policies import values
from core.policies.flaws import BadValue, Flaw
from orders.api import above
from orders.api.pictures import order_pictures
from orders.models import Order
from orders.selectors import REF, Orders, orders_found, orders_visible_to, with_people
from orders.statuses import Severity, Status

PAGE = 50
PAGE_AT_MOST = 200
DEEPEST = 10_000
"""How many orders are counted, and how far one can jump by `page` (a limit); `next` goes on without one."""

STUCK = {"24": 1, "72": 2}
"""Levels of standing still, by the hours that they begin with unless the matrix says otherwise."""

TERM_AT_LEAST = 3
TERM_AT_MOST = 200
NOBODY = "none"
ME = "me"


@dataclass(frozen=True, slots=True)
class Asked:
    """What of all orders, and which piece of it."""

    status: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    owner: str = ""
    stuck: int | None = None
    q: str = ""
    page: int = 1
    page_size: int = PAGE
    before: int | None = None
    after: int | None = None


def _codes(known: frozenset[str]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(values.choice(code, among=known) for code in text.split(","))


def _number(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise BadValue("not_an_integer")
        return values.identifier(int(text), most=most)

    return read


def _owner(text: str) -> str:
    return text if text in (NOBODY, ME) else str(_number(2**63 - 1)(text))


def _stuck(text: str) -> int:
    return STUCK[values.choice(text, among=frozenset(STUCK))]


def _term(text: str) -> str:
    term = values.line(text, most=TERM_AT_MOST)
    # Shorter words have no whole trigram: the index can't help, and half of all orders would be found.
    if term and not REF.fullmatch(term) and max(map(len, term.split())) < TERM_AT_LEAST:
        raise BadValue("min_length", least=TERM_AT_LEAST)
    return term


def _ref(text: str) -> int:
    found = REF.fullmatch(text)
    if found is None:
        raise BadValue("not_a_ref")
    return int(found[1])


READERS: Mapping[str, Callable[[str], Any]] = {
    "status": _codes(frozenset(Status.values)),
    "severity": _codes(frozenset(Severity.values)),
    "owner": _owner,
    "stuck": _stuck,
    "q": _term,
    "page": _number(DEEPEST),
    "page_size": _number(PAGE_AT_MOST),
    "before": _ref,
    "after": _ref,
}


def read_query(query: QueryDict) -> Asked:
    """Raises an `invalid` problem that names every parameter which is unknown or wrong."""
    found: dict[str, Any] = {}
    flaws: list[Flaw] = []
    for name in query:
        reader = READERS.get(name)
        given = query.getlist(name)
        text = ",".join(given) if name in ("status", "severity") else given[-1]
        if reader is None:
            flaws.append(Flaw(name[:100], "unknown"))
        elif text:
            try:
                found[name] = reader(text)
            except BadValue as bad:
                flaws.append(Flaw(name, bad.code, bad.params))
    asked = Asked(**found)
    if asked.page * asked.page_size > DEEPEST:
        flaws.append(Flaw("page", "too_far", {"most": DEEPEST}))
    if flaws:
        raise invalid([field_error(flaw) for flaw in flaws])
    return asked


def orders_page(asked: Asked, *, actor: Actor, now: datetime, path: str) -> dict[str, Any]:
    """One page in four queries, whatever its size and depth."""
    matching = _matching(asked, actor=actor, now=now)
    rows, further = _rows(matching, asked)
    with_people(rows)
    count = matching.order_by()[: DEEPEST + 1].count()
    if asked.after is not None:
        newer, older = further, True
    else:
        newer, older = asked.before is not None or asked.page > 1, further
    return {
        "count": min(count, DEEPEST),
        "count_is_exact": count <= DEEPEST,
        "next": _link(path, asked, before=rows[-1]) if older and rows else None,
        "previous": _link(path, asked, after=rows[0]) if newer and rows else None,
        "results": order_pictures(rows),
    }


def _matching(asked: Asked, *, actor: Actor, now: datetime) -> Orders:
    orders = orders_visible_to(actor)
    if asked.status:
        orders = orders.filter(status__in=asked.status)
    if asked.severity:
        orders = orders.filter(severity__in=asked.severity)
    if asked.owner == NOBODY:
        orders = orders.filter(assigned_manager__isnull=True)
    elif asked.owner:
        orders = orders.filter(assigned_manager_id=actor.user_id if asked.owner == ME else int(asked.owner))
    if asked.stuck is not None:
        orders = above.stuck(orders, level=asked.stuck, now=now)
    return orders_found(orders, asked.q) if asked.q else orders


def _rows(matching: Orders, asked: Asked) -> tuple[list[Order], bool]:
    """The orders of the page, newest first, and whether there are more in its direction."""
    orders = matching
    if asked.after is not None:
        found = list(orders.filter(pk__gt=asked.after).order_by("pk")[: asked.page_size + 1])
        return found[: asked.page_size][::-1], len(found) > asked.page_size
    if asked.before is not None:
        orders, start = orders.filter(pk__lt=asked.before), 0
    else:
        start = (asked.page - 1) * asked.page_size
    found = list(orders.order_by("-pk")[start : start + asked.page_size + 1])
    return found[: asked.page_size], len(found) > asked.page_size


def _link(path: str, asked: Asked, *, before: Order | None = None, after: Order | None = None) -> str:
    kept = {
        "status": ",".join(asked.status),
        "severity": ",".join(asked.severity),
        "owner": asked.owner,
        "stuck": next((hours for hours, level in STUCK.items() if level == asked.stuck), ""),
        "q": asked.q,
        "page_size": str(asked.page_size) if asked.page_size != PAGE else "",
        "before": before.ref if before else "",
        "after": after.ref if after else "",
    }
    return f"{path}?{urlencode({name: value for name, value in kept.items() if value})}"
