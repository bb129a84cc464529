"""The ladder by REST: the same services and refusals, and how it stands with each order."""

from datetime import timedelta

import pytest

from core.roles import FINANCE
from orders.models import Order
from tests.api.client import Caller, agent, person, problem
from tests.stories.company import HOUR, Company, moment


@pytest.fixture
def lead(company: Company) -> Caller:
    return person(company, company.lead)


@pytest.fixture
def late(company: Company) -> Order:
    """Accepted at noon, eight working hours for its stage: at 20:00 its owner and their lead were told."""
    company.manager("Anna", (moment("09:00"), moment("21:00", day=2)))
    order = company.accept(company.order())
    company.go_to(moment("20:01"))
    return order


def test_an_order_says_what_climbs_and_who_was_told(company: Company, lead: Caller, late: Order) -> None:
    body = lead.get(f"orders/{late.ref}/").json()

    assert body["escalation"] == {"open": 1, "level": 2, "acknowledged_until": None}
    assert body["snoozed_until"] is None
    listed = lead.get("orders/").json()["results"]
    assert [(row["ref"], row["escalation"]["level"]) for row in listed] == [(late.ref, 2)]


def test_acknowledge_snooze_unsnooze_and_resolve_answer_with_the_order(
    company: Company, lead: Caller, late: Order
) -> None:
    until = company.now + 2 * HOUR
    ladder = f"orders/{late.ref}"

    body = lead.post(f"{ladder}/escalation/acknowledge/", {"until": until.isoformat()}).json()
    assert body["escalation"]["acknowledged_until"] == until.isoformat().replace("+00:00", "Z")

    body = lead.post(f"{ladder}/snooze/", {"until": until.isoformat(), "why": "Waits for parts"}).json()
    assert body["snoozed_until"] == until.isoformat().replace("+00:00", "Z")

    assert lead.post(f"{ladder}/unsnooze/").json()["snoozed_until"] is None
    resolved = lead.post(f"{ladder}/escalation/resolve/", {"reason": "solved"})
    assert resolved.status_code == 200
    assert resolved.json()["escalation"] is None
    assert company.audit() == {}


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("unsnooze/", {}, (422, "not_snoozed")),
        ("snooze/", {"until": "2026-03-02T16:00:00Z", "why": "later"}, (422, "snooze_in_past")),
        ("snooze/", {"until": "2026-03-05T16:00:00Z", "why": "later"}, (422, "snooze_too_long")),
        ("snooze/", {"until": "2026-03-02T18:00:00Z", "why": " "}, (400, "invalid")),
        ("snooze/", {"until": "tomorrow", "why": "later"}, (400, "invalid")),
        ("snooze/", {"why": "later"}, (400, "invalid")),
        ("escalation/resolve/", {}, (400, "invalid")),
        ("escalation/acknowledge/", {"until": "2026-03-02T18:00:00"}, (400, "invalid")),
        ("escalation/acknowledge/", {"untill": "2026-03-02T18:00:00Z"}, (400, "invalid")),
    ],
)
def test_what_can_not_be_meant_is_refused_by_name(
    lead: Caller, late: Order, path: str, body: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert problem(lead.post(f"orders/{late.ref}/{path}", body))[:2] == refusal


def test_twice_is_refused_and_changes_nothing(lead: Caller, late: Order) -> None:
    resolve = f"orders/{late.ref}/escalation/resolve/"
    assert lead.post(resolve, {"reason": "solved"}).status_code == 200
    assert problem(lead.post(resolve, {"reason": "solved"}))[:2] == (422, "already_resolved")
    acknowledge = f"orders/{late.ref}/escalation/acknowledge/"
    assert problem(lead.post(acknowledge))[:2] == (422, "nothing_to_acknowledge")


def test_agents_and_others_do_not_answer_the_ladder(company: Company, late: Order) -> None:
    finance = person(company, company.person("Fyodor", FINANCE))
    key = agent(company, "ai_ceo", "orders:read", "orders:act")
    for caller in (finance, key):
        refused = caller.post(f"orders/{late.ref}/escalation/resolve/", {"reason": "solved"})
        assert problem(refused)[:2] == (403, "not_yours")
    stranger = person(company, company.manager("Boris").user)
    hidden = stranger.post(f"orders/{late.ref}/escalation/acknowledge/")
    assert problem(hidden)[0] == 404


def test_the_timeline_says_what_the_ladder_did_and_what_was_answered(
    company: Company, lead: Caller, late: Order
) -> None:
    company.now += timedelta(minutes=4)
    until = (company.now + HOUR).isoformat()
    lead.post(f"orders/{late.ref}/snooze/", {"until": until, "why": "client_asked"})
    lead.post(f"orders/{late.ref}/escalation/resolve/", {"reason": "Agreed with Anna"})

    rows = lead.get(f"orders/{late.ref}/timeline/", {"limit": "200"}, Accept_Language="en").json()["results"]
    said = {row["kind"]: (row["title"], row["detail"]) for row in rows}

    assert said["command.snooze"] == ("Snoozed until 21:05", "the client asked to wait")
    assert said["command.resolve"] == ("The escalation was resolved", "Agreed with Anna")
    breach = next(row for row in rows if row["kind"] == "decision.plan" and "is over" in row["title"])
    assert "Escalation to the lead of the team, time for the stage" in breach["detail"]
