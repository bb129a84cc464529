"""A deal with nothing recorded, with a little, and with all of it: every door gives the same answer.

The bot has buttons for the way forward; what ends an order there is asked for, so that it has no route to compare.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest

from core import actors
from core.models import Entry, User
from core.roles import DECIDER, user_set_roles
from core.services.keys import key_issue
from orders import gate
from orders.models import Approval, Order
from orders.services import blocker_open, opinion_add
from telegram_bot.cards import callback
from telegram_bot.cards.deal.codes import ROUTES
from tests.factories import UserFactory
from tests.gate.doors import DOORS, Answer, Attempt
from tests.stories.company import HOUR, Company
from tests.stories.dealing import (
    agree_date,
    awaiting,
    decide,
    fix_carrier,
    in_transit,
    logistics,
    paid,
    pay,
    prove_delivery,
    ready,
)
from tests.stories.inspecting import owners
from tests.telegram_bot.dealing import dealing

Build = Callable[[Company], Order]
DONE = Answer("done")
NOT_YOURS = Answer("not_yours")


def lacks(*codes: str) -> Answer:
    return Answer("route_refused", codes)


def paid_with(amount: str, currency: str) -> Build:
    """All is there but the money, which is this."""

    def build(company: Company) -> Order:
        order = awaiting(company)
        decide(company, order, "confirmed")
        agree_date(company, order)
        pay(company, order, Decimal(amount), currency=currency)
        return order

    return build


def with_carrier(company: Company) -> Order:
    order = ready(company)
    fix_carrier(company, order)
    return order


def blocked(company: Company) -> Order:
    order = with_carrier(company)
    blocker_open(
        order_id=order.pk,
        kind="papers",
        text="No receipt",
        owner_id=company.lead.pk,
        due_at=company.now + HOUR,
        actor=owners(company, order),
        now=company.now,
    )
    company.commit()
    return order


def arrived(company: Company) -> Order:
    order = in_transit(company)
    logistics(company, order, delivered_at=company.now)
    prove_delivery(company, order)
    return order


def with_opinion(verdict: str) -> Build:
    def build(company: Company) -> Order:
        order = awaiting(company)
        key, _plain = key_issue(name="ai_grc", source="ai_grc", scopes=["opinions:write"], now=company.now)
        opinion_add(
            order_id=order.pk,
            verdict=verdict,
            text="It is searched for",
            actor=actors.agent(key.pk),
            now=company.now,
        )
        company.commit()
        return order

    return build


@dataclass(frozen=True)
class Case:
    route: str
    build: Build
    owner: Answer
    lead: Answer


def same(route: str, build: Build, answer: Answer) -> Case:
    return Case(route, build, owner=answer, lead=answer)


CASES: Mapping[str, Case] = {
    "release, nothing": same("release_to_ship", awaiting, lacks("client_decision", "payment", "seller_date")),
    "release, one rouble": same("release_to_ship", paid_with("1.00", "RUB"), lacks("payment")),
    "release, a kopeck less": same("release_to_ship", paid_with("124999.99", "RUB"), lacks("payment")),
    "release, dollars": same("release_to_ship", paid_with("125000.00", "USD"), lacks("payment")),
    "release, all": same("release_to_ship", paid, DONE),
    "ship, nothing": same("ship", ready, lacks("carrier", "tracking", "promised_date")),
    "ship, blocked": same("ship", blocked, lacks("blocker")),
    "ship, all": same("ship", with_carrier, DONE),
    "deliver, nothing": same("deliver", in_transit, lacks("delivery_date", "proof")),
    "deliver, all": same("deliver", arrived, DONE),
    "cancel, no money": same("cancel", awaiting, DONE),
    "cancel, with money": same("cancel", paid, lacks("approval")),
    "reject, nothing": Case("reject", awaiting, NOT_YOURS, lacks("legal_opinion", "approval")),
    "reject, no grounds": Case(
        "reject", with_opinion("no_grounds"), NOT_YOURS, lacks("legal_opinion", "approval")
    ),
    "reject, grounds": Case("reject", with_opinion("grounds"), NOT_YOURS, lacks("approval")),
}


def bot(company: Company, attempt: Attempt) -> Answer:
    """The button of the card, pressed."""
    number = {route: number for number, route in ROUTES.items()}[attempt.route]
    attempt.user.telegram_links.get_or_create(
        telegram_id=7000 + attempt.user.pk,
        defaults={"chat_id": 7000 + attempt.user.pk, "linked_at": attempt.now},
    )
    talk = dealing(company, attempt.user, attempt.order)
    talk.press(callback.TAKE_ROUTE, attempt.order.pk, attempt.order.version, number)
    entry = Entry.objects.filter(kind="command.route").latest("pk")
    assert (entry.door, entry.inputs["route"]) == ("bot", attempt.route)
    return Answer(entry.output.get("code", entry.output["result"]), tuple(entry.output.get("missing", ())))


def without_ids(answer: Answer) -> Answer:
    """A blocker is named by its number."""
    return Answer(answer.result, tuple(code.partition(":")[0] for code in answer.missing))


def asked_as(role: str, company: Company, order: Order) -> User:
    assert order.assigned_manager is not None
    return order.assigned_manager if role == "owner" else company.lead


TRIED = [
    (name, door)
    for name, case in CASES.items()
    for door in [*DOORS, *(["bot"] if case.route in ROUTES.values() else [])]
]


@pytest.mark.parametrize("role", ["owner", "lead"])
@pytest.mark.parametrize(("name", "door"), TRIED)
def test_every_door_gives_the_same_answer_about_a_deal(
    name: str, door: str, role: str, company: Company
) -> None:
    case = CASES[name]
    company.manager("Anna")
    # Whom a page may ask for a yes: not the one who asks.
    user_set_roles(user=UserFactory(), roles=[DECIDER])
    order = case.build(company)
    order.refresh_from_db()
    came_from, expected = order.status, getattr(case, role)

    attempt = Attempt(order, case.route, asked_as(role, company, order), company.now)
    answer = bot(company, attempt) if door == "bot" else DOORS[door](attempt)

    assert without_ids(answer) == expected
    moved = Order.objects.get(pk=order.pk)
    assert moved.status == (gate.ROUTES[case.route].target if expected == DONE else came_from)
    assert not Approval.objects.filter(order=order, state="approved").exists()
