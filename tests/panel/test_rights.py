"""Which pages there are for whom; histories are only read, and nothing is deleted in bulk."""

import pytest
from django.contrib.admin.sites import all_sites
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Entry, Message
from core.roles import MANAGER
from orders.models import Order, StatusEvent
from panel.admin import REGISTERED
from panel.base import PanelAdmin, ReadOnlyAdmin
from panel.sites import site
from tests.factories import (
    AuditFactory,
    ChatGroupFactory,
    HeartbeatFactory,
    UpdateFactory,
    ViolationFactory,
)
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, superuser
from tests.stories.company import Company, moment

LISTS = {model: f"{model._meta.app_label}_{model._meta.model_name}" for model in REGISTERED}
NAMES = list(LISTS.values())

FOR_READERS = {
    "orders_order",
    "orders_inspectiontemplate",
    "orders_terms",
    "orders_approval",
    "orders_payment",
    "orders_payout",
    "orders_blocker",
    "orders_claim",
    "assignment_manager",
    "assignment_shift",
    "assignment_absence",
    "assignment_weighttable",
    "assignment_assignment",
    "core_team",
    "core_user",
    "core_calendar",
    "core_entry",
    "sla_matrix",
    "sla_violation",
}
FOR_LEADS = FOR_READERS | {
    "core_message",
    "core_apikey",
    "core_telegramlink",
    "core_chatgroup",
    "core_heartbeat",
    "telegram_bot_update",
    "rop_audit",
}
FOR_MANAGERS = {"orders_order", "orders_inspectiontemplate", "orders_terms"}


@pytest.fixture
def busy(company: Company) -> Company:
    """Something in every list."""
    anna = company.manager("Anna")
    company.absent(anna, moment("09:00", day=5), moment("18:00", day=5))
    company.order("A-1")
    company.accept(company.order("A-2"))
    AuditFactory()
    ChatGroupFactory()
    HeartbeatFactory(name="loop")
    UpdateFactory()
    order_id = Order.objects.values_list("pk", flat=True)[0]
    ViolationFactory(order_id=order_id, clock__subject_id=order_id + 1000)
    return company


@pytest.mark.parametrize("name", NAMES)
def test_every_list_and_every_row_of_it_opens_for_the_superuser(busy: Company, name: str) -> None:
    visitor = superuser(busy)

    page = visitor.get(f"{name}_changelist")
    assert page.status_code == 200
    for row in page.context["cl"].result_list[:2]:
        assert visitor.get(f"{name}_change", row.pk).status_code == 200
        assert visitor.get(f"{name}_history", row.pk).status_code in (200, 403)


@pytest.mark.parametrize("name", NAMES)
def test_each_role_opens_its_own_lists_and_no_others(busy: Company, name: str) -> None:
    anna = busy.person("Dina", MANAGER)
    answers = {
        "lead": Visitor(busy, busy.lead),
        "finance": finance(busy),
        "observer": observer(busy),
        "manager": Visitor(busy, anna),
    }
    opened = {
        role for role, visitor in answers.items() if visitor.get(f"{name}_changelist").status_code == 200
    }

    expected = {"lead"} if name in FOR_LEADS else set()
    expected |= {"finance", "observer"} if name in FOR_READERS else set()
    expected |= {"manager"} if name in FOR_MANAGERS else set()
    assert opened == expected


def test_the_side_bar_leads_only_where_one_may_go(busy: Company) -> None:
    anna = busy.person("Dina", MANAGER)
    for visitor in (
        Visitor(busy, busy.lead),
        finance(busy),
        observer(busy),
        Visitor(busy, anna),
        superuser(busy),
    ):
        groups = visitor.get("index").context["sidebar_navigation"]
        links = [item["link"] for group in groups for item in group["items"]]
        assert links
        assert [visitor.client.get(link).status_code for link in links] == [200] * len(links)


HISTORIES = [model for model, admin in REGISTERED.items() if issubclass(admin, ReadOnlyAdmin)]


@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model.__name__)
def test_histories_are_only_read_even_by_the_superuser(busy: Company, model: type) -> None:
    name = LISTS[model]
    visitor = superuser(busy)
    row = model.objects.first()  # type: ignore[attr-defined]
    # Some are added by a page of their own, through a service.
    if not site._registry[model].has_add_permission(visitor.get("index").wsgi_request):
        assert visitor.post(f"{name}_add").status_code == 403
    if row is None:
        return
    assert visitor.post(f"{name}_delete", row.pk, data={"post": "yes"}).status_code == 403
    if model is not Order:
        assert visitor.post(f"{name}_change", row.pk).status_code == 403


def test_nothing_is_deleted_in_bulk(busy: Company) -> None:
    request = superuser(busy).get("index").wsgi_request

    for admin in site._registry.values():
        assert isinstance(admin, PanelAdmin)
        assert "delete_selected" not in admin.get_actions(request)


def test_an_order_is_neither_deleted_nor_edited_as_a_row(busy: Company) -> None:
    order = Order.objects.get(external_id="A-1")
    for visitor in (superuser(busy), Visitor(busy, busy.lead)):
        assert visitor.post("orders_order_delete", order.pk, data={"post": "yes"}).status_code == 403
        visitor.post("orders_order_change", order.pk, data={"status": "delivered", "external_id": "X"})

    order.refresh_from_db()
    assert (order.status, order.external_id) == ("pending_manager", "A-1")
    assert StatusEvent.objects.filter(order=order).count() == 1


def test_the_default_admin_is_not_served(busy: Company) -> None:
    assert site in all_sites
    assert reverse("admin:index") == "/admin/"
    assert superuser(busy).client.get("/admin/auth/group/").status_code == 404


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_a_row_of_a_name_that_can_not_be_is_not_found(busy: Company, page: str) -> None:
    client = superuser(busy).client
    client.raise_request_exception = False

    assert client.get(f"/admin/core/heartbeat/a%00b/{page}/").status_code in (403, 404)


@pytest.mark.parametrize(
    "address",
    [
        "core/entry/?kind=%00",
        "core/message/?status__exact=a%%0000",
        "orders/order/?q=%00",
        "autocomplete/?app_label=assignment&model_name=manager&field_name=user&term=%00",
        "search/?s=%00",
    ],
)
def test_queries_that_nobody_can_type_break_no_page(busy: Company, address: str) -> None:
    client = superuser(busy).client
    client.raise_request_exception = False

    assert client.get("/admin/" + address).status_code in (200, 302, 403)


def test_managers_have_no_page_of_messages_and_decisions(busy: Company) -> None:
    anna = manager_visitor(busy, busy.manager("Boris"))

    assert anna.get("core_message_change", Message.objects.first().pk).status_code == 403  # type: ignore[union-attr]
    assert anna.get("core_entry_change", Entry.objects.first().pk).status_code == 403  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["core_entry", "sla_violation", "assignment_assignment", "core_message"])
def test_journals_cost_the_same_however_long_they_are(busy: Company, name: str) -> None:
    visitor = Visitor(busy, busy.lead)
    visitor.get(f"{name}_changelist")
    few = _queries(visitor, f"{name}_changelist")
    busy.manager("Boris")
    for number in range(15):
        busy.accept(busy.order(f"B-{number}"))

    assert _queries(visitor, f"{name}_changelist") == few


def _queries(visitor: Visitor, name: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        visitor.get(name)
    return len(captured)
