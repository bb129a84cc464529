"""Orders written in by hand and files of them: the way of every other order."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Entry
from orders.models import Order
from tests.panel.visitor import Visitor, manager_visitor, observer, said, text
from tests.stories.company import Company, owner_of

GIVEN = {
    "external_id": "by-phone-1",
    "client_name": "Ivan Ivanov",
    "item": "Camera",
    "price": "125 000,50",
    "currency": "RUB",
    "severity": "high",
}


def test_an_order_by_telephone_has_an_owner_at_once(company: Company, lead: Visitor) -> None:
    company.manager("Anna")

    page = lead.post("orders_order_add", data=GIVEN)

    order = Order.objects.get()
    assert (order.external_id, str(order.price), order.severity) == ("by-phone-1", "125000.50", "high")
    assert owner_of(order) == "Anna"
    assert page.redirect_chain[-1][0] == f"/admin/orders/order/{order.pk}/change/"
    entry = Entry.objects.get(kind="command.intake")
    assert (entry.door, entry.actor_id) == ("admin", company.lead.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "-1"),
        ("price", "NaN"),
        ("price", "1e9"),
        ("price", "1.005"),
        ("currency", "рубль"),
        ("severity", "huge"),
        ("item", ""),
        ("item", "\u200b\u200b"),
        ("client_name", "a\x07b"),
        ("external_id", ""),
        ("comment", "x" * 10_001),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(
    company: Company, lead: Visitor, field: str, value: str
) -> None:
    page = lead.post("orders_order_add", data={**GIVEN, field: value})

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Order.objects.exists()


def test_the_same_order_twice_is_one_order_and_another_body_is_refused(
    company: Company, lead: Visitor
) -> None:
    lead.post("orders_order_add", data=GIVEN)
    lead.post("orders_order_add", data=GIVEN)
    assert Order.objects.count() == 1

    page = lead.post("orders_order_add", data={**GIVEN, "item": "Another camera"})
    assert page.status_code == 422
    assert "external_id" in page.context["form"].errors


def test_the_same_client_and_item_again_is_taken_with_a_warning(company: Company, lead: Visitor) -> None:
    lead.post("orders_order_add", data=GIVEN)
    first = Order.objects.get()

    lead.post("orders_order_add", data={**GIVEN, "external_id": "by-phone-2", "client_name": "IVAN ivanov"})

    second = Order.objects.exclude(pk=first.pk).get()
    # The page that the form leads to.
    page = lead.order_page(second).content.decode()
    assert f'<a class="link" href="/admin/orders/order/{first.pk}/change/">{first.ref}</a>' in page


def test_only_whoever_takes_orders_in_may_write_one(company: Company) -> None:
    anna = manager_visitor(company, company.manager("Anna"))

    for visitor in (anna, observer(company)):
        assert visitor.post("orders_order_add", data=GIVEN).status_code == 403
        assert visitor.get("orders_order_import").status_code == 403
    assert anna.get("orders_order_export").status_code == 403
    assert not Order.objects.exists()


def upload(visitor: Visitor, content: str) -> str:
    """The page after a file was chosen: what would happen."""
    file = SimpleUploadedFile("orders.csv", content.encode(), "text/csv")
    return visitor.post(
        "orders_order_import", data={"import_file": file, "format": "0", "resource": ""}
    ).content.decode()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields by which a preview is confirmed."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_a_file_is_shown_first_and_taken_when_confirmed(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    content = "external_id,client_name,item\nF-1,Ivan,Camera\nF-2,Olga,Lens\n"

    page = upload(lead, content)
    assert "F-1" in page
    assert not Order.objects.exists()

    given = {name: value for name, value in hidden(page).items() if name != "csrfmiddlewaretoken"}
    lead.post("orders_order_process_import", data=given)
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["F-1", "F-2"]
    assert {owner_of(order) for order in Order.objects.all()} == {"Anna"}


def confirmation(page: str) -> dict[str, str]:
    return {name: value for name, value in hidden(page).items() if name != "csrfmiddlewaretoken"}


ONE = "external_id,client_name,item\nF-1,Ivan,Camera\n"


def test_a_file_is_confirmed_once(company: Company, lead: Visitor) -> None:
    given = confirmation(upload(lead, ONE))
    lead.post("orders_order_process_import", data=given)

    page = lead.post("orders_order_process_import", data=given)

    assert (page.status_code, len(said(page))) == (200, 1)
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["secret.csv", "../secret.csv", "/etc/passwd", "..", ".", "x" * 43, "x" * 5000, "..%2fsecret.csv"]
)
def test_no_name_but_a_previews_opens_a_file(
    company: Company, lead: Visitor, name: str, settings: Any
) -> None:
    given = confirmation(upload(lead, ONE))
    others = Path(settings.MEDIA_ROOT) / "imports" / "secret.csv"
    others.write_text(ONE)

    page = lead.post("orders_order_process_import", data={**given, "import_file_name": name})

    assert (page.status_code, len(said(page))) == (200, 1)
    assert others.read_text() == ONE
    assert not Order.objects.exists()


@pytest.mark.parametrize("file_format", ["9", "-1", "x", ""])
def test_a_format_that_is_none_imports_nothing(company: Company, lead: Visitor, file_format: str) -> None:
    given = confirmation(upload(lead, ONE))

    page = lead.post("orders_order_process_import", data={**given, "format": file_format})

    assert page.status_code == 200
    assert not Order.objects.exists()


def test_a_file_that_nobody_confirmed_does_not_stay(company: Company, lead: Visitor, settings: Any) -> None:
    first = Path(settings.MEDIA_ROOT) / "imports" / confirmation(upload(lead, ONE))["import_file_name"]
    assert first.stat().st_mode & 0o077 == 0
    upload(lead, ONE)
    assert first.exists()
    an_hour_ago = first.stat().st_mtime - 3601
    os.utime(first, (an_hour_ago, an_hour_ago))

    upload(lead, ONE)

    assert not first.exists()


def test_a_partly_bad_file_says_which_rows_are_wrong(company: Company, lead: Visitor) -> None:
    page = upload(lead, "external_id,client_name,item,price\nF-1,Ivan,Camera,10\nF-2,,Lens,ten\n")

    assert "F-2" in page
    assert not Order.objects.exists()


def test_what_is_no_table_is_refused_with_a_sentence(company: Company, lead: Visitor) -> None:
    page = lead.post(
        "orders_order_import",
        data={"import_file": SimpleUploadedFile("orders.csv", b"\x89PNG\r\n\x1a\n\x00\x00"), "format": "0"},
    )

    assert page.status_code == 200
    assert "import_file" in page.context["form"].errors
    assert text(page)
