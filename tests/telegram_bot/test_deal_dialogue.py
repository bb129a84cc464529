"""Buttons and words of a deal: who may, is it still so, what is no answer. The card says what is true."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from assignment.services import order_assign
from core.models import Message
from core.roles import LEAD
from orders.models import Approval, Blocker, ClientDecision, Contact, Logistics, TrackingCheck
from orders.services import blocker_open, blocker_resolve, client_decision_record, task_add
from orders.statuses import Status
from telegram_bot.cards import callback as k
from telegram_bot.cards.deal import samples
from telegram_bot.cards.deal.buttons import SCREENS, buttons
from telegram_bot.cards.render import markup, render_template
from telegram_bot.cards.samples import anna
from telegram_bot.cards.samples import order as sample_order
from telegram_bot.models import Dialogue, IncomingFile
from telegram_bot.policies.text import plain, units
from tests.factories import TelegramLinkFactory
from tests.stories.company import HOUR, Company, moment
from tests.stories.dealing import PRICE, agree_date, ask, decide, finance, fix_carrier, pay, say, take
from tests.telegram_bot.dealing import DealTalk, deal_of_anna, dealing
from tests.telegram_bot.talking import accept

pytestmark = pytest.mark.usefixtures("folder")

DAY = timedelta(days=1)


@pytest.fixture
def talk(company: Company) -> DealTalk:
    """Anna's client is to be asked."""
    return deal_of_anna(company)


def confirmed(talk: DealTalk) -> DealTalk:
    decide(talk.company, talk.order, "confirmed")
    return opened(talk)


def released(talk: DealTalk) -> DealTalk:
    decide(talk.company, talk.order, "confirmed")
    pay(talk.company, talk.order)
    agree_date(talk.company, talk.order)
    take(talk.company, talk.order, "release_to_ship")
    return opened(talk)


def shipped(talk: DealTalk) -> DealTalk:
    released(talk)
    fix_carrier(talk.company, talk.order)
    take(talk.company, talk.order, "ship")
    return opened(talk)


def opened(talk: DealTalk) -> DealTalk:
    talk.deliver()
    talk.open()
    return talk


# ── the client ──


def test_no_answer_is_a_contact_by_the_scenarios_channel(talk: DealTalk) -> None:
    talk.press_label("📵 No answer")
    contact = Contact.objects.get(whom="client")
    assert (contact.channel, contact.outcome, contact.door) == ("phone", "no_answer", "bot")
    assert talk.shown().startswith("✅ The contact is recorded.")
    assert "[📵 No answer]" not in talk.shown()


@pytest.mark.parametrize(
    ("button", "at"),
    [("1 hour", moment("13:00")), ("3 hours", moment("15:00")), ("tomorrow 10:00", moment("10:00", day=1))],
)
def test_call_back_brings_a_task_at_that_moment(talk: DealTalk, button: str, at: object) -> None:
    talk.press_label("🔁 Call back")
    talk.press_label(button)
    assert Contact.objects.get(whom="client").next_at == at


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("18:00", moment("18:00")),
        ("завтра", moment("10:00", day=1)),
        ("завтра в 15:30", moment("15:30", day=1)),
        ("04.03 9:05", moment("09:05", day=2)),
        ("+2", moment("10:00", day=2)),
    ],
)
def test_until_when_the_client_thinks_can_be_written(talk: DealTalk, written: str, until: object) -> None:
    talk.press_label("🤔 Thinks until")
    talk.write(written)
    assert talk.deal.until == until


def test_why_the_client_declined_is_pressed_or_written(talk: DealTalk) -> None:
    talk.press_label("❌ Declined")
    talk.write("Уехал в отпуск")
    said = ClientDecision.objects.get()
    assert (said.decision, said.reason_code, said.text) == ("declined", "other", "Уехал в отпуск")
    assert "❌ The client declined: Уехал в отпуск" in talk.shown()


def test_cancelling_takes_two_presses(talk: DealTalk) -> None:
    talk.press_label("❌ Declined")
    talk.press_label("Too expensive")
    talk.press_label("Cancel the order")
    assert talk.fresh().status == Status.AWAITING_PAYMENT
    assert "Cancel the order?\n❌ The client declined: too expensive" in talk.shown()
    talk.press_label("Yes, cancel it")
    assert talk.fresh().status == Status.CANCELLED


