"""Cells of a spreadsheet as the fields of an order: what people write in them, read without guessing.

An empty cell is a field that was not given. A moment without a zone is meant where the company is; one that
could mean two amounts (1,234) is refused rather than chosen.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from core.policies.flaws import BadValue, Flaw
from orders.policies.intake import FIELDS, REQUIRED, read_order

KEPT_BY_US = frozenset(
    {"ref", "status", "owner", "assigned_manager", "manager", "due_at", "next_action", "version", "closed_at"}
    | {"status_since", "moved_at", "wake_at", "created_at", "updated_at", "load_weight", "queue_key", "id"}
)
"""Columns that people may have in their sheets, but that nobody sets from outside."""

EXTRA = "extra"
"""The key of cells that stand beside the table."""

_SPACES = re.compile("[\\s\u00a0\u202f\u2009']")
_THOUSANDS_BY_COMMA = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+")
_THOUSANDS_BY_POINT = re.compile(r"-?\d{1,3}(\.\d{3})+,\d+")
_LOCAL = re.compile(
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}))"
    r"(?:[T ](?P<time>\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?))?",
    re.ASCII,
)


def columns_refused(columns: tuple[str, ...]) -> list[Flaw]:
    """What is wrong with a sheet's header; `field` names the column."""
    flaws = [Flaw(name, "kept_by_us", {"column": name}) for name in columns if name in KEPT_BY_US]
    flaws += [
        Flaw(name, "unknown_column", {"column": name}) for name in columns if name not in FIELDS | KEPT_BY_US
    ]
    flaws += [
        Flaw(name, "column_twice", {"column": name})
        for name in dict.fromkeys(columns)
        if columns.count(name) > 1
    ]
    return flaws + [Flaw(name, "no_column", {"column": name}) for name in REQUIRED if name not in columns]


def read_cells(
    cells: Mapping[str, object], *, zone: ZoneInfo, now: datetime
) -> tuple[dict[str, Any], list[Flaw]]:
    """The values of one row, and everything that is wrong with it."""
    given: dict[str, object] = {}
    flaws: list[Flaw] = []
    for name, cell in cells.items():
        if name == EXTRA:
            flaws.append(Flaw("", "too_many_cells"))
        elif not _is_empty(cell):
            try:
                given[name] = _given(name, cell, zone)
            except BadValue as bad:
                flaws.append(Flaw(name, bad.code, bad.params))
    found = {flaw.field for flaw in flaws}
    values, wrong = read_order(given, now=now)
    # A cell that could not be read was given, though it is not among what was read.
    return values, [*flaws, *(flaw for flaw in wrong if flaw.field not in found)]


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _given(name: str, cell: object, zone: ZoneInfo) -> object:
    if name == "ordered_at":
        return _moment(cell, zone)
    if name == "price":
        return _price(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return cell


def _price(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = _SPACES.sub("", cell)
    if _THOUSANDS_BY_COMMA.fullmatch(text):
        return text.replace(",", "")
    if _THOUSANDS_BY_POINT.fullmatch(text):
        text = text.replace(".", "")
    return text.replace(",", ".")


def _moment(cell: object, zone: ZoneInfo) -> object:
    if isinstance(cell, datetime):
        return _at(cell, zone) if cell.tzinfo is None else cell.isoformat()
    if isinstance(cell, date):
        return _at(datetime.combine(cell, time()), zone)
    if not isinstance(cell, str):
        raise BadValue("not_a_moment")
    found = _LOCAL.fullmatch(cell.strip())
    if found is None:
        # With a zone, or nothing that we know: the policy of every door decides.
        return cell
    try:
        day = (
            date.fromisoformat(found["iso"]) if found["iso"] else date(*(int(found[part]) for part in "ymd"))
        )
        clock = time.fromisoformat(_two_digits(found["time"] or "0:00"))
    except ValueError:
        raise BadValue("not_a_moment") from None
    return _at(datetime.combine(day, clock), zone)


def _two_digits(clock: str) -> str:
    """9:05 as 09:05."""
    return clock if clock[1] != ":" else f"0{clock}"


def _at(local: datetime, zone: ZoneInfo) -> str:
    """The instant of a wall clock's time; the first of two when clocks are put back. Raises BadValue."""
    if not 1 < local.year < 9999:
        raise BadValue("too_late" if local.year > 1 else "not_a_moment")
    at = local.replace(tzinfo=zone)
    if at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise BadValue("does_not_exist")
    return at.isoformat()
