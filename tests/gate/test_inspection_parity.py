"""27 points of 28, or 28 with one photo missing: no door completes that, and each says which."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core import actors, clock
from core.actors import Door
from core.models import Entry, User
from core.scopes import PERSONAL
from core.services.keys import key_issue
from orders.models import InspectionVerdict, Order
from orders.services import InspectionRefused, inspection_verdict
from orders.statuses import Status
from telegram_bot.cards import callback
from tests.gate.doors import DOORS, Answer, Attempt
from tests.stories.company import Company
from tests.stories.inspecting import answer, answers, attach_all, conclude, under_inspection
from tests.telegram_bot.talking import Talk

LACKS: dict[str, str] = {"27 of 28": "point:7", "one photo missing": "file:21"}


@pytest.fixture(params=LACKS)
def lacking(request: pytest.FixtureRequest, company: Company) -> tuple[Order, str]:
    """An order that lacks one thing, and that thing."""
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, answers(p7="") if request.param == "27 of 28" else answers())
    attach_all(company, order, but=[21] if request.param == "one photo missing" else [])
    order.refresh_from_db()
    return order, LACKS[request.param]


def stays(order: Order) -> bool:
    return Order.objects.get(pk=order.pk).status == Status.UNDER_INSPECTION


@pytest.mark.parametrize("role", ["owner", "lead"])
@pytest.mark.parametrize("door", DOORS)
def test_the_route_is_refused_and_names_what_is_missing(
    company: Company, lacking: tuple[Order, str], door: str, role: str
) -> None:
    order, lacks = lacking
    assert order.assigned_manager is not None
    user = order.assigned_manager if role == "owner" else company.lead

    found = DOORS[door](Attempt(order, "complete_inspection", user, company.now))

    assert found == Answer("route_refused", (lacks, "verdict"))
    assert stays(order)


@pytest.mark.parametrize("door", DOORS)
def test_a_photo_that_was_taken_away_after_the_verdict_is_missed_too(company: Company, door: str) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order)
    order.evidence.filter(item__number=21).update(
        removed_at=company.now + timedelta(seconds=1), removed_by=company.lead
    )
    order.refresh_from_db()
    assert order.assigned_manager is not None

    # Whatever stands beside the inspection, the gate counts the files themselves.
    found = DOORS[door](Attempt(order, "complete_inspection", order.assigned_manager, company.now))

    assert found == Answer("route_refused", ("file:21",))
    assert stays(order)


# ── the verdict ──


def by_shell(company: Company, order: Order, user: User) -> tuple[str, Sequence[str]]:
    with pytest.raises(InspectionRefused) as refused:
        inspection_verdict(
            order_id=order.pk,
            verdict="remarks",
            remarks="Old",
            actor=actors.person(user, door=Door.SHELL),
            now=company.now,
        )
    return refused.value.code, refused.value.lacks()


def by_api(company: Company, order: Order, user: User) -> tuple[str, Sequence[str]]:
    _key, plain = key_issue(name="parity", user=user, scopes=PERSONAL, now=company.now)
    with clock.fixed(company.now):
        response = Client().post(
            f"/api/v1/orders/{order.ref}/inspection/verdict/",
            json.dumps({"verdict": "remarks", "remarks": "Old", "version": order.version}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {plain}"},
        )
    assert response.status_code == 422
    problem = response.json()
    return problem["code"], [item["code"] for item in problem["missing"]]


def by_admin(company: Company, order: Order, user: User) -> tuple[str, Sequence[str]]:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with clock.fixed(company.now):
        client.post(
            reverse("admin:inspection_verdict", args=[order.pk]),
            {"verdict": "remarks", "remarks": "Old", "version": order.version},
        )
    entry = Entry.objects.get(kind="command.inspection_verdict")
    assert entry.door == "admin"
    return entry.output["code"], entry.output["missing"]


VERDICTS: dict[str, Callable[[Company, Order, User], tuple[str, Sequence[str]]]] = {
    "shell": by_shell,
    "api": by_api,
    "admin": by_admin,
}


@pytest.mark.parametrize("door", VERDICTS)
def test_no_verdict_is_given_and_what_is_missing_is_named(
    company: Company, lacking: tuple[Order, str], door: str
) -> None:
    order, lacks = lacking
    assert order.assigned_manager is not None

    assert VERDICTS[door](company, order, order.assigned_manager) == ("incomplete", [lacks])

    assert not InspectionVerdict.objects.exists()
    assert stays(order)


@pytest.mark.parametrize("code", [1, 2, 3])
def test_the_bots_button_shows_what_is_left_instead(
    company: Company, lacking: tuple[Order, str], code: int
) -> None:
    """Whatever verdict is pressed on a card that is older than what it says."""
    order, lacks = lacking
    assert order.assigned_manager is not None
    talk = Talk(company, order.assigned_manager, order)
    talk.press(callback.INSPECT, order.pk)

    with translation.override("en"):
        said = talk.press(callback.VERDICT_IS, talk.inspection, order.version, code)
        shown = talk.shown()

    assert said.alert
    assert f"{lacks.partition(':')[2]}. " in shown
    assert not InspectionVerdict.objects.exists()
    assert stays(order)