def test_with_the_clients_money_a_second_person_is_asked(company: Company, talk: DealTalk) -> None:
    pay(company, talk.order)
    opened(talk)
    talk.press_label("❌ Declined")
    talk.press_label("Found elsewhere")
    talk.press_label("Cancel the order")
    assert "a second person has to approve" in talk.shown()
    talk.press_label("Ask for it")
    approval = Approval.objects.get()
    assert (approval.route, approval.reason) == ("cancel", "The client declined: found elsewhere")
    assert "✋ Cancel the order — a second person decides by 16:00" in talk.shown()
    assert talk.fresh().status == Status.AWAITING_PAYMENT
    say(company, approval, "approve")
    assert talk.fresh().status == Status.CANCELLED


def test_an_undecided_client_is_the_leads_to_decide_about(company: Company, talk: DealTalk) -> None:
    company.go_to(moment("12:00", day=3))
    company.lead.language = "en"
    company.lead.save(update_fields=["language"])
    assert "client_undecided" in company.told(company.lead)
    lead = _linked_lead(company, talk)
    shown = lead.shown()
    assert shown.startswith(f"🤷 Decide about {talk.order.ref} by 16:00 (in 4 h): the client has not decided")
    assert "[📵 No answer]" not in shown
    lead.press_label("Cancel the order")
    assert "The client never decided." in lead.shown()
    lead.press_label("Yes, cancel it")
    assert talk.fresh().status == Status.CANCELLED


def _linked_lead(company: Company, talk: DealTalk) -> DealTalk:
    TelegramLinkFactory(user=company.lead, telegram_id=1, chat_id=1)
    return dealing(company, company.lead, talk.order)


# ── the shipment ──


def test_dates_are_written_as_people_write_them(talk: DealTalk) -> None:
    confirmed(talk).write("5.03")
    assert talk.deal.seller_date == date(2026, 3, 5)
    talk.press_label("Another date")
    talk.write("2026-03-06")
    assert talk.deal.seller_date == date(2026, 3, 6)


@pytest.mark.parametrize(
    "garbage", ["31.02", "скоро", "0.0", "99.99.9999", "5", "25:61", "５.０３", "-1", "12.13", "2" * 60]
)
def test_what_is_no_date_is_said_and_still_awaited(talk: DealTalk, garbage: str) -> None:
    confirmed(talk).write(garbage)
    assert talk.said() == "I see no date there. Write it as 25.12 or “tomorrow”."
    assert not Logistics.objects.exists()
    talk.write("завтра")
    assert talk.deal.seller_date == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("вчера", "This date has passed already."),
        ("01.01.2028", "This date is more than a year ahead."),
        ("+999", "This date is more than a year ahead."),
    ],
)
def test_a_date_that_can_not_be_is_refused_with_a_sentence(talk: DealTalk, written: str, why: str) -> None:
    confirmed(talk).write(written)
    assert talk.said() == why
    assert not Logistics.objects.exists()


def test_five_thousand_characters_are_no_carrier(talk: DealTalk) -> None:
    released(talk).write("я" * 5000)
    assert talk.said() == "At most 100 characters."
    assert talk.deal.carrier == ""
    talk.write("Байкал Сервис")
    assert talk.deal.carrier == "Байкал Сервис"


def test_words_that_look_like_commands_are_no_answer(talk: DealTalk) -> None:
    released(talk)
    talk.write("/ship now")
    talk.write("/")
    assert talk.deal.carrier == ""
    assert Message.objects.filter(template="help").exists()
    talk.command("my")
    talk.write("<b>ПЭК</b> & Co")
    assert talk.deal.carrier == "<b>ПЭК</b> & Co"
    assert "The carrier: <b>ПЭК</b> & Co." in talk.card().body


@pytest.mark.parametrize(
    ("written", "carrier"),
    [
        ("Бай\u200bкал\u202e Сервис\ufeff", "Байкал Сервис"),
        ("Байкал\nСервис\x07\x85", "Байкал Сервис"),
        ("Баи\u0306кал", "Байкал"),
        ("\u2800\u3164", ""),
        ("\u200b/ship", ""),
        ("\ud800", ""),
    ],
)
def test_what_nobody_sees_is_taken_out_of_what_is_written(talk: DealTalk, written: str, carrier: str) -> None:
    released(talk).write(written)
    assert talk.deal.carrier == carrier


