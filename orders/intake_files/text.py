"""CSV: its encoding and delimiter are found out, its rows are read as a stream."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _

from orders.intake_files.sheet import (
    ROWS_AT_MOST,
    FileRefused,
    Numbered,
    Sheet,
    column_names,
    is_blank,
    sheet_of,
    too_many_rows,
)
from orders.policies.intake import FIELDS

MEGABYTE = 1024 * 1024
TEXT_AT_MOST = 200 * MEGABYTE
HEADER_AT_MOST = 64 * 1024
CHUNK = MEGABYTE

ENCODINGS = ("utf-8", "cp1251", "utf-16", "koi8-r", "cp866")
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def open_text(file: IO[bytes], *, encoding: str, delimiter: str) -> Sheet:
    """Raises FileRefused. The file is read twice: once to know how, and how many rows there are."""
    if file.seek(0, io.SEEK_END) > TEXT_AT_MOST:
        raise FileRefused("too_large", _("The file is too large."))
    found = _encoding(file) if encoding == "auto" else _given_encoding(encoding)
    separator = _delimiter(file, found) if delimiter == "auto" else DELIMITERS[delimiter]
    header, total = _measure(file, found, separator)
    return sheet_of(header, total, _body(file, found, separator))


def _given_encoding(name: str) -> str:
    try:
        "".encode(name)  # names of what is no encoding of texts (base64, rot13) are known too
        return "utf-8-sig" if codecs.lookup(name).name == "utf-8" else codecs.lookup(name).name
    except LookupError:
        raise FileRefused("encoding", _("There is no such encoding: %(name)s.") % {"name": name}) from None


def _encoding(file: IO[bytes]) -> str:
    """By its mark; else UTF-8 if every byte fits; else that of Russian Windows."""
    start = _start(file)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if any(b"\0" in chunk for chunk in _chunks(file)):
        raise FileRefused("not_a_table", _("This is neither a CSV nor an XLSX file."))
    return "utf-8-sig" if _is_utf8(file) else "cp1251"


def _start(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(4)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(file: IO[bytes], encoding: str) -> str:
    """The one that makes the most known columns of the first line."""
    with _text(file, encoding) as text:
        line = text.readline(HEADER_AT_MOST)

    def known(separator: str) -> int:
        header: Sequence[str] = next(csv.reader([line], delimiter=separator), [])
        return len(FIELDS.intersection(column_names(header)))

    return max(DELIMITERS.values(), key=known)


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file from its start as text; it stays open for whoever opened it."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text
    except UnicodeError as error:
        said = _("The file is not in the encoding %(name)s.") % {"name": encoding}
        raise FileRefused("encoding", said) from error
    finally:
        if not file.closed:
            text.detach()


def _records(file: IO[bytes], encoding: str, separator: str) -> Iterator[list[str]]:
    with _text(file, encoding) as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            said = {"line": reader.line_num, "error": error}
            raise FileRefused(
                "not_csv", _("Line %(line)s can't be read as CSV: %(error)s.") % said
            ) from error


def _measure(file: IO[bytes], encoding: str, separator: str) -> tuple[list[str], int]:
    """The header, and how many rows below it have something in them."""
    records = _records(file, encoding, separator)
    header = next(records, [])
    total = 0
    for values in records:
        total += not is_blank(values)
        if total > ROWS_AT_MOST:
            raise too_many_rows()
    return header, total


def _body(file: IO[bytes], encoding: str, separator: str) -> Iterator[Numbered]:
    for number, values in enumerate(_records(file, encoding, separator), 1):
        if number > 1 and not is_blank(values):
            yield number, values
