"""Buttons and words of an inspection: who may, is it still so, and where the card goes. The card says what is true."""

from datetime import timedelta

import pytest
from django.utils import translation

from assignment.services import order_assign
from core.actors import Door, person
from core.models import Entry, Message
from orders.models import Contact, InspectionVerdict, Order, Task
from orders.services import (
    GivenAnswer,
    inspection_answer,
    order_route,
)
from orders.statuses import Status
from rop.timeline import timeline
from telegram_bot.cards import callback as k
from telegram_bot.cards.inspection import samples
from telegram_bot.cards.inspection.buttons import SCREENS, buttons
from telegram_bot.cards.render import markup, render_template
from telegram_bot.cards.samples import anna
from telegram_bot.cards.samples import order as sample_order
from telegram_bot.inspecting import following
from telegram_bot.models import Dialogue
from telegram_bot.policies.text import plain, units
from tests.factories import CalendarFactory, EvidenceFactory, TeamFactory
from tests.stories.company import Company, moment
from tests.telegram_bot.talking import Talk, accept, begin

pytestmark = pytest.mark.usefixtures("folder")

NORMS = {
    1: "yes",
    2: "SN",
    3: "none",
    4: "no",
    5: "yes",
    6: "no",
    7: "yes",
    8: "yes",
    9: "yes",
    10: "no",
    11: "yes",
}
NORMS |= {
    12: "yes",
    13: "yes",
    14: "no",
    15: "yes",
    16: "yes",
    17: "new",
    18: "1200",
    19: "no",
    20: "no",
    21: "yes",
}
NORMS |= {22: "ничего", 23: "yes", 24: "yes", 25: "yes", 26: "yes", 27: "95000", 28: "yes"}
"""An answer to each of the 28 points; the third one is no norm, which spares a photo."""

PHOTOS = {1: 2, 2: 1, 6: 2, 9: 1, 12: 1, 17: 1, 21: 1, 27: 1}


@pytest.fixture
def talk(company: Company) -> Talk:
    """Anna's order is under inspection, and its card is open."""
    talk = begin(company)
    talk.press(k.INSPECT, talk.order.pk)
    return talk


def fill(talk: Talk, *, but: tuple[int, ...] = (), third: str = "none") -> None:
    """Everything else, from elsewhere. The files are rows only: to open so many of them takes a while."""
    inspection = talk.view.inspection
    items = {item.number: item for item in inspection.template.items.all()}
    for number, count in (PHOTOS | ({3: 1} if third != "none" else {})).items():
        for _ in range(count if number not in but else 0):
            EvidenceFactory(
                order=talk.order,
                inspection=inspection,
                purpose="inspection",
                item=items[number],
                added_by=talk.user,
            )
    answers = [
        GivenAnswer(number, third if number == 3 else value)
        for number, value in NORMS.items()
        if number not in but
    ]
    actor = talk.company.actor(talk.user)
    inspection_answer(order_id=talk.order.pk, answers=answers, actor=actor, now=talk.now)


def status_of(talk: Talk) -> str:
    return str(Order.objects.values_list("status", flat=True).get(pk=talk.order.pk))


# ── looking around ──


def test_the_card_begins_with_the_groups_and_how_each_stands(talk: Talk) -> None:
    shown = talk.shown()
    assert f"Inspect {talk.order.ref} by" in shown
    assert "░░░░░░░░ 0 of 28 · 📎 10 files to attach" in shown
    assert "First contact the seller." in shown
    assert "[Документы и подлинность · 0 of 5]" in shown
    assert "[☎️ Seller] [What is left]" in shown


def test_the_history_of_the_order_is_not_full_of_drawings_of_the_card(talk: Talk) -> None:
    talk.press_label("Корпус")
    told = [item.title for item in timeline(talk.order.pk)]
    assert not any("Inspection →" in title or "inspection →" in title for title in told), told


def test_a_group_says_what_its_norm_is(talk: Talk) -> None:
    talk.press_label("Корпус")
    shown = talk.shown()
    assert "▫️ 6 Сколы, трещины, вмятины есть? norm: No" in shown
    assert "[✅ The norm for the whole group]" in shown
    assert "[▫️ 6] [▫️ 7] [▫️ 8]" in shown