def test_what_stands_in_the_way_keeps_its_lines(talk: DealTalk) -> None:
    talk.press_label("⛔ Blocker")
    talk.press_label("Papers")
    talk.write("Нет \u202eпаспорта\u200b,\nпродавец ищет\x00")
    talk.write("завтра")
    assert Blocker.objects.get().text == "Нет паспорта,\nпродавец ищет"


def test_what_was_recorded_can_be_corrected(talk: DealTalk) -> None:
    released(talk)
    talk.press_label("ПЭК")
    talk.press_label("Carrier…")
    talk.press_label("СДЭК")
    assert talk.deal.carrier == "СДЭК"
    assert Logistics.objects.filter(order=talk.order).count() == 3


def test_a_question_is_left_by_back_and_by_the_command(talk: DealTalk) -> None:
    talk.press_label("🤔 Thinks until")
    talk.press_label("‹ Back")
    assert "[✅ Confirmed]" in talk.shown()
    talk.write("завтра")
    assert Message.objects.filter(template="help").exists()
    talk.press_label("🤔 Thinks until")
    talk.command("cancel")
    assert "[✅ Confirmed]" in talk.shown()
    talk.command("cancel")
    assert talk.said() == "There is nothing to break off. What is recorded stays."
    assert not ClientDecision.objects.exists()


def test_a_problem_on_the_way_is_said_in_words(talk: DealTalk) -> None:
    shipped(talk).press_label("Lost")
    assert not TrackingCheck.objects.exists()
    talk.write("Склад сгорел")
    check = TrackingCheck.objects.get()
    assert (check.state, check.text) == ("lost", "Склад сгорел")
    assert "Ask for the cancellation in the panel." in talk.shown()


def test_the_delivery_waits_for_its_proof(talk: DealTalk) -> None:
    shipped(talk)
    talk.press_label("📬 Delivered")
    talk.press_label("Today")
    assert "[🏁" not in talk.shown()
    files = talk.send_kept(talk.photo(), talk.photo())
    assert {file.purpose for file in files} == {"delivery"}
    assert talk.shown().startswith("📎 2 photos")
    talk.press_label("🏁 Record the delivery")
    assert talk.fresh().status == Status.DELIVERED


def test_a_photo_without_a_card_goes_to_the_order_that_has_to_arrive(
    company: Company, talk: DealTalk
) -> None:
    shipped(talk)
    company.go(6 * DAY)
    talk.deliver()
    assert "When was it delivered?" in talk.shown()
    Dialogue.objects.update(in_hand=False)
    talk.send_kept(talk.photo(), caption="Подпись клиента")
    file = IncomingFile.objects.get()
    assert (file.order_id, file.purpose, file.state) == (talk.order.pk, "delivery", "kept")
    assert talk.order.notes.get().text == "With a file: Подпись клиента"


def test_a_number_under_a_proof_is_no_point_of_an_inspection(talk: DealTalk) -> None:
    """As of a flat or of a parcel; refused, the photo would have been lost."""
    shipped(talk).press_label("📬 Delivered")
    talk.press_label("Today")
    talk.send(album="a")
    talk.send(album="a", caption="9")
    talk.fetch(talk.photo(), talk.photo())
    talk.follow()
    assert list(IncomingFile.objects.values_list("purpose", "state", "point")) == [
        ("delivery", "kept", None),
        ("delivery", "kept", None),
    ]
    assert talk.order.notes.get().text == "With a file: 9"


def test_an_album_of_proof_stays_together_when_its_parcel_comes_back_meanwhile(
    company: Company, talk: DealTalk
) -> None:
    shipped(talk).open()
    talk.send(album="a")
    say(company, ask(company, talk.order, "return_shipment"), "approve")
    talk.send(album="a")
    assert talk.fresh().status == Status.READY_FOR_SHIPMENT
    talk.fetch(talk.photo(), talk.photo())
    talk.follow()
    assert set(IncomingFile.objects.values_list("purpose", "state")) == {("delivery", "kept")}
    assert not talk.deal.tracking


def test_photos_whose_order_is_asked_prove_its_delivery_whatever_number_is_written_under_them(
    company: Company, talk: DealTalk
) -> None:
    shipped(talk)
    accept(company, talk.user, "A-2")
    accept(company, talk.user, "A-3")
    Dialogue.objects.update(in_hand=False)
    assert talk.send(caption="9").order is None
    talk.press(k.FILES_OF, talk.order.pk)
    talk.fetch(talk.photo())
    file = IncomingFile.objects.get()
    assert (file.order_id, file.purpose, file.state) == (talk.order.pk, "delivery", "kept")


