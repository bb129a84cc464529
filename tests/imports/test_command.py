"""`manage.py import_orders`: orders come in once, bad rows are named, the end state is that of every other door."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.models import Entry
from core.roles import OBSERVER
from orders.models import Order, StatusEvent
from tests.api.client import agent
from tests.imports.conftest import Write
from tests.imports.running import Ran, import_orders
from tests.stories.company import Company, loads

DONE = "Created: {}. Already there: {}. Wrong rows: {}."


def done(created: int, known: int = 0, wrong: int = 0) -> str:
    return DONE.format(created, known, wrong)


def test_rows_become_orders_with_owners(company: Company, write: Write) -> None:
    company.manager("Anna")
    company.manager("Boris")
    file = write(*[f"A-{number},Ivan,Camera,100.50,RUB,2026-03-01T12:00:00+03:00" for number in range(10)])

    ran = import_orders(company, file)

    assert (ran.status, ran.out.strip()) == (0, done(10))
    assert loads() == {"Anna": (5, 5, 5), "Boris": (5, 5, 5)}
    event = StatusEvent.objects.first()
    assert event is not None
    assert (event.route, event.actor_kind, event.door) == ("intake", "rop", "import")
    assert company.audit() == {}


def test_the_real_orders_come_in_as_they_are_once(company: Company, real_orders: Path) -> None:
    for name in ("Anna", "Boris", "Vera", "Gleb"):
        company.manager(name, capacity=500)

    ran = import_orders(company, real_orders)

    assert (ran.status, ran.out.strip()) == (0, done(1500))
    assert set(loads().values()) == {(375, 375, 375)}
    order = Order.objects.get(external_id="e481f51cbdc54678b7cc49136f2d6af7")
    assert (order.client_name, order.item, order.price, order.currency) == (
        "Клиент 9ef432eb",
        "Товар e481f5",
        None,
        "BRL",
    )
    assert order.ordered_at == datetime(2017, 10, 2, 10, 56, tzinfo=UTC)
    assert company.audit() == {}

    again = import_orders(company, real_orders)

    assert (again.status, again.out.strip()) == (0, done(0, known=1500))
    assert Order.objects.count() == 1500
    assert set(loads().values()) == {(375, 375, 375)}


def test_the_same_order_by_file_and_by_api_is_one_order(company: Company, write: Write) -> None:
    import_orders(company, write('A-1,Ivan,Camera,"1 500,50",RUB,01.03.2026 12:00'))

    response = agent(company).post(
        "orders/",
        {
            "external_id": "A-1", "client_name": "Ivan", "item": "Camera", "price": 1500.5,
            "ordered_at": "2026-03-01T12:00:00+03:00",
        },
    )  # fmt: skip

    assert response.status_code == 200


def test_bad_rows_are_named_and_the_others_come_in(company: Company, write: Write, tmp_path: Path) -> None:
    company.manager("Anna")
    file = write(
        "A-1,Ivan,Camera,100,RUB,",
        "A-2,,Camera,-5,RUB,",
        "",
        "=A-3,Ivan,Camera,abc,rub,31.02.2026",
        "A-4,Ivan,Camera,100,RUB,,beside",
        "A-5,Ivan,Lens,,,",
    )

    ran = import_orders(company, file, "--errors", tmp_path / "errors.csv")

    assert (ran.status, ran.out.strip()) == (1, done(2, wrong=3))
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["A-1", "A-5"]
    assert "Row 3: " in ran.err
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as written:
        rows = [
            (row["row"], row["external_id"], row["field"], row["code"]) for row in csv.DictReader(written)
        ]
    assert rows == [
        ("3", "A-2", "client_name", "required"),
        ("3", "A-2", "price", "min_value"),
        ("5", "'=A-3", "ordered_at", "not_a_moment"),
        ("5", "'=A-3", "price", "not_a_number"),
        ("5", "'=A-3", "currency", "not_a_currency"),
        ("6", "A-4", "", "too_many_cells"),
    ]


def test_a_dry_run_says_the_same_and_writes_nothing(company: Company, write: Write) -> None:
    import_orders(company, write("A-1,Ivan,Camera,,,"))
    entries = Entry.objects.count()
    file = write(
        "A-1,Ivan,Camera,,,",
        "A-1,Ivan,Lens,,,",
        "A-2,Ivan,Camera,,,",
        "A-2,Ivan,Camera,,,",
        "A-2,Ivan,Lens,,,",
        "A-3,,,,,",
    )

    dry = import_orders(company, file, "--dry-run")

    assert (dry.status, dry.out.strip()) == (1, "Would be created: 1. Already there: 2. Wrong rows: 3.")
    assert (Order.objects.count(), Entry.objects.count()) == (1, entries)

    wet = import_orders(company, file)

    assert (wet.status, wet.out.strip()) == (1, done(1, known=2, wrong=3))
    assert wet.err == dry.err
    assert sorted(Order.objects.values_list("external_id", "item")) == [("A-1", "Camera"), ("A-2", "Camera")]


def test_a_file_of_wrong_rows_only_ends_with_two(company: Company, write: Write) -> None:
    ran = import_orders(company, write("A-1,,,,,", "A-2,,,,,"))

    assert (ran.status, ran.out.strip()) == (2, done(0, wrong=2))


def test_only_some_wrong_rows_are_shown(company: Company, write: Write) -> None:
    ran = import_orders(company, write(*[f"A-{number},,,,," for number in range(25)]))

    assert ran.err.count("Row ") == 20
    assert "… and 5 more." in ran.err


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("external_id,client_name,item,status", "“status” can't be imported: AI-ROP keeps it itself"),
        ("external_id,client_name,item,owner", "“owner” can't be imported"),
        ("external_id,client_name,item,colour", "no such column: “colour”"),
        ("external_id,client_name,item,item", "“item” stands twice"),
        ("external_id,client_name", "“item” is missing"),
        ("external_id,client_name,item,", ""),
        (" External_ID , CLIENT_NAME,Item ", ""),
    ],
)
def test_a_header_that_is_not_one_of_orders_refuses_the_file(
    company: Company, write: Write, header: str, code: str
) -> None:
    ran = import_orders(company, write("A-1,Ivan,Camera,", header=header))

    assert ran.status == (2 if code else 0)
    assert code in ran.err
    assert Order.objects.count() == (0 if code else 1)


def test_every_wrong_column_is_named_at_once(company: Company, write: Write) -> None:
    ran = import_orders(company, write("A-1,x,y,z", header="external_id,status,due_at,colour"))

    assert all(name in ran.err for name in ("status", "due_at", "colour", "client_name", "item"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found_out(
    company: Company, write: Write, encoding: str, delimiter: str
) -> None:
    header = delimiter.join(["external_id", "client_name", "item", "price"])
    file = write(
        delimiter.join(["A-1", "Йога, Ёлкина", "Чайник", '"1 500,50"']).replace(
            "Йога, Ёлкина", '"Йога, Ёлкина"'
        ),
        header=header,
        encoding=encoding,
    )

    ran = import_orders(company, file)

    assert ran.status == 0, ran.err
    order = Order.objects.get()
    assert (order.client_name, order.item, str(order.price)) == ("Йога, Ёлкина", "Чайник", "1500.50")


def test_a_given_encoding_and_delimiter_are_believed(company: Company, write: Write) -> None:
    file = write("A-1;Ёлкина;Чайник", header="external_id;client_name;item", encoding="koi8-r")

    assert import_orders(company, file, "--encoding", "koi8-r", "--delimiter", ";").status == 0
    assert Order.objects.get().client_name == "Ёлкина"
    for name in ("utf-8", "no-such", "base64", "rot13"):
        wrong = import_orders(company, file, "--encoding", name)
        assert (wrong.status, "encoding" in wrong.err) == (2, True)
    unknown = import_orders(company, file, "--encoding", "klingon")
    assert (unknown.status, "klingon" in unknown.err) == (2, True)


@pytest.mark.parametrize("text", ["=1+2", "+7 916 000", "-5", "@SUM(A1)"])
def test_text_that_begins_like_a_formula_is_kept_as_it_is(company: Company, write: Write, text: str) -> None:
    import_orders(company, write(f"A-1,{text},Camera,,,"))

    assert Order.objects.get().client_name == text


def test_it_is_told_whose_import_it_was(company: Company, write: Write) -> None:
    watcher = company.person("Willi", OBSERVER)
    file = write("A-1,Ivan,Camera,,,")

    refused = import_orders(company, file, "--user", watcher.username)
    nobody = import_orders(company, file, "--user", "nobody")
    ran = import_orders(company, file, "--user", company.lead.username)

    assert (refused.status, nobody.status, ran.status) == (2, 2, 0)
    event = StatusEvent.objects.get()
    assert (event.actor_kind, event.actor_id, event.door) == ("person", company.lead.pk, "import")


def test_files_that_are_no_tables_are_refused(company: Company, tmp_path: Path) -> None:
    def ran(content: bytes) -> Ran:
        file = tmp_path / "file.csv"
        file.write_bytes(content)
        return import_orders(company, file)

    assert import_orders(company, tmp_path / "not-there.csv").status == 2
    for content in (
        b"",
        b"external_id,client_name,item\n",
        b"external_id,client_name,item\n\n , ,\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel",
        b"PK\x03\x04 not a zip",
        b'external_id,client_name,item\nA-1,"Ivan"x,Camera\n',
        b'external_id,client_name,item\nA-1,"Ivan,Camera\n',
        b"external_id,client_name,item\nA-1," + b"x" * 200_000 + b",Camera\n",
    ):
        refused = ran(content)
        assert refused.status == 2, content[:50]
        assert refused.err, content[:50]
    assert not Order.objects.exists()


def test_quoted_fields_may_have_line_breaks_and_row_numbers_count_rows(
    company: Company, write: Write
) -> None:
    file = write('A-1,Ivan,Camera,"one\ntwo"', "A-2,,Camera,", header="external_id,client_name,item,comment")

    ran = import_orders(company, file)

    assert Order.objects.get().comment == "one\ntwo"
    assert "Row 3: client_name" in ran.err


def test_an_hour_that_clocks_skip_is_refused(company: Company, write: Write, settings: object) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]
    file = write(
        "A-1,Ivan,Camera,,,2025-03-30 02:30",
        "A-2,Ivan,Camera,,,2025-03-30 03:30",
        "A-3,Ivan,Camera,,,2025-10-26 02:30",
    )

    ran = import_orders(company, file)

    assert "Row 2: ordered_at: There is no such moment" in ran.err
    assert Order.objects.get(external_id="A-2").ordered_at == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    # Of two such hours the first.
    assert Order.objects.get(external_id="A-3").ordered_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_errors_that_can_not_be_written_stop_the_import_before_it_begins(
    company: Company, write: Write, tmp_path: Path
) -> None:
    ran = import_orders(company, write("A-1,a,b"), "--errors", str(tmp_path / "nowhere" / "errors.csv"))

    assert (ran.status, "nowhere" in ran.err) == (2, True)
    assert not Order.objects.exists()
