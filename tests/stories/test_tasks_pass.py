"""Whoever gets an order gets what its owner has to do: only its owner may record what ends that."""

import pytest

from assignment.services import order_assign
from orders.models import Task
from orders.services import contact_add
from tests.stories.company import Company
from tests.stories.dealing import awaiting, step
from tests.stories.inspecting import owners

pytestmark = pytest.mark.django_db


def test_the_next_owner_asks_the_client(company: Company) -> None:
    company.manager("Anna")
    order = awaiting(company)
    boris = company.manager("Boris")
    by_lead = {"actor": company.actor(company.lead), "seen_version": None, "now": company.now}

    order_assign(order_id=order.pk, manager_id=boris.user_id, **by_lead)

    assert step(order) == ("follow_up_client", "person", ["follow_up:1", "client_decision"])
    assert order.next_action_user == boris.user
    asked = {"whom": "client", "channel": "phone", "outcome": "reached", "now": company.now}
    contact_add(order_id=order.pk, actor=owners(company, order), **asked)
    assert Task.objects.get(order=order, kind="follow_up").status == "done"