# ── what stands in the way ──


def test_a_blocker_is_recorded_and_removed(talk: DealTalk) -> None:
    released(talk)
    talk.press_label("⛔ Blocker")
    talk.press_label("The seller")
    talk.write("Не отвечает на звонки")
    talk.press_label("3 hours")
    blocker = Blocker.objects.get()
    assert (blocker.kind, blocker.text, blocker.owner) == ("seller", "Не отвечает на звонки", talk.user)
    assert blocker.due_at == talk.now + 3 * HOUR
    assert "⛔ the seller: Не отвечает на звонки · yours, by 15:00" in talk.shown()
    talk.press_label("✅ Removed")
    talk.write("Дозвонилась")
    blocker.refresh_from_db()
    assert blocker.resolution == "Дозвонилась"
    assert "⛔ the seller" not in talk.shown()


def test_shipping_waits_for_what_stands_in_the_way(talk: DealTalk) -> None:
    released(talk)
    fix_carrier(talk.company, talk.order)
    opened(talk)
    version = talk.fresh().version
    _block(talk, talk.user.pk)
    opened(talk)
    assert "[🚚 Ship]" not in talk.shown()
    answer = talk.press(k.TAKE_ROUTE, talk.order.pk, talk.fresh().version, 2)
    assert (answer.toast, answer.alert) == ("Something stands in the way: Пробки", True)
    assert version < talk.fresh().version
    assert talk.fresh().status == Status.READY_FOR_SHIPMENT


def test_a_blocker_may_be_written_before_its_kind_is_chosen(talk: DealTalk) -> None:
    talk.press_label("⛔ Blocker")
    talk.write("Нет коробки")
    talk.press_label("3 hours")

    blocker = Blocker.objects.get()
    assert (blocker.kind, blocker.text, blocker.owner) == ("other", "Нет коробки", talk.user)


def _block(talk: DealTalk, owner_id: int, text: str = "Пробки") -> Blocker:
    blocker = blocker_open(
        order_id=talk.order.pk,
        kind="carrier",
        text=text,
        owner_id=owner_id,
        due_at=talk.now + 3 * HOUR,
        actor=talk.company.actor(talk.company.lead),
        now=talk.now,
    )
    talk.company.commit()
    return blocker


def test_whoever_removes_a_blocker_of_anothers_order_can_do_that_and_nothing_else(
    company: Company, talk: DealTalk
) -> None:
    boris = company.manager("Boris", capacity=1000)
    boris.user.language = "en"
    boris.user.save(update_fields=["language"])
    blocker = _block(talk, boris.user_id)
    other = dealing(company, boris.user, talk.order)
    assert other.shown() == (
        f"⛔ Clear the way of {talk.order.ref} by 15:00 (in 3 h)\nthe carrier: Пробки\n"
        "Recorded by Olga\nCamera · Client\n[✅ Removed…] [Order]"
    )
    assert other.press(k.CLIENT_SAID, talk.order.pk, talk.fresh().version, 1).alert
    other.press_label("✅ Removed")
    other.write("Объехали")
    blocker.refresh_from_db()
    assert blocker.resolved_by == boris.user
    assert not ClientDecision.objects.exists()


def test_my_day_has_what_is_mine_in_others_orders(company: Company, talk: DealTalk) -> None:
    boris = company.manager("Boris", capacity=1000)
    boris.user.language = "en"
    boris.user.save(update_fields=["language"])
    _block(talk, boris.user_id)
    other = dealing(company, boris.user, talk.order)
    other.command("my")
    said = other.rendered(Message.objects.get(template="my", person=boris.user))
    assert said.body == (
        f"📋 You have no open orders.\n\nBesides\n⛔ {talk.order.ref} · 15:00 · the carrier: Пробки"
    )
    assert said.keyboard == {
        "inline_keyboard": [[{"text": f"⛔ {talk.order.ref}", "callback_data": f"d:{talk.order.pk}"}]]
    }


# ── who, and is it still so ──