def test_a_done_group_is_ticked_and_one_that_lacks_files_says_so(talk: Talk) -> None:
    fill(talk, but=(6,))
    actor = talk.company.actor(talk.user)
    inspection_answer(order_id=talk.order.pk, answers=[GivenAnswer(6, "no")], actor=actor, now=talk.now)
    talk.press(k.GROUPS, talk.inspection)
    shown = talk.shown()
    assert "[✅ Механика и работа]" in shown
    assert "[📎 Корпус и конструкция · 2 files]" in shown


def test_what_is_left_leads_to_each_of_it(talk: Talk) -> None:
    fill(talk, but=(6, 18))
    talk.press(k.LEFT, talk.inspection, 0)
    assert "[▫️ 6. Корпус]\n[▫️ 18. Наработка]" in talk.shown()
    talk.press_label("▫️ 18")
    assert "18. Сколько отработано" in talk.shown()
    assert "Write a number" in talk.shown()


def test_the_long_list_of_what_is_left_has_pages(talk: Talk) -> None:
    talk.press(k.LEFT, talk.inspection, 0)
    assert "[▫️ 8. Крепёж]" in talk.shown()
    assert "[▫️ 9. Стёкла и экран]" not in talk.shown()
    talk.press_label("→")
    assert "[▫️ 9. Стёкла и экран]" in talk.shown()
    talk.press(k.LEFT, talk.inspection, 99)
    assert "[▫️ 28. Условия]" in talk.shown()


# ── answering ──


def test_the_norm_for_a_group_goes_to_what_it_can_not_say(talk: Talk) -> None:
    talk.press(k.NORM, talk.inspection, 4)
    assert (talk.value(21), talk.value(23), talk.value(22)) == ("yes", "yes", "")
    assert "21. Всё из объявления на месте?" in talk.shown()
    assert "Send 1 photo" in talk.shown()
    talk.press_label("Skip")
    assert "22. Чего не хватает?" in talk.shown()


def test_an_answer_goes_to_the_next_open_point_of_the_group(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 7)
    talk.press_label("Yes")
    assert talk.value(7) == "yes"
    assert "8. Крепёж родной" in talk.shown()
    talk.press_label("‹ Back")
    assert "[▫️ 6] [✅ 7] [▫️ 8]" in talk.shown()


def test_an_exception_waits_for_its_photo_and_welcomes_a_word(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 7)
    talk.press_label("No")
    assert "⚠️ No · not the norm (Yes)\n📷 Send 1 photo" in talk.shown()
    assert "Send 1 photo" in talk.shown()
    talk.write("Погнут козырёк")
    assert talk.view.point(7).answer.remark == "Погнут козырёк"  # type: ignore[union-attr]
    assert "7. Детали" in talk.shown()
    talk.send_kept(talk.photo())
    assert "8. Крепёж родной" in talk.shown()


def test_a_remark_stays_when_the_same_answer_is_pressed_again(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 7)
    talk.press_label("No")
    talk.write("Погнут козырёк")
    talk.press_label("• No")
    assert talk.view.point(7).answer.remark == "Погнут козырёк"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "kept"), [("12,5", "12.5"), ("12.5", "12.5"), ("12 500", "12500"), ("7", "7")]
)
def test_a_number_is_written_as_people_write_it(talk: Talk, written: str, kept: str) -> None:
    talk.press(k.POINT, talk.inspection, 18)
    talk.write(written)
    assert talk.value(18) == kept
    assert "19. Царапины" in talk.shown()


def test_a_number_may_come_with_its_unit(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 27)
    talk.write("95 000 ₽")
    assert talk.value(27) == "95000"


def test_what_is_no_number_is_said_with_the_points_name_and_still_awaited(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 18)
    talk.write("много")
    assert talk.said() == "Point 18 “Наработка”: write a number, as 12 or 12,5."
    assert talk.value(18) == ""
    talk.write("1200")
    assert talk.value(18) == "1200"


def test_commands_go_on_working_in_the_middle(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 22)
    talk.command("my")
    assert Message.objects.filter(template="my").exists()
    talk.write("/unknown")
    assert talk.value(22) == ""
    talk.write("Крышки")
    assert talk.value(22) == "Крышки"


