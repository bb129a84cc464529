"""Why an order is where it is: the owner's choice, the deadlines to the second, what comes next."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assignment.services import absence_add, order_assign
from core.models import Calendar, Entry
from orders.models import Order
from orders.services import task_add
from rop.explain import explain, explain_sentences
from rop.explain.gathering import explanation
from rop.explain.sentences import next_sentences
from rop.timeline import timeline
from sla.models import Clock
from tests.api.client import agent, person, problem
from tests.stories.company import HOUR, MINUTE, Company, moment, owner_of


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)


def explained(company: Company, order: Order) -> dict[str, Any]:
    response = agent(company, f"reader{order.pk}-{company.now:%d%H%M}", "explain:read").get(
        f"orders/{order.ref}/explain/"
    )
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def test_the_choice_names_all_candidates_with_their_loads_and_why_they_were_none(company: Company) -> None:
    company.manager("Anna", capacity=10)
    company.order("A-1")
    boris, _vera = company.manager("Boris", capacity=20), company.manager("Vera", linked=False)
    company.manager("Gleb", (moment("18:00"), moment("21:00")))

    seen = explained(company, company.order("A-2"))["assignment"]

    assert seen["owner"] == {"id": boris.user_id, "name": "Boris"}
    assert seen["because"] == ["least_loaded"]
    assert seen["load_before"] == 0
    assert {one["manager"]["name"]: (one["load"], one["excluded_because"]) for one in seen["candidates"]} == {
        "Anna": (1, None),
        "Boris": (0, None),
        "Vera": (0, "unreachable"),
        "Gleb": (0, "off_shift"),
    }


def test_who_was_no_choice_for_this_very_order_is_named_too(company: Company) -> None:
    company.manager("Anna")
    order = company.order("A-1")
    company.manager("Boris")
    company.go(31 * MINUTE)
    assert owner_of(order) == "Boris"

    seen = explained(company, order)["assignment"]

    assert {one["manager"]["name"]: one["excluded_because"] for one in seen["candidates"]} == {
        "Anna": "silent_earlier",
        "Boris": None,
    }
    assert [(r["manager"]["name"], r["state"]) for r in seen["rounds"]] == [
        ("Anna", "silent"),
        ("Boris", "offered"),
    ]


def test_with_nobody_it_says_why_nobody_can_have_it_now(company: Company) -> None:
    company.manager("Anna", (moment("18:00"), moment("21:00")))
    order = company.order("A-1")

    body = explained(company, order)

    assert body["assignment"]["owner"] is None
    assert body["assignment"]["because"] == ["nobody_eligible"]
    assert [one["excluded_because"] for one in body["assignment"]["candidates"]] == ["off_shift"]
    first = body["next"][0]
    assert (first["what"], first["whom"]["role"]) == ("assign_when_free", "rop")
    assert [thing["whom"]["name"] for thing in body["next"] if thing["what"] == "escalate"][:1] == ["Olga"]


def test_an_order_given_by_hand_says_so(company: Company) -> None:
    anna = company.manager("Anna")
    boris = company.manager("Boris")
    order = company.order("A-1")
    other = boris if owner_of(order) == "Anna" else anna
    order_assign(
        order_id=order.pk,
        manager_id=other.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )

    seen = explained(company, order)["assignment"]

    assert (seen["owner"]["id"], seen["because"], seen["candidates"]) == (other.user_id, ["by_hand"], [])
    assert seen["reason"] == ""


def test_the_words_of_whoever_gave_it_by_hand_stay_with_the_order(company: Company) -> None:
    company.manager("Anna")
    order = company.order("A-1")
    boris, vera = company.manager("Boris"), company.manager("Vera")
    for given_to, reason in ((boris, "Speaks Polish"), (vera, "")):
        order_assign(
            order_id=order.pk,
            manager_id=given_to.user_id,
            actor=company.actor(company.lead),
            seen_version=None,
            now=company.now,
            reason=reason,
        )
        with translation.override("en"):
            said = "It was given with the words: Speaks Polish" in explain_sentences(order.pk, company.now)
        assert said == bool(reason)
        assert explained(company, order)["assignment"]["reason"] == reason
        company.go(MINUTE)

    seen = explained(company, order)["assignment"]
    assert [(held["manager"]["name"], held["reason"]) for held in seen["rounds"]] == [
        ("Anna", ""),
        ("Boris", "Speaks Polish"),
        ("Vera", ""),
    ]
    with translation.override("en"):
        lines = [item.detail for item in timeline(order.pk) if item.kind == "command.assign"]
    assert lines == ["it was with Boris before", "Speaks Polish; it was with Anna before"]


# ── deadlines ──


def segments(clock: dict[str, Any]) -> list[tuple[str, int]]:
    return [(segment["kind"], segment["seconds"]) for segment in clock["segments"]]


def check_clocks(body: dict[str, Any], order: Order) -> None:
    """Every deadline is covered without gaps, its counted seconds are the target, and it is the stored one."""
    stored = {clock.pk: clock for clock in Clock.objects.filter(order_id=order.pk).order_by("pk")}
    assert len(body["clocks"]) == len(stored) > 0
    for shown, clock in zip(body["clocks"], stored.values(), strict=True):
        pieces = shown["segments"]
        assert parse(shown["due_at"]) == clock.due_at == parse(pieces[-1]["to"])
        assert parse(shown["started_at"]) == clock.started_at == parse(pieces[0]["from"])
        assert all(a["to"] == b["from"] for a, b in pairwise(pieces))
        assert sum(piece["seconds"] for piece in pieces if piece["kind"] == "counted") == clock.target_seconds
        assert shown["target_seconds"] == clock.target_seconds
        assert all(piece["why"] for piece in pieces)


def test_an_acceptance_runs_over_the_managers_shifts(company: Company) -> None:
    # Twenty minutes are left of the first shift, ten follow next morning.
    company.manager(
        "Anna", (moment("09:00"), moment("12:20")), (moment("09:00", day=1), moment("21:00", day=1))
    )
    order = company.order()

    body = explained(company, order)

    (clock,) = body["clocks"]
    assert (clock["kind"], clock["state"], clock["policy_version"]) == ("accept", "running", 1)
    assert segments(clock) == [("counted", 1200), ("off_shift", 74400), ("counted", 600)]
    assert parse(clock["due_at"]) == moment("09:10", day=1)
    check_clocks(body, order)


def test_shifts_that_change_later_do_not_change_the_explanation(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    before = explained(company, order)["clocks"]

    anna.shifts.all().delete()

    assert explained(company, order)["clocks"] == before
    check_clocks({"clocks": before}, order)


def test_an_inspection_runs_over_nights_breaks_and_holidays_of_its_calendar_version(company: Company) -> None:
    Calendar.objects.create(
        code="default",
        version=2,
        title="Hours",
        time_zone="Europe/Moscow",
        hours={
            "week": [[["09:00", "13:00"], ["14:00", "18:00"]]] * 7,
            "exceptions": {"2026-03-03": {"hours": [], "why": "Inventory"}},
        },
        published_at=company.now,
    )
    anna = company.manager("Anna")
    order = company.accept(company.order(), anna)
    # Published after the clock was started: it keeps version 2.
    Calendar.objects.create(
        code="default", version=3, title="Hours", time_zone="Europe/Moscow",
        hours={"week": [[["00:00", "24:00"]]] * 7, "exceptions": {}}, published_at=company.now,
    )  # fmt: skip

    body = explained(company, order)

    accepted, stage = body["clocks"]
    assert (accepted["kind"], accepted["state"]) == ("accept", "met")
    assert (stage["kind"], stage["calendar"]) == ("stage", "default v2")
    # Eight hours from noon on Monday: 12–13, 14–18; Tuesday is off; Wednesday 9–12.
    assert segments(stage) == [
        ("counted", 3600),
        ("break", 3600),
        ("counted", 14400),
        ("night", 6 * 3600),
        ("holiday", 24 * 3600),
        ("night", 9 * 3600),
        ("counted", 10800),
    ]
    assert [piece["why"] for piece in stage["segments"] if piece["kind"] == "holiday"] == ["Inventory"]
    assert parse(stage["due_at"]) == moment("12:00", day=2)
    check_clocks(body, order)


def test_a_long_life_of_an_order_is_explained_to_the_second(company: Company) -> None:
    company.manager("Anna")
    company.manager("Boris")
    order = company.order("A-1", severity="high")
    task_add(
        order_id=order.pk, title="Call", owner_id=company.lead.pk, due_at=company.now + timedelta(hours=5, seconds=7),
        actor=company.actor(company.lead), now=company.now,
    )  # fmt: skip
    company.go(25 * MINUTE)
    company.accept(order)
    company.go(30 * HOUR)

    body = explained(company, order)

    assert {clock["kind"] for clock in body["clocks"]} == {"accept", "stage", "task"}
    check_clocks(body, order)


# ── what comes next ──


def next_things(body: dict[str, Any]) -> list[tuple[datetime, str, str]]:
    return [(parse(thing["at"]), thing["what"], thing["whom"]["name"]) for thing in body["next"]]


def foretold_in_words(company: Company, order: Order) -> list[str]:
    with translation.override("en"):
        coming = explanation(order.pk, now=company.now).next
        return [text for _at, text in next_sentences(coming, now=company.now)]


def test_what_comes_next_is_what_then_happens(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.manager("Boris")

    foretold = next_things(explained(company, order))

    assert foretold == [
        (moment("12:15"), "remind", "Anna"),
        # 75 % of 30 minutes.
        (moment("12:22") + timedelta(seconds=30), "remind", "Anna"),
        (moment("12:27"), "remind", "Anna"),
        (moment("12:30"), "take_away", "Anna"),
        (moment("12:30"), "assign_next", foretold[-1][2]),
    ]
    company.go(31 * MINUTE)
    assert owner_of(order) == "Boris"
    reminders = Entry.objects.filter(order_id=order.pk, kind="decision.plan", at__gt=moment("12:00"))
    assert sorted(set(reminders.values_list("at", flat=True))) == sorted(
        {at for at, _what, _whom in foretold}
    )


def test_an_accepted_order_is_foretold_with_its_breach_and_the_rungs_after_it(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.accept(company.order(), anna)

    foretold = next_things(explained(company, order))

    # Eight working hours of a day from 9 to 21, from noon: 50 % at 16:00, 75 % at 18:00, 90 % at 19:12.
    # The rung of the admins' group is reached at 22:00, when the quiet hours begin, so it waits until 08:00; there is
    # no such group, so the lead is told. It is repeated every four hours.
    assert foretold == [
        (moment("16:00"), "remind", "Anna"),
        (moment("18:00"), "remind", "Anna"),
        (moment("19:12"), "remind", "Anna"),
        (moment("20:00"), "breach", "Anna"),
        (moment("20:00"), "escalate", "Olga"),
        (moment("21:00"), "escalate", "Olga"),
        (moment("08:00", day=1), "escalate", "Olga"),
        (moment("08:00", day=1), "propose", "AI-РОП"),
        (moment("12:00", day=1), "escalate", "Olga"),
        (moment("12:00", day=1), "stuck", "Anna"),
        (moment("12:00", day=1), "escalate", "Olga"),
    ]


def test_a_page_says_a_repeated_rung_once_with_how_often_it_comes(company: Company) -> None:
    company.admins()
    company.manager("Anna")
    order = company.accept(company.order())

    said = foretold_in_words(company, order)

    # The group at 22:00, held back until 08:00, then at 12:00 and 16:00: three times in all.
    assert [text for text in said if "Admins" in text] == [
        "tomorrow 08:00: escalation to Admins, time for the stage, then 2 more times, every 4 h"
    ]
    assert not [text for text in said if "again" in text]


def test_of_a_rung_that_has_spoken_the_rest_is_said(company: Company) -> None:
    company.admins()
    company.manager("Anna")
    order = company.accept(company.order())
    company.go_to(moment("09:00", day=1))

    said = foretold_in_words(company, order)

    assert [text for text in said if "Admins" in text and "stage" in text] == [
        "12:00: escalation to Admins again, time for the stage, then 1 more time in 4 h"
    ]


def test_an_absence_ahead_takes_an_offer_away_before_its_deadline(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    absence_add(
        manager_id=anna.pk, starts_at=moment("12:10"), ends_at=moment("18:00"),
        actor=company.actor(company.lead), now=company.now,
    )  # fmt: skip

    assert next_things(explained(company, order))[0] == (moment("12:10"), "take_away", "Anna")


def test_a_closed_order_has_nothing_ahead(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    response = person(company, anna.user).post(
        f"orders/{order.ref}/routes/cancel/", {"version": order.version, "reason_code": "duplicate"}
    )
    assert response.status_code == 200
    assert response.json()["closed_at"] is not None

    body = explained(company, order)

    assert body["next"] == []
    assert body["assignment"]["owner"]["name"] == "Anna"
    check_clocks(body, order)


# ── reading it ──


def test_explaining_writes_nothing_and_locks_nothing(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    with CaptureQueriesContext(connection) as captured:
        explain(order.pk, company.now)

    assert all(query["sql"].lstrip().startswith("SELECT") for query in captured)
    assert not any("FOR UPDATE" in query["sql"] or "pg_advisory" in query["sql"] for query in captured)
    assert len(captured) <= 22


def test_sentences_say_it_for_people(company: Company) -> None:
    company.manager("Anna", capacity=10)
    company.order("A-1")
    company.manager("Boris", capacity=20)
    company.manager("Gleb", (moment("18:00"), moment("21:00")))
    order = company.order("A-2")

    with translation.override("en"):
        said = explain_sentences(order.pk, company.now)

    assert said[:4] == [
        "Boris has the order: the least loaded, 0 of 20 before it.",
        "The next one was Anna: 1 of 10.",
        "No choice were: not on shift: 1.",
        "Time to accept: until 12:30, which is 30 min from 12:00.",
    ]
    assert said[4] == "12:15: Boris gets a reminder, 50 % of the time to accept is used"


def test_it_is_shown_to_those_who_see_the_order_and_have_the_scope(company: Company) -> None:
    anna, boris = company.manager("Anna"), company.manager("Boris")
    order = company.order()
    owner, stranger = (anna, boris) if owner_of(order) == "Anna" else (boris, anna)

    assert person(company, owner.user).get(f"orders/{order.ref}/explain/").status_code == 200
    assert problem(person(company, stranger.user).get(f"orders/{order.ref}/explain/"))[:2] == (
        404,
        "not_found",
    )
    assert problem(agent(company).get(f"orders/{order.ref}/explain/"))[:2] == (403, "no_scope")


@pytest.mark.django_db
def test_an_order_that_is_not_there_is_not_explained(company: Company) -> None:
    with pytest.raises(Order.DoesNotExist):
        explain(404, company.now)


@pytest.mark.parametrize(
    "damaged",
    [{"calendar_code": "gone", "calendar_version": 99}, {"warnings": ["x"]}, {"rung_moments": {"a": 1}}],
    ids=["its calendar is gone", "its warnings", "its moments"],
)
def test_an_order_whose_clock_is_damaged_is_answered_as_such(
    company: Company, damaged: dict[str, Any]
) -> None:
    company.manager("Anna")
    order = company.order("A-1")
    Clock.objects.filter(order_id=order.pk, state="running").update(**damaged)

    answer = agent(company, "reader", "explain:read").get(f"orders/{order.ref}/explain/")

    assert problem(answer)[:2] == (409, "unexplained")
