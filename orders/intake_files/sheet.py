"""A sheet as every format gives it, and what is refused of it as a whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.flaws import sentence
from orders.policies.cells import EXTRA, columns_refused

ROWS_AT_MOST = 100_000
"""Of one file (a limit)."""

COLUMNS_AT_MOST = 64
"""Of one table (a limit): an order has far fewer."""

NAME_AT_MOST = 60


class FileRefused(Exception):
    """The file as a whole can't be imported; str() says why, `code` is stable. Nothing was written."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` is the row's as a spreadsheet counts: the header is 1."""

    number: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`total` rows, read one by one and once."""

    columns: tuple[str, ...]
    total: int
    rows: Iterator[SheetRow]


Numbered = tuple[int, Sequence[object]]


def sheet_of(header: Sequence[object], total: int, rows: Iterable[Numbered]) -> Sheet:
    """Raises FileRefused for a header that is not one of orders."""
    columns = column_names(header)
    if len(columns) > COLUMNS_AT_MOST:
        text = _("The table has more than %(most)s columns.") % {"most": COLUMNS_AT_MOST}
        raise FileRefused("too_many_columns", text)
    if flaws := columns_refused(columns):
        raise FileRefused(flaws[0].code, " ".join(map(sentence, flaws)))
    if total > ROWS_AT_MOST:
        raise too_many_rows()
    if not total:
        raise FileRefused("no_rows", _("The file has no rows below its header."))
    return Sheet(columns, total, (SheetRow(number, _cells(columns, values)) for number, values in rows))


def column_names(header: Sequence[object]) -> tuple[str, ...]:
    """As people write them: case and spaces around don't matter, empty ones at the end don't either."""
    names = ["" if cell is None else str(cell).strip().lower()[:NAME_AT_MOST] for cell in header]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def too_many_rows() -> FileRefused:
    return FileRefused("too_many_rows", _("The file has more than %(most)s rows.") % {"most": ROWS_AT_MOST})


def is_blank(values: Sequence[object]) -> bool:
    # First what costs nothing: a sheet may have a million rows of nothing.
    return values.count(None) == len(values) or all(
        value is None or (isinstance(value, str) and not value.strip()) for value in values
    )


def _cells(columns: tuple[str, ...], values: Sequence[object]) -> dict[str, object]:
    cells: dict[str, object] = dict(zip(columns, values, strict=False))
    if not is_blank(values[len(columns) :]):
        cells[EXTRA] = True
    return cells
