"""XLSX: the first sheet, read as a stream; what would unpack into too much is refused before it is unpacked."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _

from orders.intake_files.sheet import (
    COLUMNS_AT_MOST,
    ROWS_AT_MOST,
    FileRefused,
    Numbered,
    Sheet,
    is_blank,
    sheet_of,
    too_many_rows,
)

MEGABYTE = 1024 * 1024
PARTS_AT_MOST = 2000
UNPACKED_AT_MOST = 256 * MEGABYTE
HELD_AT_MOST = 64 * MEGABYTE
"""Of a part that is not read as a stream: the table of strings, the styles."""

EMPTY_AT_MOST = 1_048_576
"""The rows of a sheet as Excel has them: a number of a row may not send us counting to the end of time."""


def open_workbook(file: IO[bytes]) -> Sheet:
    """Raises FileRefused. The sheet is read twice: once to know how many rows there are."""
    file.seek(0)
    _check_size(file)
    file.seek(0)
    with _refused_when_broken():
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        if not book.worksheets:
            raise _unreadable()
        sheet = book.worksheets[0]
        # What a sheet says of its own size is often wrong.
        sheet.reset_dimensions()
        header, total = _measure(sheet)
    return sheet_of(header, total, _body(sheet))


def _check_size(file: IO[bytes]) -> None:
    """By the sizes that the archive declares: its reader never gives more than these."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _unreadable() from error
    held = [part.file_size for part in parts if not part.filename.startswith("xl/worksheets/sheet")]
    if (
        len(parts) > PARTS_AT_MOST
        or sum(part.file_size for part in parts) > UNPACKED_AT_MOST
        or max(held, default=0) > HELD_AT_MOST
    ):
        raise FileRefused("too_large", _("The file unpacks into too much."))


@contextmanager
def _refused_when_broken() -> Iterator[None]:
    try:
        yield
    except FileRefused:
        raise
    except Exception as error:
        # Broken archives and crafted XML make the reader fail in every way there is.
        raise _unreadable() from error


def _unreadable() -> FileRefused:
    return FileRefused("not_a_table", _("The file can't be read as XLSX."))


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:
    with _refused_when_broken():
        rows = sheet.iter_rows(max_col=COLUMNS_AT_MOST + 1, values_only=True)
        for number, values in enumerate(rows, 1):
            if number > EMPTY_AT_MOST:
                raise too_many_rows()
            yield number, values


def _measure(sheet: Any) -> tuple[Sequence[object], int]:
    rows = _rows(sheet)
    _number, header = next(rows, (1, ()))
    total = 0
    for _number, values in rows:
        total += not is_blank(values)
        if total > ROWS_AT_MOST:
            raise too_many_rows()
    return header, total


def _body(sheet: Any) -> Iterator[Numbered]:
    for number, values in _rows(sheet):
        if number > 1 and not is_blank(values):
            yield number, values
