"""Who sees an order: the same answer by REST, in the panel and from the bot."""

from collections.abc import Callable

import pytest

from core.models import User
from core.roles import FINANCE, OBSERVER
from orders.models import Order
from orders.services import task_add, task_done
from telegram_bot import commands
from telegram_bot.visits import Known, Visit
from tests.api.client import person
from tests.panel.visitor import Visitor
from tests.stories.company import HOUR, Company

Door = Callable[[Company, Order, User], bool]


def by_rest(company: Company, order: Order, user: User) -> bool:
    caller = person(company, user)
    listed = [row["ref"] for row in caller.get("orders/").json()["results"]]
    opened = caller.get(f"orders/{order.ref}/").status_code == 200
    assert opened == (order.ref in listed)
    return opened


def in_the_panel(company: Company, order: Order, user: User) -> bool:
    visitor = Visitor(company, user)
    listed = list(visitor.get("orders_order_changelist").context["cl"].result_list)
    opened = visitor.order_page(order).status_code == 200
    assert opened == (order in listed)
    return opened


def from_the_bot(company: Company, order: Order, user: User) -> bool:
    visit = Visit(item_id=1, telegram_id=7000 + user.pk, chat_id=7000 + user.pk, is_private=True)
    known = Known(visit, user, visit.chat_id, company.now)
    by_ref, by_id = (commands.find_order(known, text) for text in (order.ref, order.external_id))
    assert by_ref == by_id
    return by_ref == order


DOORS = {"REST": by_rest, "panel": in_the_panel, "bot": from_the_bot}


@pytest.fixture(params=DOORS)
def sees(request: pytest.FixtureRequest, company: Company) -> Callable[[Order, User], bool]:
    door = DOORS[request.param]
    # As at the next request: what a person may do is read once for each.
    return lambda order, user: door(company, order, User.objects.get(pk=user.pk))


def test_its_owner_sees_an_order_and_no_other_manager(
    company: Company, sees: Callable[[Order, User], bool]
) -> None:
    anna = company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")

    assert sees(order, anna.user)
    assert not sees(order, boris.user)


def test_whoever_has_the_next_step_sees_it(company: Company, sees: Callable[[Order, User], bool]) -> None:
    company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")
    Order.objects.filter(pk=order.pk).update(next_action_user=boris.user)

    assert sees(order, boris.user)


def test_whoever_has_a_task_of_it_sees_it_as_long_as_that_is_open(
    company: Company, sees: Callable[[Order, User], bool]
) -> None:
    anna = company.manager("Anna")
    order = company.order()
    boris = company.manager("Boris")
    task = task_add(
        order_id=order.pk,
        title="Call the seller",
        owner_id=boris.user_id,
        due_at=company.now + HOUR,
        actor=company.actor(company.lead),
        now=company.now,
    )
    company.commit()

    assert sees(order, boris.user)
    task_done(task_id=task.pk, actor=company.actor(boris), now=company.now)
    assert not sees(order, boris.user)
    assert sees(order, anna.user)


@pytest.mark.parametrize("role", [FINANCE, OBSERVER])
def test_those_who_see_everybody_s_orders_see_it(
    company: Company, sees: Callable[[Order, User], bool], role: str
) -> None:
    company.manager("Anna")
    order = company.order()

    assert sees(order, company.lead)
    assert sees(order, company.person("Viktor", role))
