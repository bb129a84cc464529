"""Ways of looking at the list that a person keeps for themselves."""

import pytest

from panel.models import SavedView
from panel.services import AT_MOST
from tests.panel.visitor import Visitor, manager_visitor, said, text
from tests.stories.company import Company


def keep(visitor: Visitor, name: str, asked: str) -> list[str]:
    return said(visitor.post("view_save", data={"name": name, "asked": asked}))


def test_a_view_is_kept_with_its_filters_and_without_its_page(company: Company, lead: Visitor) -> None:
    page = lead.post("view_save", data={"name": "Loud", "asked": "severity=high&view=burning&p=3&_x=1"})

    saved = SavedView.objects.get()
    assert (saved.user, saved.name, saved.query) == (company.lead, "Loud", "view=burning&severity=high")
    assert page.redirect_chain[-1][0] == "/admin/orders/order/?view=burning&severity=high"
    assert "Loud" in text(lead.get("orders_order_changelist"))


def test_the_same_name_is_the_same_view(company: Company, lead: Visitor) -> None:
    keep(lead, "Mine", "severity=high")
    keep(lead, "Mine", "severity=critical")

    assert SavedView.objects.get().query == "severity=critical"


def test_everybody_has_views_of_their_own(company: Company, lead: Visitor) -> None:
    anna = manager_visitor(company, company.manager("Anna"))
    keep(lead, "Secret plan", "severity=high")

    assert "Secret plan" not in text(anna.get("orders_order_changelist"))
    anna.post("view_forget", SavedView.objects.get().pk)
    assert SavedView.objects.count() == 1

    lead.post("view_forget", SavedView.objects.get().pk)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("", "severity=high"),
        ("x" * 41, "severity=high"),
        ("Empty", ""),
        ("Nothing", "p=2"),
        ("Long", "q=" + "ы" * 200),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_sentence(
    company: Company, lead: Visitor, name: str, asked: str
) -> None:
    assert len(keep(lead, name, asked)) == 1
    assert not SavedView.objects.exists()


def test_only_so_many_views_are_kept(company: Company, lead: Visitor) -> None:
    for number in range(AT_MOST + 1):
        keep(lead, f"View {number}", f"q={number}")

    assert SavedView.objects.count() == AT_MOST
    keep(lead, "View 0", "q=changed")
    assert SavedView.objects.get(name="View 0").query == "q=changed"


def test_a_view_leads_to_the_list_and_nowhere_else(company: Company, lead: Visitor) -> None:
    keep(lead, "Hostile", "severity=high&next=https://evil.example/&view=//evil.example")

    assert SavedView.objects.get().query == "view=%2F%2Fevil.example&severity=high"
    assert lead.get("orders_order_changelist", query={"view": "//evil.example"}).status_code == 200


def test_links_keep_and_forget_nothing(company: Company, lead: Visitor) -> None:
    assert lead.get("view_save").status_code == 405
    assert lead.get("view_forget", 1).status_code == 405