def test_of_another_managers_order_nothing_can_be_pressed(company: Company, talk: DealTalk) -> None:
    boris = company.manager("Boris", capacity=1000)
    other = DealTalk(company, boris.user, talk.order)
    version = talk.fresh().version
    for verb, *numbers in (
        (k.DEAL,),
        (k.DEAL_SCREEN, 1),
        (k.CLIENT_SAID, version, 1),
        (k.CLIENT_SILENT, version),
        (k.CANCEL, version),
        (k.BLOCKER_KIND, 1),
        (k.BLOCKER_DUE, 1),
        (k.BLOCKER_GONE, 1),
    ):
        answer = other.press(str(verb), talk.order.pk, *map(int, numbers))
        assert answer.alert, verb
    assert not ClientDecision.objects.exists()
    assert not Contact.objects.filter(whom="client").exists()


def test_finance_records_nothing_here(company: Company, talk: DealTalk) -> None:
    fyodor = finance(company)
    TelegramLinkFactory(user=fyodor, telegram_id=2, chat_id=2)
    other = DealTalk(company, fyodor, talk.order)
    assert other.press(k.CLIENT_SAID, talk.order.pk, talk.fresh().version, 1).alert
    assert not ClientDecision.objects.exists()


def test_an_order_that_went_to_another_says_so(company: Company, talk: DealTalk) -> None:
    talk.press_label("🤔 Thinks until")
    boris = company.manager("Boris", capacity=1000)
    order_assign(
        order_id=talk.order.pk,
        manager_id=boris.user_id,
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    talk.write("завтра")
    assert not ClientDecision.objects.exists()
    assert talk.press(k.DEAL_SCREEN, talk.order.pk, 0).alert
    assert talk.shown() == f"➡️ {talk.order.ref} is now with Boris. You have nothing to do for it."


def test_a_press_on_an_order_that_has_changed_is_refused_and_the_card_shows_how(
    company: Company, talk: DealTalk
) -> None:
    seen = talk.fresh().version
    _block(talk, company.lead.pk)
    for verb, *numbers in ((k.CLIENT_SAID, 1), (k.CLIENT_DECLINED, 1), (k.CLIENT_SILENT,)):
        answer = talk.press(str(verb), talk.order.pk, seen, *map(int, numbers))
        assert answer.toast == "The order has changed since you looked at it. Look again and decide."
    assert not ClientDecision.objects.exists()
    assert "⛔ the carrier: Пробки · Olga, by 15:00" in talk.shown()


def test_words_do_not_overwrite_what_was_not_seen(company: Company, talk: DealTalk) -> None:
    released(talk)
    fix_carrier(company, talk.order)
    talk.write("ПЭК")
    assert talk.said() == "The order has changed since you looked at it. Look again and decide."
    assert talk.deal.carrier == "CDEK"
    talk.follow()
    assert "🚚 CDEK · 10 2345 678" in talk.shown()


def test_the_card_follows_what_is_done_in_the_panel(company: Company, talk: DealTalk) -> None:
    talk.open()
    client_decision_record(
        order_id=talk.order.pk,
        decision="confirmed",
        actor=company.actor(company.lead),
        now=company.now,
    )
    assert talk.follow() == 1
    assert "Which day is agreed with the seller?" in talk.shown()
    assert talk.follow() == 0


def test_a_question_that_nobody_answered_makes_room_for_what_is_asked_next(
    company: Company, talk: DealTalk
) -> None:
    talk.press_label("🤔 Thinks until")
    company.go(DAY)
    talk.deliver()
    decide(company, talk.order, "thinks", until=company.now + HOUR)
    talk.follow()
    assert talk.dialogue.screen == "step"
    talk.write("завтра")
    assert ClientDecision.objects.count() == 1


@pytest.mark.parametrize("times", [2, 5])
def test_pressed_again_it_is_recorded_once(talk: DealTalk, times: int) -> None:
    version = talk.fresh().version
    answers = [talk.press(k.CLIENT_SAID, talk.order.pk, version, 1) for _ in range(times)]
    assert not any(answer.alert for answer in answers)
    assert ClientDecision.objects.count() == 1


def test_no_button_acts_twice(talk: DealTalk) -> None:
    released(talk)
    version = talk.fresh().version
    for _ in range(2):
        talk.press(k.CARRIER, talk.order.pk, version, 1)
    assert Logistics.objects.filter(carrier="СДЭК").count() == 1
    fix_carrier(talk.company, talk.order)
    opened(talk)
    version = talk.fresh().version
    first, second = (talk.press(k.TAKE_ROUTE, talk.order.pk, version, 2) for _ in range(2))
    assert (first.alert, second.toast) == (False, "This is done already.")
    version = talk.fresh().version
    for _ in range(2):
        talk.press(k.WAY, talk.order.pk, version, 1)
    assert TrackingCheck.objects.count() == 1
    day = moment("12:00").date().toordinal()
    version = talk.fresh().version
    for _ in range(2):
        talk.company.now += timedelta(seconds=5)
        talk.press(k.DELIVERED, talk.order.pk, version, day)
    assert Logistics.objects.filter(delivered_at__isnull=False).count() == 1


@pytest.mark.parametrize(
    "data",
    ["d:999", "dv:{o}:99", "dc:{o}:{v}:9", "du:{o}:{v}:5", "du:{o}:{v}:999999999", "dn:{o}:{v}:77", "ds:{o}:{v}:0",
     "ds:{o}:{v}:999999999999", "dk:{o}:{v}:99", "dr:{o}:{v}:9", "dw:{o}:{v}:9", "db:{o}:9", "dt:{o}:7", "dg:{o}:999",
     "dt:{o}:1", "da:{o}:{v}:99", "dd:{o}:{v}:1", "dx:{o}:1", "dc:{o}", "dc:{o}:{v}:1:1", "d:", "d:-1", "dz:{o}"],
)  # fmt: skip
def test_forged_buttons_change_nothing(talk: DealTalk, data: str) -> None:
    before = talk.fresh()
    talk.press_data(data.format(o=talk.order.pk, v=before.version))
    after = talk.fresh()
    assert (after.version, after.status) == (before.version, before.status)
    assert not ClientDecision.objects.exists()
    assert not Blocker.objects.exists()


def test_a_shipping_that_lacks_something_says_all_of_it(talk: DealTalk) -> None:
    released(talk)
    answer = talk.press(k.TAKE_ROUTE, talk.order.pk, talk.fresh().version, 2)
    assert answer.toast.startswith("The carrier is not recorded. The tracking number is not recorded.")
    answer = talk.press(k.TAKE_ROUTE, talk.order.pk, talk.fresh().version, 3)
    assert answer.toast.startswith("From “Ready for shipment” this step is not possible.")


def test_a_release_without_the_money_says_how_much_is_there(talk: DealTalk) -> None:
    confirmed(talk)
    answer = talk.press(k.TAKE_ROUTE, talk.order.pk, talk.fresh().version, 1)
    assert answer.alert
    assert "Paid 0 ₽ of 125,000 ₽." in answer.toast.replace("\u00a0", " ")
    assert talk.fresh().status == Status.AWAITING_PAYMENT


# ── what leads are told ──


def test_an_overdue_blocker_reads_as_what_it_is_and_whose(company: Company, talk: DealTalk) -> None:
    company.lead.language = "en"
    company.lead.save(update_fields=["language"])
    _block(talk, talk.user.pk)
    company.go(5 * HOUR)
    told = Message.objects.filter(template="escalation", person=company.lead).latest("pk")
    body = dealing(company, talk.user, talk.order).rendered(told).body
    assert "Resolve the blocker" in body.splitlines()[0]
    assert "A blocker is not resolved: 2 h late, was due 15:00\n↳ the carrier: Пробки · Anna" in body


def test_a_request_that_nobody_decides_says_who_asks_for_what(company: Company, talk: DealTalk) -> None:
    company.lead.language = "en"
    company.lead.save(update_fields=["language"])
    pay(company, talk.order)
    ask(company, talk.order, "cancel", reason_code="client_refused")
    asked = Message.objects.get(template="approval_asked")
    body = talk.rendered(asked).body.replace("\u00a0", " ")
    head = f"✋ Decide about {talk.order.ref} by 16:00 (in 4 h) — Cancel the order\nAnna asks: So it is\n"
    assert body.startswith(head)
    assert "Paid 125,000 ₽ of 125,000 ₽" in body
    assert talk.rendered(asked).keyboard is None
    company.go(6 * HOUR)
    told = Message.objects.filter(template="escalation", person=company.lead).latest("pk")
    body = talk.rendered(told).body
    assert "An approval is not decided: 2 h late, was due 16:00\n↳ Cancel the order · asked by Anna" in body
    # What has to be decided stands first, and no other manager decides it sooner.
    assert body.startswith(f"🔥 Decide about {talk.order.ref} ")
    assert body.splitlines()[0].endswith(" — Cancel the order")
    labels = [b["text"] for row in talk.rendered(told).keyboard["inline_keyboard"] for b in row]  # type: ignore[index]
    assert labels == ["I take it on", "Snooze…", "Resolve…"]


def test_who_asked_is_told_how_it_was_decided(company: Company, talk: DealTalk) -> None:
    pay(company, talk.order)
    say(company, ask(company, talk.order, "cancel", reason_code="client_refused"), "decline", reason="Wait")
    told = talk.rendered(Message.objects.get(template="approval_decided"))
    assert told.body.startswith(f"⛔ {talk.order.ref}: not approved — Cancel the order (Olga)\nWait\nNext: ")
    assert told.keyboard == {
        "inline_keyboard": [[{"text": "To the step", "callback_data": f"d:{talk.order.pk}"}]]
    }


def test_the_owner_is_told_what_was_decided_about_their_order(company: Company, talk: DealTalk) -> None:
    """Olga asks, Pavel decides: Anna, whose order it is, did neither."""
    pavel = company.person("Pavel", LEAD)
    pay(company, talk.order)
    say(
        company,
        ask(company, talk.order, "cancel", by=company.lead, reason_code="undecided"),
        "approve",
        who=pavel,
    )
    assert company.heard("approval_decided") == [
        ("Olga", "approval_decided", "02 12:00"),
        ("Anna", "approval_decided", "02 12:00"),
    ]


def test_a_request_that_stands_in_the_chat_shows_how_it_ended(company: Company, talk: DealTalk) -> None:
    company.lead.language = "en"
    company.lead.save(update_fields=["language"])
    pay(company, talk.order)
    say(company, ask(company, talk.order, "cancel", reason_code="client_refused"), "decline", reason="Wait")
    ask(company, talk.order, "cancel", reason_code="client_refused")
    company.go(2 * DAY)
    declined, expired = Message.objects.filter(template="approval_asked", edits=True).order_by("pk")
    assert {declined.person, expired.person} == {company.lead}
    assert talk.rendered(declined).body == f"⛔ {talk.order.ref}: not approved — Cancel the order (Olga)"
    assert talk.rendered(expired).body == f"↩️ {talk.order.ref}: nothing to decide any more — Cancel the order"


def test_a_blocker_that_another_person_removed_asks_for_nothing_any_more(
    company: Company, talk: DealTalk
) -> None:
    boris = company.manager("Boris", capacity=0)
    boris.user.language = "en"
    boris.user.save(update_fields=["language"])
    blocker = _block(talk, boris.user_id)
    by_lead = {"actor": company.actor(company.lead), "now": company.now}
    blocker_resolve(blocker_id=blocker.pk, resolution="He called", **by_lead)
    standing = Message.objects.get(template="blocker", edits=True)
    assert standing.person_id == boris.user_id
    assert talk.rendered(standing).body == f"✅ {talk.order.ref}: you have nothing to remove"


def test_whoever_has_another_blocker_to_remove_sees_that_one(company: Company, talk: DealTalk) -> None:
    boris = company.manager("Boris", capacity=0)
    boris.user.language = "en"
    boris.user.save(update_fields=["language"])
    _block(talk, boris.user_id, "Снег")
    second = _block(talk, boris.user_id)
    by_lead = {"actor": company.actor(company.lead), "now": company.now}
    blocker_resolve(blocker_id=second.pk, resolution="He called", **by_lead)
    body = talk.rendered(Message.objects.get(template="blocker", edits=True)).body
    assert body.startswith(f"⛔ Clear the way of {talk.order.ref} by 15:00")
    assert "Снег" in body


def test_the_owners_card_of_the_deal_is_redrawn_and_not_written_over(
    company: Company, talk: DealTalk
) -> None:
    """An edit changes the newest message of its thread: the owner's is their card, with the next step under it."""
    blocker = _block(talk, talk.user.pk)
    talk.deliver()
    by_lead = {"actor": company.actor(company.lead), "now": company.now}
    blocker_resolve(blocker_id=blocker.pk, resolution="He called", **by_lead)
    assert not Message.objects.filter(template="blocker", edits=True).exists()


def test_who_asked_is_told_that_nobody_decided(company: Company, talk: DealTalk) -> None:
    pay(company, talk.order)
    ask(company, talk.order, "cancel", reason_code="client_refused")
    company.go(2 * DAY)
    told = talk.rendered(Message.objects.get(template="approval_expired"))
    first = f"⌛ {talk.order.ref}: ask anew, nobody decided in time — Cancel the order"
    assert told.body.splitlines()[0] == first


def test_who_asked_is_told_that_the_request_fell_with_the_step(company: Company, talk: DealTalk) -> None:
    pay(company, talk.order)
    ask(company, talk.order, "cancel", reason_code="client_refused")
    say(company, ask(company, talk.order, "reinspect"), "approve")
    told = talk.rendered(Message.objects.get(template="approval_withdrawn"))
    first = (
        f"↩️ {talk.order.ref}: your request does not count any more, the order has changed: Cancel the order"
    )
    assert told.body.splitlines()[0] == first
    assert "Next: " in told.body


# ── how it looks ──


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_fits_into_a_message(screen: str, language: str) -> None:
    now = moment("12:00")
    with translation.override(language):
        order = sample_order(now, status=Status.AWAITING_PAYMENT, next_action="follow_up_client")
        draft = {"text": "x" * 1000, "blocker": 5}
        context = samples.context(order, anna(), screen=screen, now=now, draft=draft)
        context |= {"now": now, "person": anna(), "person_id": 1}
        html = render_template("deal", context, now=now)
        keyboard = markup(buttons(context))
    assert 0 < units(plain(html)) < 900
    assert "None" not in html
    assert keyboard is not None
    for row in keyboard["inline_keyboard"]:
        assert 1 <= len(row) <= 3
        for button in row:
            assert 1 <= len(button["text"]) <= 40
            assert len(button["callback_data"].encode()) <= 64


def test_the_owner_is_told_when_the_whole_price_is_there_and_releases_it_there(
    company: Company, talk: DealTalk
) -> None:
    confirmed(talk).write("5.03")
    pay(company, talk.order, Decimal(1))
    assert company.heard("paid") == []
    pay(company, talk.order, PRICE - 1)
    assert [who for who, _what, _when in company.heard("paid")] == ["Anna"]
    talk.deliver()
    shown = talk.shown()
    assert shown.startswith(f"💳 {talk.order.ref} is paid in full\n")
    assert f"{talk.order.ref}: Release for shipment by" in shown
    talk.press_label("📦 Release")
    assert talk.fresh().status == Status.READY_FOR_SHIPMENT


def test_a_client_who_paid_may_still_decline_and_the_cancelling_comes_first(
    company: Company, talk: DealTalk
) -> None:
    confirmed(talk).write("5.03")
    pay(company, talk.order)
    opened(talk)
    talk.press_label("❌ Declined")
    talk.press_label("Found elsewhere")
    buttons = talk.shown().splitlines()
    first = next(line for line in buttons if line.startswith("["))
    assert first == "[Cancel the order…]"
    assert "[❌ Declined…]" not in talk.shown()
    talk.press_label("Cancel the order")
    talk.press_label("Ask for it")
    # It is asked for already: there is nothing to press again until somebody has decided.
    assert "[Cancel the order…]" not in talk.shown()


def test_a_reminder_of_a_task_names_the_task_and_can_end_it(company: Company, talk: DealTalk) -> None:
    """The step of the order is another thing, with a deadline of its own."""
    task = task_add(
        order_id=talk.order.pk,
        title="Send me the receipt",
        owner_id=talk.user.pk,
        due_at=moment("15:00"),
        actor=company.actor(company.lead),
        now=company.now,
    )
    company.commit()
    company.go_to(moment("15:00"))
    told = [
        message
        for message in Message.objects.filter(template="sla_breach", person=talk.user)
        if datetime.fromisoformat(message.context["due_at"]) == task.due_at
        and talk.rendered(message).body.startswith(f"🔥 {talk.order.ref}: Send me the receipt now: ")
    ]
    assert len(told) == 1
    assert talk.rendered(told[0]).keyboard["inline_keyboard"][0] == [  # type: ignore[index]
        {"text": "✅ Done", "callback_data": f"td:{task.pk}"},
        {"text": "What next", "callback_data": f"n:{talk.order.pk}"},
    ]