def test_an_answer_of_buttons_can_be_written_too(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 17)
    talk.write("Как новая")
    assert talk.value(17) == "new"
    talk.press(k.POINT, talk.inspection, 19)
    talk.write("может быть")
    assert talk.said() == "Answer this point by its buttons."
    talk.write("нет")
    assert talk.value(19) == "no"


def test_words_that_nothing_waits_for_are_answered_with_help(talk: Talk) -> None:
    talk.write("привет")
    assert Message.objects.filter(template="help").exists()


def test_after_half_a_day_words_are_no_answer_any_more(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 22)
    talk.company.now += timedelta(hours=13)
    talk.write("Крышки")
    assert talk.value(22) == ""
    assert Message.objects.filter(template="help").exists()


def test_an_answer_in_words_is_changed_when_asked_for(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 18)
    talk.write("1200")
    talk.press(k.POINT, talk.inspection, 18)
    talk.write("потёртый счётчик")
    assert (talk.value(18), talk.view.point(18).answer.remark) == ("1200", "потёртый счётчик")  # type: ignore[union-attr]
    talk.press(k.POINT, talk.inspection, 18)
    talk.press_label("✏️ Another answer")
    talk.write("1300")
    assert talk.value(18) == "1300"


# ── still so? ──


def test_a_point_that_was_answered_meanwhile_is_not_overwritten(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 7)
    card = talk.newest()
    yes = k.data(k.ANSWER, talk.inspection, 700, 0)
    actor = person(talk.company.lead, door=Door.ADMIN)
    inspection_answer(
        order_id=talk.order.pk, answers=[GivenAnswer(7, "no", "сколот")], actor=actor, now=talk.now
    )
    answer = talk.press_data(yes, card=card)
    assert answer.alert
    assert answer.toast.startswith("Point 7 “Геометрия” was answered meanwhile by Olga: “No”.")
    assert talk.value(7) == "no"
    assert "No — сколот" in talk.shown()


def test_words_do_not_overwrite_what_was_not_seen(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 18)
    actor = person(talk.company.lead, door=Door.ADMIN)
    inspection_answer(order_id=talk.order.pk, answers=[GivenAnswer(18, "900")], actor=actor, now=talk.now)
    talk.write("1200")
    assert "was answered meanwhile by Olga: “900”" in talk.said()
    assert talk.value(18) == "900"
    talk.follow()
    assert "900" in talk.shown()
    talk.write("1200")
    assert talk.value(18) == "1200"


def test_pressed_twice_it_is_answered_once(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 7)
    yes = k.data(k.ANSWER, talk.inspection, 700, 0)
    talk.press_data(yes)
    answer = talk.press_data(yes)
    assert not answer.toast
    assert Entry.objects.filter(kind="command.inspection_answer").count() == 1


