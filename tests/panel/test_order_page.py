"""An order's page says what is now, what next, and why."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import Calendar, User
from orders.models import Order
from orders.services import note_add, task_add
from rop.models import Quarantine
from sla.models import Matrix, Rule
from tests.panel.visitor import Visitor, manager_visitor, observer, text
from tests.stories.company import HOUR, MINUTE, Company, moment
from tests.stories.inspecting import UNTOUCHED, answer, answers, attach, attach_all, conclude


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")
    company.lead.refresh_from_db()


def english(visitor: Visitor) -> Visitor:
    User.objects.filter(pk=visitor.user.pk).update(language="en")
    visitor.user.refresh_from_db()
    return visitor


def test_the_page_says_what_is_next_whose_it_is_and_until_when(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    company.now += 10 * MINUTE

    shown = text(lead.order_page(order))

    assert "Next step Accept the order whose turn: Anna" in shown
    assert "until 12:30 in 20 min" in shown


def test_what_is_overdue_is_said_and_coloured(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    company.go_to(moment("11:00", day=1))

    page = lead.order_page(order)

    # Eight working hours from Monday 12:00 end at 20:00; on Tuesday at 11:00 that is 15 hours ago.
    assert "15 h overdue" in text(page)
    assert 'class="card now now-late"' in page.content.decode()


def test_what_may_have_come_in_twice_is_said_by_whatever_door_it_came(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    first, second, over = company.receive("A-1", "A-2", "A-3")
    company.cancel(over)
    Order.objects.filter(pk=first.pk).update(client_name="CLIENT", item="camera")

    shown = text(lead.order_page(second))

    assert f"Perhaps it came in twice the same client and item: {first.ref}" in shown
    assert over.ref not in shown
    assert "came in twice" not in text(lead.order_page(over))


def test_what_is_missing_is_named(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    assert "Missing: a talk with the seller" in text(lead.order_page(order))


def test_the_page_compares_the_candidates(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.manager("Boris", capacity=0)
    company.manager("Vera", (moment("18:00"), moment("21:00")))
    order = company.order()

    shown = text(lead.order_page(order))

    assert "Why Anna nobody else could take it" in shown
    assert "Boris has no room" in shown
    assert "Vera not on shift" in shown


def test_small_loads_are_compared_on_a_scale_of_their_own(company: Company, lead: Visitor) -> None:
    company.manager("Anna", capacity=100)
    company.manager("Boris", capacity=100)
    company.receive("A-1", "A-2", "A-3", "A-4")
    order = company.order("A-5")

    page = lead.order_page(order)

    # Two orders of a hundred each: two per cent, on bars that end at five.
    assert page.context["scale"] == 5
    assert [candidate.width for candidate in page.context["candidates"]] == [40, 40]


def test_without_an_owner_the_page_says_why_there_is_none(company: Company, lead: Visitor) -> None:
    company.manager("Vera", (moment("18:00"), moment("21:00")))
    order = company.order()

    shown = text(lead.order_page(order))

    assert "nobody yet" in shown
    assert "Why nobody" in shown
    assert "Vera not on shift" in shown


def test_a_deadline_is_drawn_as_the_time_that_it_is_made_of(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    company.now = moment("18:00")
    order = company.accept(company.order())

    page = lead.order_page(order)
    (strip,) = page.context["strips"]

    # Eight hours of 09:00–21:00 from 18:00: three today, the night of twelve, five tomorrow.
    assert [(part.kind, part.seconds) for part in strip.parts] == [
        ("counted", 3 * 3600),
        ("night", 12 * 3600),
        ("counted", 5 * 3600),
    ]
    assert [part.width for part in strip.parts] == [15, 60, 25]
    assert 'class="part part-night" style="width: 60.000%"' in page.content.decode()


def test_the_strip_shows_where_now_is(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    company.now += 15 * MINUTE

    (strip,) = lead.order_page(order).context["strips"]

    assert strip.passed == 50


def test_the_page_foretells_what_happens_if_nobody_does_anything(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()

    coming = [line for _at, line in lead.order_page(order).context["coming"]]

    assert coming[-1] == "12:30: AI-ROP gives the order to the next manager"
    assert any("Anna" in line and "12:15" in line for line in coming)


def test_those_who_had_the_order_before_are_listed(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    company.manager("Boris")
    company.go(31 * MINUTE)

    assert "Anna — did not accept in time" in text(lead.order_page(order))


def test_only_what_leads_onward_and_is_allowed_is_offered(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    order = company.order()

    offered = [button.route for button in lead.order_page(order).context["buttons"]]
    assert offered == ["accept", "cancel", "reject"]
    offered = [button.route for button in manager_visitor(company, anna).order_page(order).context["buttons"]]
    assert offered == ["accept", "cancel"]
    assert english(observer(company)).order_page(order).context["buttons"] == []


def test_a_route_that_would_be_refused_says_beforehand_what_is_missing(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    page = lead.order_page(order)
    (blocked,) = [button for button in page.context["buttons"] if button.route == "complete_inspection"]

    assert len(blocked.missing) == len(UNTOUCHED)
    assert len(blocked.missing_first) == 6
    # In the window, not among the messages: the way to where it is done.
    assert page.content.decode().count(f'href="/admin/orders/order/{order.pk}/inspection/"') == 2
    assert f'action="/admin/orders/order/{order.pk}/routes/complete_inspection/"' not in page.content.decode()


def test_an_order_that_can_not_be_explained_still_has_its_page(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    # A new version of the matrix lacks what this order needs.
    matrix = Matrix.objects.create(version=2)
    Rule.objects.create(
        matrix=matrix, kind="stage", stage="in_transit", severity="normal", target_seconds=60, mode="elapsed"
    )
    Matrix.objects.filter(pk=matrix.pk).update(published_at=company.now)
    Quarantine.objects.create(
        order_id=order.pk, attempts=1, error="RuleMissing", since=company.now, next_at=company.now
    )
    company.accept(order)

    shown = lead.order_page(order)

    assert shown.status_code == 200
    assert "could not look at this order" in text(shown)
    assert "What happened" in text(shown)


def test_a_closed_order_offers_nothing_more(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.cancel(company.order())

    page = lead.order_page(order)

    assert "The order is closed." in text(page)
    assert page.context["buttons"] == []
    assert 'data-open="window-assign"' not in page.content.decode()


def test_texts_of_strangers_are_only_texts(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    Order.objects.filter(pk=order.pk).update(item=hostile, client_name=hostile, comment=hostile)

    content = lead.order_page(order).content.decode()

    assert "<img src=x" not in content
    assert "<script>alert" not in content


def test_the_history_goes_on_page_by_page(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.order()
    for number in range(40):
        company.now += MINUTE / 60
        note_add(order_id=order.pk, text=f"note {number}", actor=company.actor(company.lead), now=company.now)

    first = lead.order_page(order)
    older = lead.get("orders_order_change", order.pk, query={"before": first.context["timeline_older"]})

    kinds = [line.item.kind for page in (first, older) for line in page.context["timeline"]]
    assert kinds.count("command.note") == 40
    assert kinds[-1] == "message"
    assert older.context["timeline_older"] == ""


def test_a_made_up_place_in_the_history_shows_its_beginning(company: Company, lead: Visitor) -> None:
    order = company.order()

    assert lead.get("orders_order_change", order.pk, query={"before": "x~y"}).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999999999999999", "9" * 30, "-1", "abc", "1 OR 1=1"])
def test_an_order_that_is_not_there_is_not_found(company: Company, lead: Visitor, number: str) -> None:
    assert lead.client.get(f"/admin/orders/order/{number}/change/").status_code in (302, 404)


def test_the_page_speaks_the_language_of_the_person_and_not_of_the_browser(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    order = company.order()

    for language, other in (("ru", "en"), ("en", "ru")):
        User.objects.filter(pk=company.lead.pk).update(language=language)
        with clock.fixed(company.now):
            page = lead.client.get(
                f"/admin/orders/order/{order.pk}/change/", headers={"accept-language": other}
            )

        assert page["Content-Language"] == language
        assert f'<html lang="{language}"' in page.content.decode()


def queries_of(visitor: Visitor, order: Order) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert visitor.order_page(order).status_code == 200
    return len(captured)


def test_the_page_reads_each_thing_once_and_what_there_is_none_of_not_at_all(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    order = company.order()
    lead.order_page(order)
    cache.clear()

    # Four to know who asks, fifteen for the numbers that every page shows, five for how the owner was chosen.
    assert queries_of(lead, order) <= 42


def test_the_page_asks_as_much_for_a_long_history_as_for_a_short_one(company: Company, lead: Visitor) -> None:
    managers = [company.manager(name) for name in ("Anna", "Boris")]
    short, long = company.receive("A-1", "A-2")
    company.accept(short)
    company.accept(long)
    actor = company.actor(company.lead)
    for number in range(12):
        company.now += MINUTE
        mentions = [managers[number % 2].user_id]
        note_add(order_id=long.pk, text=f"{number}", actor=actor, now=company.now, mentions=mentions)
        task_add(
            order_id=long.pk,
            title=f"{number}",
            owner_id=managers[number % 2].user_id,
            due_at=company.now + HOUR,
            actor=actor,
            now=company.now,
        )
    for number in range(12):
        company.manager(f"Manager {number}", (moment("18:00") + timedelta(days=1), moment("21:00", day=1)))

    lead.order_page(short)
    # The names of those who are told in the future are asked for only when somebody is.
    assert abs(queries_of(lead, long) - queries_of(lead, short)) <= 3


def test_the_calendar_behind_a_deadline_is_named(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())

    assert Calendar.objects.count() == 1
    assert "matrix v1" in text(lead.order_page(order))
    assert "calendar default v1" in text(lead.order_page(order))


# ── the inspection, contacts, files ──


def test_the_inspection_is_told_in_a_line_with_the_way_to_it(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    assert "Inspection To the inspection 0 / 28 points have their answer" in text(lead.order_page(order))

    answer(company, order, answers(p28=""))
    attach_all(company, order, but=[9])

    page = lead.order_page(order)
    assert "27 / 28 points have their answer" in text(page)
    assert "files are missing at points 9" in text(page)
    # The next step leads to the very point.
    assert "Next step Fill in the inspection" in text(page)
    assert f'href="/admin/orders/order/{order.pk}/inspection/#point-28"' in page.content.decode()


def test_the_verdict_is_seen_and_what_a_lead_decided(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order, "fail", remarks="bent")

    page = lead.order_page(order)

    assert "Inspection not fit To the inspection 28 / 28" in text(page)
    assert f'href="/admin/orders/order/{order.pk}/inspection/#verdict"' in page.content.decode()


def test_an_order_before_its_inspection_says_nothing_of_one(company: Company, lead: Visitor) -> None:
    company.manager("Anna")

    assert "points have their answer" not in text(lead.order_page(company.order()))


def test_files_are_shown_with_their_place(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    order = company.accept(company.order())
    assert "No files." in text(lead.order_page(order))
    file = attach(company, order, 9, seed=3)

    page = lead.order_page(order)

    assert "9. Стёкла и экран" in text(page)
    assert f"/admin/orders/order/{order.pk}/files/{file.pk}/preview/" in page.content.decode()


def test_many_files_cost_as_much_as_one(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    few, many = (company.accept(order) for order in company.receive("A-1", "A-2"))
    for seed in range(3):
        attach(company, few, 9, seed=seed)
    for seed in range(30):
        attach(company, many, 9, seed=seed)
    lead.order_page(few)

    page = lead.order_page(many)
    assert len(page.context["files"]) == 24
    assert page.context["more_files"]
    # The same photos as of the other order: where they are besides, however many.
    assert queries_of(lead, many) - queries_of(lead, few) <= 2
