"""django-import-export's side: a preview with row errors, the same intake, an export without formulas."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.admin import ModelAdmin, site
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from import_export.admin import ImportExportMixin

from core import clock
from core.models import User
from core.roles import MANAGER
from orders.intake_files import FileRefused
from orders.intake_forms import ExportCSV, IntakeFile, OrdersFiles
from orders.models import Order, StatusEvent
from orders.resources import OrderExportResource, OrderIntakeResource
from tests.imports.conftest import Write
from tests.stories.company import Company

from import_export.formats.base_formats import XLSX  # isort: skip


def imported(company: Company, file: Path, *, dry_run: bool) -> Any:
    with clock.fixed(company.now), translation.override("en"):
        dataset = IntakeFile().create_dataset(file.read_bytes())
        return OrderIntakeResource().import_data(dataset, dry_run=dry_run, user=company.lead)


def test_a_preview_shows_each_row_and_what_is_wrong_with_it(company: Company, write: Write) -> None:
    imported(company, write("A-0,Ivan,Camera,,,", name="before.csv"), dry_run=False)
    file = write(
        "A-0,Ivan,Camera,,,",
        "A-1,Ivan,Lens,5,,",
        "A-2,,Lens,x,,",
        "A-0,Ivan,Other,,,",
        "A-3,Ivan,Lens,,,,beside",
    )

    result = imported(company, file, dry_run=True)

    assert (result.has_errors(), result.has_validation_errors()) == (False, True)
    assert dict(result.totals) == {"new": 1, "update": 0, "delete": 0, "skip": 1, "error": 0, "invalid": 3}
    assert [(row.import_type, row.diff[:4]) for row in result.rows] == [
        ("skip", ["A-0", "Ivan", "Camera", ""]),
        ("new", ["A-1", "Ivan", "Lens", "5"]),
    ]
    assert [(row.number, sorted(row.field_specific_errors)) for row in result.invalid_rows] == [
        (4, ["client_name", "price"]),
        (5, ["external_id"]),
        (6, []),
    ]
    assert result.invalid_rows[2].non_field_specific_errors == [
        "The row has more cells than the table has columns."
    ]
    assert Order.objects.count() == 1


def test_what_was_previewed_comes_in_by_the_intake(company: Company, write: Write) -> None:
    company.manager("Anna")
    result = imported(company, write("A-1,Ivan,Camera,,,", "A-2,Ivan,Lens,,,"), dry_run=False)

    assert result.totals["new"] == 2
    assert {order.assigned_manager.first_name for order in Order.objects.all() if order.assigned_manager} == {
        "Anna"
    }
    event = StatusEvent.objects.first()
    assert event is not None
    assert (event.actor_kind, event.actor_id, event.door) == ("person", company.lead.pk, "import")
    assert company.audit() == {}


def test_a_file_for_the_command_is_too_long_for_a_page(write: Write) -> None:
    with pytest.raises(FileRefused) as refused:
        IntakeFile().create_dataset(write(*["A,b,c,,,"] * 10_001).read_bytes())

    assert refused.value.code == "too_many_rows"


@pytest.mark.parametrize("columns", [65, 200_000])
def test_a_table_of_very_many_columns_is_refused_as_a_whole(columns: int) -> None:
    header = ",".join(["external_id", *(f"c{number}" for number in range(columns - 1))])

    with pytest.raises(FileRefused) as refused:
        IntakeFile().create_dataset(f"{header}\nA-1\n".encode())

    assert refused.value.code == "too_many_columns"
    assert len(str(refused.value)) < 100


# ── through the admin's own pages ──


class OrdersAdmin(OrdersFiles, ImportExportMixin, ModelAdmin):  # type: ignore[misc,type-arg]
    pass


def asked(user: Any, method: str = "get", **data: Any) -> Any:
    request = getattr(RequestFactory(), method)("/admin/orders/order/import/", data)
    request.user = user
    return request


def page(company: Company, file: Path) -> tuple[HttpResponse, Any]:
    upload = SimpleUploadedFile(file.name, file.read_bytes())
    request = asked(
        User.objects.get(pk=company.lead.pk), "post", import_file=upload, format="0", resource="0"
    )
    with clock.fixed(company.now), translation.override("en"):
        response = OrdersAdmin(Order, site).import_action(request)
    return response, response.context_data


def test_the_admin_previews_and_asks_for_confirmation(company: Company, write: Write) -> None:
    _response, context = page(
        company, write("A-1;Ёлкина;Чайник", header="external_id;client_name;item", encoding="cp1251")
    )

    assert context["result"].rows[0].diff == ["A-1", "Ёлкина", "Чайник"]
    assert "confirm_form" in context
    assert not Order.objects.exists()


def test_the_admin_asks_for_no_confirmation_of_wrong_rows(company: Company, write: Write) -> None:
    _response, context = page(company, write("A-1,,Camera,,,"))

    assert [row.number for row in context["result"].invalid_rows] == [2]
    assert "confirm_form" not in context


def test_the_admin_says_why_a_file_is_refused(company: Company, write: Write) -> None:
    _response, context = page(
        company, write("A-1,Ivan,Camera,new", header="external_id,client_name,item,status")
    )

    assert "“status” can't be imported" in context["form"].errors["import_file"][0]


def test_who_may_import_and_export(company: Company) -> None:
    admin = OrdersAdmin(Order, site)
    manager = company.person("Anna", MANAGER)

    def may(user: Any) -> tuple[bool, bool]:
        request = asked(user)
        return admin.has_import_permission(request), admin.has_export_permission(request)

    assert may(User.objects.get(pk=company.lead.pk)) == (True, True)
    assert may(User.objects.get(pk=manager.pk)) == (False, False)
    assert may(AnonymousUser()) == (False, False)


# ── export ──

DANGEROUS = ["=1+2", "+7 916 000-00-00", "-5", "@SUM(A1)", " =1+2", "＝1+2"]


@pytest.fixture
def exported(company: Company, write: Write) -> list[Order]:
    company.manager("Anna")
    imported(
        company,
        write(*[f'A-{n},"{text}","{text}",100.50,,' for n, text in enumerate(DANGEROUS)]),
        dry_run=False,
    )
    # What another door might keep in a text of many lines.
    Order.objects.filter(external_id="A-0").update(comment="\t=1+2", seller_name="\r=1")
    return list(Order.objects.order_by("pk"))


def test_no_cell_of_a_csv_is_a_formula(exported: list[Order]) -> None:
    text = ExportCSV().export_data(OrderExportResource().export(Order.objects.order_by("pk")))

    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["client_name"] for row in rows] == [f"'{order.client_name}" for order in exported]
    assert (rows[0]["comment"], rows[0]["seller_name"]) == ("'\t=1+2", "'\r=1")
    assert (rows[0]["ref"], rows[0]["owner"], rows[0]["price"]) == (exported[0].ref, "Anna", "100.50")
    assert rows[0]["created_at"] == "2026-03-02T12:00:00+03:00"
    assert not any(value.lstrip().startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_no_cell_of_a_workbook_is_a_formula(exported: list[Order]) -> None:
    content = XLSX().export_data(OrderExportResource().export(Order.objects.order_by("pk")))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None

    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert not any(str(cell.value or "").startswith(("=", "+", "-", "@")) for cell in cells)
    prices = [cell.value for cell in next(column for column in sheet.columns if column[0].value == "price")][
        1:
    ]
    assert [Decimal(str(price)) for price in prices] == [Decimal("100.5")] * len(DANGEROUS)


def test_only_what_was_asked_for_is_exported_in_one_query(
    exported: list[Order], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        dataset = OrderExportResource().export(Order.objects.filter(external_id="A-1"))

    assert len(dataset) == 1


def test_nothing_comes_in_by_the_export(exported: list[Order]) -> None:
    dataset = OrderExportResource().export(Order.objects.all())

    with pytest.raises(NotImplementedError):
        OrderExportResource().import_data(dataset)