def test_the_card_of_an_order_that_went_to_another_says_so_and_does_nothing(
    company: Company, talk: Talk
) -> None:
    boris = company.manager("Boris", capacity=1000)
    order_assign(
        order_id=talk.order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    answer = talk.press(k.NORM, talk.inspection, 0)
    assert (answer.toast, answer.alert) == ("This order is not yours.", True)
    assert talk.value(1) == ""
    assert f"{talk.order.ref} is now with Boris" in talk.shown()
    assert talk.card().keyboard is None
    talk.write("SN-1")
    assert talk.value(2) == ""


def test_the_buttons_of_an_inspection_that_is_over_do_nothing(talk: Talk) -> None:
    fill(talk)
    ended = talk.inspection
    talk.press(k.VERDICT_IS, ended, Order.objects.get(pk=talk.order.pk).version, 2)
    talk.write("Потёрт")
    assert status_of(talk) == Status.AWAITING_PAYMENT
    answer = talk.press(k.ANSWER, ended, 701, 0)
    assert (answer.toast, answer.alert) == ("That inspection is over.", True)
    assert "is inspected: Fit, with remarks" in talk.shown()
    assert talk.value(7) == "yes"


@pytest.mark.parametrize(
    "data",
    ["ig:{i}:99", "in:{i}:99", "ip:{i}:99", "iw:{i}:9999:0", "iw:{i}:799:0", "id:{i}:1:9", "fp:{i}:999:7", "fx:{i}:999",
     "kb:{i}:99", "kc:{i}:99", "ka:{i}:99", "ig:999:1", "i:999", "ix:{i}:1", "ix:{i}:9", "fo:999",
     "il:{i}:2147483647", "f:{i}:2147483647"],
)  # fmt: skip
def test_forged_buttons_change_nothing(talk: Talk, data: str) -> None:
    talk.press_data(data.format(i=talk.inspection))
    assert talk.view.answered == 0
    assert not InspectionVerdict.objects.exists()
    assert not Contact.objects.exists()


def test_an_old_card_leads_to_the_new_one(talk: Talk) -> None:
    old = talk.newest()
    talk.press(k.INSPECT, talk.order.pk)
    talk.press(k.GROUP, talk.inspection, 1, card=old)
    past = Message.objects.filter(context__past=True).latest("pk")
    assert past.context["message_id"] == int(old.provider_id)  # type: ignore[union-attr]
    assert talk.rendered(past).body == f"⬇️ {talk.order.ref}: the inspection is below"
    assert talk.rendered(past).keyboard is None


def test_two_orders_words_go_to_the_one_in_hand(company: Company, talk: Talk) -> None:
    other = accept(company, talk.user, "A-2")
    talk.press(k.POINT, talk.inspection, 22)
    other.press(k.INSPECT, other.order.pk)
    other.press(k.POINT, other.inspection, 22)
    talk.write("Крышки")
    assert (talk.value(22), other.value(22)) == ("", "Крышки")
    assert Dialogue.objects.filter(in_hand=True).count() == 1


# ── what happens elsewhere ──


def test_the_card_follows_what_is_done_in_the_panel(talk: Talk) -> None:
    before = Message.objects.count()
    assert talk.follow() == 0
    actor = person(talk.user, door=Door.ADMIN)
    inspection_answer(order_id=talk.order.pk, answers=[GivenAnswer(22, "Крышки")], actor=actor, now=talk.now)
    assert talk.follow() == 1
    newest = Message.objects.latest("pk")
    assert (newest.template, newest.edits) == ("inspection", True)
    assert "1 of 28" in talk.shown()
    assert talk.follow() == 0
    assert Message.objects.filter(template="inspection").count() <= before + 1


def test_a_card_that_can_not_be_drawn_does_not_hold_up_the_others(company: Company, talk: Talk) -> None:
    """Of somebody whose team keeps the hours of nowhere."""
    boris = company.manager("Boris", capacity=50_000)
    other = accept(company, boris.user, "A-2")
    other.press(k.INSPECT, other.order.pk)
    CalendarFactory(code="lost", time_zone="Nowhere/Here", published_at=company.now)
    lost = TeamFactory(calendar_code="lost")
    type(talk.user).objects.filter(pk=talk.user.pk).update(team=lost)
    for one in (talk, other):
        actor = company.actor(one.user)
        inspection_answer(
            order_id=one.order.pk, answers=[GivenAnswer(22, "Крышки")], actor=actor, now=company.now
        )
    company.now += timedelta(seconds=2)
    assert following.follow(now=company.now) == 1
    assert following.follow(now=company.now) == 0
    brought = Message.objects.filter(template="inspection", edits=True).latest("pk")
    assert (brought.person, brought.order_id) == (boris.user, other.order.pk)


def test_the_dialogue_goes_on_where_the_panel_has_left_off(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 22)
    fill(talk, but=(18,))
    talk.follow()
    talk.press(k.SKIP, talk.inspection, 22)
    assert "18. Сколько отработано" in talk.shown()
    talk.write("900")
    assert "Verdict" in talk.shown()


# ── the verdict ──


def verdict(talk: Talk, code: int) -> None:
    talk.press(k.VERDICT_IS, talk.inspection, Order.objects.get(pk=talk.order.pk).version, code)


def test_fit_moves_the_order_on_at_once(talk: Talk) -> None:
    fill(talk, third="full")
    talk.press(k.VERDICT, talk.inspection)
    assert "Everything is the norm." in talk.shown()
    talk.press_label("✅ Fit")
    assert status_of(talk) == Status.AWAITING_PAYMENT
    assert talk.shown().startswith(f"✅ {talk.order.ref} is inspected: Fit")
    assert talk.shown().endswith("[What next]")
    assert not Dialogue.objects.filter(in_hand=True).exists()


def test_fit_is_not_offered_while_something_is_not_the_norm(talk: Talk) -> None:
    fill(talk)
    talk.press(k.VERDICT, talk.inspection)
    assert "[✅ Fit]" not in talk.shown()
    verdict(talk, 1)
    assert status_of(talk) == Status.UNDER_INSPECTION
    assert not InspectionVerdict.objects.exists()


def test_a_verdict_before_the_end_shows_what_is_left(talk: Talk) -> None:
    fill(talk, but=(6,), third="full")
    verdict(talk, 1)
    assert "What is left" in talk.shown()
    assert "[▫️ 6. Корпус]" in talk.shown()
    assert status_of(talk) == Status.UNDER_INSPECTION


def test_remarks_are_written_before_the_verdict_counts(talk: Talk) -> None:
    fill(talk)
    verdict(talk, 2)
    assert "Fit, with remarks: write the remarks in one message" in talk.shown()
    assert not InspectionVerdict.objects.exists()
    talk.write("Нет документов, клиент предупреждён")
    assert InspectionVerdict.objects.get().remarks == "Нет документов, клиент предупреждён"
    assert status_of(talk) == Status.AWAITING_PAYMENT


def test_the_remarks_of_the_points_can_be_taken(talk: Talk) -> None:
    fill(talk)
    verdict(talk, 2)
    talk.press_label("Take the remarks of the points")
    assert InspectionVerdict.objects.get().remarks == "3. Документы: ничего нет"


def test_a_verdict_on_what_has_changed_is_not_taken(talk: Talk) -> None:
    fill(talk, third="full")
    seen = Order.objects.get(pk=talk.order.pk).version
    actor = person(talk.company.lead, door=Door.ADMIN)
    inspection_answer(order_id=talk.order.pk, answers=[GivenAnswer(28, "no")], actor=actor, now=talk.now)
    answer = talk.press(k.VERDICT_IS, talk.inspection, seen, 1)
    assert answer.alert
    assert answer.toast.startswith("Something has changed")
    assert status_of(talk) == Status.UNDER_INSPECTION


def test_not_fit_asks_a_lead_who_decides_in_the_chat(company: Company, talk: Talk) -> None:
    fill(talk)
    verdict(talk, 3)
    talk.write("Подделка")
    assert status_of(talk) == Status.UNDER_INSPECTION
    assert talk.shown().startswith(f"⛔ {talk.order.ref} is not fit: a lead decides (Olga")
    assert talk.card().keyboard is None
    assert Task.objects.get(kind="decide_inspection").owner == company.lead

    lead = lead_of(company, talk)
    lead.command("inspect", talk.order.ref)
    assert "[Go on all the same] [Inspect again]" in lead.shown()
    lead.press_label("Inspect again")
    lead.write("Проверьте клеймо ещё раз")
    assert talk.view.verdict is None
    talk.follow()
    assert f"Inspect {talk.order.ref} by" in talk.shown()


def test_a_lead_lets_it_go_on_and_the_manager_completes_it(company: Company, talk: Talk) -> None:
    fill(talk)
    verdict(talk, 3)
    talk.write("Подделка")
    lead = lead_of(company, talk)
    lead.command("inspect", talk.order.ref)
    lead.press_label("Go on all the same")
    lead.write("Клиент согласен")
    talk.follow()
    order_route(
        order_id=talk.order.pk,
        route="complete_inspection",
        actor=company.actor(talk.user),
        seen_version=None,
        now=company.now,
    )
    assert status_of(talk) == Status.AWAITING_PAYMENT


def test_a_manager_can_not_decide_instead_of_the_lead(talk: Talk) -> None:
    fill(talk)
    verdict(talk, 3)
    talk.write("Подделка")
    answer = talk.press(k.DECIDE, talk.inspection, 1)
    assert answer.toast == "Only a lead decides about goods that are not fit."


def lead_of(company: Company, talk: Talk) -> Talk:
    company.lead.language = "en"
    company.lead.save(update_fields=["language"])
    company.lead.telegram_links.create(telegram_id=7999, chat_id=7999, linked_at=company.now)
    return Talk(company, company.lead, talk.order)


# ── contacts with the seller ──


def test_a_contact_is_two_presses(talk: Talk) -> None:
    talk.press_label("☎️ Seller")
    assert "[• Phone] [Telegram] [WhatsApp]" in talk.shown()
    answer = talk.press_label("Agreed")
    contact = Contact.objects.get()
    assert (contact.whom, contact.channel, contact.outcome, contact.text) == ("seller", "phone", "agreed", "")
    assert answer.toast == "The contact is recorded."
    assert "Документы и подлинность" in talk.shown()
    assert "[✅ The norm for the whole group]" in talk.shown()


def test_what_was_said_is_written_before_the_press(talk: Talk) -> None:
    talk.press_label("☎️ Seller")
    talk.write("Встреча завтра в 12")
    talk.press_label("Telegram")
    assert "💬 Встреча завтра в 12" in talk.shown()
    talk.press_label("Talked")
    contact = Contact.objects.get()
    assert (contact.channel, contact.text) == ("telegram", "Встреча завтра в 12")
    talk.press_label("‹ Groups")
    talk.press_label("☎️ Seller")
    assert "[• Telegram]" in talk.shown()


def test_who_is_called_back_is_called_back_at_a_moment(talk: Talk) -> None:
    talk.press_label("☎️ Seller")
    talk.press_label("Call back later")
    assert "When to contact the seller again?" in talk.shown()
    assert "[Not again]" not in talk.shown()
    talk.press_label("tomorrow 10:00")
    contact = Contact.objects.get()
    assert contact.next_at == moment("10:00", day=1)
    assert Task.objects.get(kind="contact_seller").due_at == moment("10:00", day=1)


def test_who_did_not_answer_is_tried_again_or_not(talk: Talk) -> None:
    talk.press_label("☎️ Seller")
    talk.press_label("No answer")
    talk.press_label("1 hour")
    assert Contact.objects.get().next_at == talk.now + timedelta(hours=1)
    talk.press_label("☎️ Seller")
    talk.press_label("No answer")
    talk.press_label("Not again")
    assert Contact.objects.latest("pk").next_at is None


def test_an_outcome_pressed_twice_is_one_contact(talk: Talk) -> None:
    talk.press_label("☎️ Seller")
    talk.press(k.CONTACT_CAME_TO, talk.inspection, 1)
    talk.press(k.CONTACT_CAME_TO, talk.inspection, 1)
    assert Contact.objects.count() == 1


# ── opening ──


def test_the_command_opens_the_only_one_or_lists_them(company: Company, talk: Talk) -> None:
    before = Message.objects.filter(template="inspection", edits=False).count()
    talk.command("inspect")
    assert Message.objects.filter(template="inspection", edits=False).count() == before + 1
    other = accept(company, talk.user, "A-2")
    talk.command("inspect")
    listed = Message.objects.filter(template="inspect").latest("pk")
    keyboard = talk.rendered(listed).keyboard
    assert keyboard is not None
    assert [row[0]["callback_data"] for row in keyboard["inline_keyboard"]] == [
        f"i:{talk.order.pk}",
        f"i:{other.order.pk}",
    ]
    talk.command("inspect", "R-999")
    assert "I find no order" in talk.said()


def test_an_order_that_is_not_inspected_is_not_opened(company: Company, talk: Talk) -> None:
    fresh = company.order("A-9")
    talk.command("inspect", fresh.ref)
    assert talk.said() == f"{fresh.ref} is not under inspection: Waits for a manager."


# ── how it looks ──


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_fits_into_a_message(screen: str, language: str) -> None:
    now = moment("12:00")
    with translation.override(language):
        order = sample_order(now, status=Status.UNDER_INSPECTION, next_action="fill_inspection")
        context = samples.context(order, anna(), screen=screen, now=now)
        html = render_template("inspection", context, now=now)
        keyboard = markup(buttons(context))
    assert 0 < units(plain(html)) < 1500
    assert "None" not in html
    assert keyboard is not None
    for row in keyboard["inline_keyboard"]:
        assert 1 <= len(row) <= 3
        assert all(1 <= len(button["text"]) <= 40 for button in row)
