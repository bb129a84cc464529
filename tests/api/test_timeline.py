"""The history of an order: everything once, newest first, in words, with the names of people."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import outbox
from core.models import Importance
from orders.models import Order
from orders.services import note_add, order_set_severity, task_add, task_done
from panel.journal import ENTRY_KINDS
from rop.timeline import BadCursor, TimelineItem, timeline
from rop.timeline.sentences import _ENTRIES
from tests.api.client import NEW_ORDER, agent, person, problem
from tests.factories import EntryFactory
from tests.stories.company import HOUR, MINUTE, Company, owner_of


@pytest.fixture
def lived(company: Company) -> Any:
    """An order with a silent manager, a note, a task, a refusal and an acceptance."""
    company.manager("Anna")
    assert agent(company).post("orders/", NEW_ORDER).status_code == 201
    order = Order.objects.get()
    boris = company.manager("Boris")
    company.go(31 * MINUTE)
    assert owner_of(order) == "Boris"
    lead = company.actor(company.lead)
    note_add(order_id=order.pk, text="Call after six", actor=lead, now=company.now, mentions=[boris.user_id])
    task = task_add(
        order_id=order.pk,
        title="Serial number",
        owner_id=boris.user_id,
        due_at=company.now + HOUR,
        actor=lead,
        now=company.now,
    )
    person(company, boris.user).post(f"orders/{order.ref}/routes/complete_inspection/", {"version": 4})
    company.accept(order, boris)
    task_done(task_id=task.pk, actor=company.actor(boris), now=company.now)
    order_set_severity(order_id=order.pk, severity="high", actor=lead, seen_version=None, now=company.now)
    return order


def said(items: list[TimelineItem]) -> list[tuple[str, str, str]]:
    return [(item.kind, item.title, item.actor) for item in items]


def test_everything_that_happened_is_there_in_words(company: Company, lived: Any) -> None:
    with translation.override("en"):
        items = timeline(lived.pk)

    lines = said(items)
    assert items == sorted(items, key=lambda item: item.at, reverse=True)
    for expected in (
        ("intake", "Received", "intake"),
        ("decision.plan", "Given to Anna: nobody else could take it", "AI-ROP"),
        ("message", "New order → Anna", "AI-ROP"),
        ("decision.plan", "50 % of the time to accept is used", "AI-ROP"),
        ("message", "A deadline comes near → Anna", "AI-ROP"),
        ("decision.plan", "Taken from Anna: did not accept in time", "AI-ROP"),
        ("message", "New order → Boris", "AI-ROP"),
        ("command.note", "A note", "Olga"),
        ("message", "Somebody mentions you → Boris", "AI-ROP"),
        ("command.task_add", "A task was given", "Olga"),
        ("command.route", "Refused: Complete the inspection", "Boris"),
        ("accept", "Accept", "Boris"),
        ("command.task_done", "A task is done", "Boris"),
        ("command.severity", "Severity changed", "Olga"),
    ):
        assert expected in lines, (expected, lines)
    details = {item.kind: item.detail for item in items}
    assert details["command.note"] == "Call after six"
    assert details["command.task_done"] == "Serial number"
    assert details["command.severity"] == "normal → high"
    assert details["accept"] == "Waits for a manager → Under inspection; through: Telegram"
    taken = next(item for item in items if item.title.startswith("Taken"))
    assert "Given to Boris: nobody else could take it" in taken.detail


def test_it_is_in_the_readers_language(lived: Any) -> None:
    with translation.override("ru"):
        russian = timeline(lived.pk)
    with translation.override("en"):
        english = timeline(lived.pk)

    assert [item.cursor for item in russian] == [item.cursor for item in english]


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("order", "One order → Anna"),
        ("why", "Why me, why this deadline → Anna"),
        ("message_dead", "A message did not arrive → Anna"),
    ],
)
def test_answers_and_alarms_about_the_order_are_called_by_their_names(
    company: Company, template: str, title: str
) -> None:
    anna = company.manager("Anna")
    order = company.order()
    told = outbox.Outgoing(
        template=template,
        importance=Importance.REMINDER,
        dedup_key="told",
        person_id=anna.user_id,
        order_id=order.pk,
    )
    outbox.post([told], now=company.now + MINUTE)
    with translation.override("en"):
        assert timeline(order.pk)[0].title == title


@pytest.mark.parametrize(
    ("kind", "output", "title", "detail"),
    [
        (
            "message.dead",
            {"then": "to_the_next"},
            "A message did not arrive: New order",
            "the lead is told instead",
        ),
        ("message.dead", {"then": "dead"}, "A message did not arrive: New order", ""),
        ("command.message_retry", {}, "The message that did not arrive is sent again", ""),
        ("command.message_dismiss", {}, "The message that did not arrive was put aside", ""),
    ],
)
def test_what_became_of_a_message_is_said(
    company: Company, kind: str, output: dict[str, str], title: str, detail: str
) -> None:
    order = company.order()
    inputs = {"message": 1, "template": "order_new", "outcome": "refused"}
    EntryFactory(kind=kind, order_id=order.pk, inputs=inputs, output=output, at=company.now + MINUTE)

    with translation.override("en"):
        item = timeline(order.pk)[0]

    assert (item.kind, item.title, item.detail) == (kind, title, detail)


def test_whatever_is_written_about_an_order_has_words() -> None:
    """The entries of these kinds name no order; of the four commands only refusals are in a timeline."""
    of_no_order = {
        kind
        for kind in ENTRY_KINDS
        if kind.startswith(
            (
                *(
                    "command.manager_",
                    "command.absence_",
                    "command.shift_",
                    "command.weekly_",
                    "command.person_",
                ),
                *(
                    "command.matrix_",
                    "command.weights_",
                    "command.calendar_",
                    "command.duty_",
                    "command.template_",
                ),
                *("command.key_", "command.link_", "command.group_", "command.terms_", "bot."),
            )
        )
    } | {"decision.distribute", "decision.propose", "message.unreachable"}

    refused_only = {"command.intake", "command.route", "command.payout_ask", "command.money_keep_ask"}
    assert ENTRY_KINDS.keys() - of_no_order - refused_only == _ENTRIES.keys()


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_have_everything_once_even_within_one_moment(lived: Any, size: int) -> None:
    whole = timeline(lived.pk, 200)
    paged: list[TimelineItem] = []
    before = None
    while page := timeline(lived.pk, size, before):
        paged += page
        before = page[-1].cursor

    assert paged == whole
    assert len({item.cursor for item in whole}) == len(whole) > 20


def test_it_costs_the_same_number_of_queries_whatever_happened(company: Company, lived: Any) -> None:
    short = company.order("A-2")
    counts = []
    for order in (lived, short):
        with CaptureQueriesContext(connection) as captured:
            timeline(order.pk)
        counts.append(len(captured))

    assert counts[0] <= 8
    assert counts[1] <= counts[0]


def test_the_api_pages_through_it(company: Company, lived: Any) -> None:
    lead = person(company, company.lead)
    first = lead.get(f"orders/{lived.ref}/timeline/", {"limit": "5"}).json()
    second = lead.get(f"orders/{lived.ref}/timeline/", {"limit": "200", "before": first["next"]}).json()

    assert len(first["results"]) == 5
    assert second["next"] is None
    assert len(second["results"]) + 5 == len(timeline(lived.pk, 200))
    assert set(first["results"][0]) == {"at", "kind", "title", "actor", "detail"}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"before": "x"},
        {"before": "2026-03-02T09:00:00~1~1"},
    ],
)
def test_what_can_not_be_a_page_is_refused(company: Company, query: dict[str, str]) -> None:
    order = company.order()

    assert problem(person(company, company.lead).get(f"orders/{order.ref}/timeline/", query))[:2] == (
        400,
        "invalid",
    )


def test_a_garbled_cursor_is_refused_out_loud() -> None:
    for cursor in (
        "~",
        "9999-99-99~1~1",
        f"2026-03-02T09:00:00+00:00~1~{2**64}",
        "2026-03-02T09:00:00+00:00~x~1",
    ):
        with pytest.raises(BadCursor):
            timeline(1, 10, cursor)
