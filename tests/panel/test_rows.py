"""The rows of our lists are those that Unfold would have made: its own tag is the oracle."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test.html import parse_html
from django.utils import translation

from core import clock
from core.models import User
from orders.models import Order
from panel.admin import REGISTERED
from tests.factories import AuditFactory, HeartbeatFactory, UpdateFactory
from tests.panel.visitor import Visitor, superuser
from tests.stories.company import Company

LISTS = sorted(f"{model._meta.app_label}_{model._meta.model_name}_changelist" for model in REGISTERED)

HOSTILE = "<script>alert('&amp;')</script>"


@pytest.fixture
def lived_in(company: Company) -> Company:
    """Orders of all kinds: waiting, in work and late, closed; people and clients with names that try to be HTML."""
    anna = company.manager("Anna")
    User.objects.filter(pk=anna.user_id).update(last_name=HOSTILE)
    company.accept(company.order("late", severity="critical"))
    company.cancel(company.order("closed"))
    company.go(timedelta(hours=10))
    company.order("waits", severity="high")
    Order.objects.filter(external_id="late").update(item=HOSTILE, client_name="R & D")
    AuditFactory()
    HeartbeatFactory()
    UpdateFactory()
    return company


def table(page: str) -> object:
    """What a browser makes of the list's table; None where nothing is listed."""
    found = re.search("<table.*?</table>", page, re.DOTALL)
    return parse_html(found[0]) if found else None


def of_unfold(page: HttpResponse, visitor: Visitor) -> str:
    """The same list by Unfold's own tag."""
    cl = page.context["cl"]
    tag = Template("{% load unfold_list %}{% unfold_result_list cl %}")
    context = Context({"cl": cl, "opts": cl.opts, "request": page.wsgi_request})
    with translation.override(page.headers["Content-Language"]), clock.fixed(visitor.company.now):
        return tag.render(context)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_looks_as_unfold_would_show_it(lived_in: Company, name: str) -> None:
    visitor = superuser(lived_in)
    page = visitor.get(name)

    assert table(page.content.decode()) == table(of_unfold(page, visitor))


@pytest.mark.parametrize("query", [{"view": "all"}, {"view": "all", "o": "-1"}, {"q": "late", "_popup": "1"}])
def test_a_list_of_orders_looks_so_however_it_was_asked_for(
    lived_in: Company, lead: Visitor, query: dict[str, str]
) -> None:
    page = lead.get("orders_order_changelist", query=query)

    assert page.context["cl"].result_list
    assert table(page.content.decode()) == table(of_unfold(page, lead))


def test_a_manager_who_chooses_nothing_has_no_checkboxes(lived_in: Company) -> None:
    anna = User.objects.get(username="anna")
    page = Visitor(lived_in, anna).get("orders_order_changelist")

    assert "_selected_action" not in page.content.decode()
    assert table(page.content.decode()) == table(of_unfold(page, Visitor(lived_in, anna)))
