"""XLSX: read as people save it, refused when it is a bomb or broken."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orders.intake_files import FileRefused, open_file
from orders.models import Order
from tests.imports.running import import_orders
from tests.stories.company import Company

HEADER = ["external_id", "client_name", "item", "price", "ordered_at"]


def workbook(*rows: list[Any], header: list[Any] = HEADER) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [header, *rows]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same archive with changed parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as told:
        list(open_file(io.BytesIO(content)).rows)
    return told.value.code


def test_numbers_dates_and_empty_rows_are_read_as_excel_keeps_them(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "whatever.bin"
    file.write_bytes(
        workbook(
            [12345, "Йога", "Camera", 1500.5, datetime(2026, 3, 1, 12, 0)],  # noqa: DTZ001
            [None, None, None, None, None],
            ["A-2", "Ivan", "Lens", "2 000,00", date(2026, 3, 1)],
            ["A-3", "Ivan", "Lens", None, "2026-03-01T12:00:00Z"],
            ["A-4", True, "Lens", True, 5],
        )
    )

    ran = import_orders(company, file)

    assert (ran.status, ran.out.strip()) == (1, "Created: 3. Already there: 0. Wrong rows: 1.")
    assert "Row 6: ordered_at: " in ran.err
    assert {one.external_id: (str(one.price), one.ordered_at) for one in Order.objects.all()} == {
        "12345": ("1500.50", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        "A-2": ("2000.00", datetime(2026, 2, 28, 21, tzinfo=UTC)),
        "A-3": ("None", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    }


def test_columns_of_a_workbook_are_checked_as_those_of_any_file() -> None:
    assert (
        refused(workbook(["A-1", "Ivan", "Camera"], header=["external_id", "client_name", "status"]))
        == "kept_by_us"
    )
    assert refused(workbook()) == "no_rows"


def test_more_rows_than_a_file_may_have_are_counted_no_further() -> None:
    cells = b"".join(b'<c t="inlineStr"><is><t>x</t></is></c>' for _column in range(3))

    def change(name: str, part: bytes) -> bytes:
        rows = b"<row>%b</row>" % cells * 100_001
        return part.replace(b"</sheetData>", rows + b"</sheetData>") if name.endswith("sheet1.xml") else part

    assert refused(repacked(workbook(), change)) == "too_many_rows"


def test_a_size_that_a_sheet_lies_about_is_not_believed() -> None:
    content = repacked(
        workbook(*[[f"A-{n}", "Ivan", "Camera"] for n in range(5)]),
        lambda _name, part: part.replace(b'ref="A1:E6"', b'ref="A1:B2"'),
    )

    assert len(list(open_file(io.BytesIO(content)).rows)) == 5


def test_cells_beside_the_table_are_noticed() -> None:
    sheet = open_file(io.BytesIO(workbook(["A-1", "Ivan", "Camera", None, None, "beside"])))

    assert [row.cells.get("extra") for row in sheet.rows] == [True]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _megabyte in range(300):
                part.write(bytes(1024 * 1024))
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert len(file.getvalue()) < 1024 * 1024

    assert refused(file.getvalue()) == "too_large"


def test_a_table_of_strings_that_fills_the_memory_is_refused() -> None:
    bomb = bytes(65 * 1024 * 1024)
    content = repacked(
        workbook(["A-1", "a", "b"]), lambda name, part: bomb if name == "xl/styles.xml" else part
    )

    assert refused(content) == "too_large"


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "{"ha" * 50}">{laughs}]>'.encode()

    def change(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        return doctype + part.replace(b"<t>A-1</t>", b"<t>&l11;</t>")

    assert refused(repacked(workbook(["A-1", "a", "b"]), change)) == "not_a_table"


def test_a_row_with_a_number_beyond_all_sheets_does_not_send_us_counting() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'<row r="2"', b'<row r="99999999999"') if name.endswith("sheet1.xml") else part

    assert refused(repacked(workbook(["A-1", "a", "b"]), change)) in ("too_many_rows", "not_a_table")


@pytest.mark.parametrize("cut", [50, 500, 3000])
def test_a_broken_workbook_is_refused(cut: int) -> None:
    assert refused(workbook(["A-1", "a", "b"])[:-cut]) == "not_a_table"


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../etc/passwd", "x")

    assert refused(file.getvalue()) == "not_a_table"
