"""Files that people send: none is lost, each goes to its point, and one card says what became of an album."""

from datetime import timedelta

import pytest
from django.db import transaction

from core.models import Entry, Message
from orders.models import Evidence, Note, Order
from orders.services import GivenAnswer, inspection_answer
from orders.statuses import Status
from telegram_bot import inbox
from telegram_bot.cards import callback as k
from telegram_bot.inspecting import fetching, following
from telegram_bot.models import FileState, IncomingFile, Update, UpdateState
from tests.evidence.files import HTML, heic, pdf, video
from tests.stories.company import Company
from tests.telegram_bot.talking import LEASE, Talk, accept, begin

pytestmark = pytest.mark.usefixtures("folder")

MB = 1024 * 1024


@pytest.fixture
def talk(company: Company) -> Talk:
    """Anna's order is under inspection, and its card is open."""
    talk = begin(company)
    talk.press(k.INSPECT, talk.order.pk)
    return talk


def points_of(files: list[IncomingFile]) -> list[int | None]:
    kept = Evidence.objects.select_related("item").in_bulk([file.evidence_id for file in files])
    return [kept[file.evidence_id].item.number if kept[file.evidence_id].item else None for file in files]  # type: ignore[index, union-attr]


def cards_posted() -> int:
    return Message.objects.filter(template="inspection", edits=False).count()


# ── to the point in hand ──


def test_an_album_goes_to_the_point_in_hand_and_is_told_of_once(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 6)
    talk.press_label("No")
    before = cards_posted()
    files = talk.send_kept(talk.photo(), talk.photo())
    assert points_of(files) == [6, 6]
    assert cards_posted() == before + 1
    assert talk.shown().startswith("📎 2 photos → 6. Корпус\n\n")
    assert "7. Детали" in talk.shown()
    assert not IncomingFile.objects.filter(told_at=None).exists()


def test_the_card_waits_until_the_album_has_come_whole(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 6)
    before = cards_posted()
    talk.send(album="a")
    talk.fetch(talk.photo())
    assert following.follow(now=talk.now) == 0
    talk.send(album="a")
    assert talk.follow() == 0
    talk.fetch(talk.photo())
    assert talk.follow() == 1
    assert cards_posted() == before + 1


def test_what_is_fetched_is_told_though_the_rest_still_waits(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 6)
    talk.send(album="a")
    talk.fetch(talk.photo())
    talk.send(album="a")
    talk.company.now += timedelta(seconds=15)
    assert talk.follow() == 1
    assert "📎 1 photo → 6. Корпус" in talk.shown()


def test_an_album_stays_together_wherever_the_person_goes_meanwhile(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 6)
    talk.send(album="a")
    talk.press(k.POINT, talk.inspection, 9)
    talk.send(album="a")
    assert list(IncomingFile.objects.order_by("pk").values_list("point", flat=True)) == [6, 6]


def test_a_file_of_another_kind_is_kept_and_the_right_one_still_asked_for(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    talk.press_label("Yes")
    talk.send_kept(pdf(), name="act.pdf")
    assert "📎 1 document → 9. Стёкла" in talk.shown()
    assert "Send 1 photo" in talk.shown()


def test_an_image_sent_as_a_file_is_a_photo_and_a_video_a_video(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 11)
    talk.send(kind="document", name="IMG_1.JPG")
    talk.send(kind="video", name="clip.mp4")
    talk.fetch(talk.photo(), video("libx264"))
    assert list(Evidence.objects.order_by("pk").values_list("kind", flat=True)) == ["photo", "video"]


def test_a_repeated_photo_is_flagged_to_its_sender_and_to_the_lead(company: Company, talk: Talk) -> None:
    company.lead.language = "en"
    company.lead.save(update_fields=["language"])
    same = talk.photo()
    talk.press(k.POINT, talk.inspection, 6)
    talk.send_kept(same)
    talk.press(k.POINT, talk.inspection, 9)
    talk.send_kept(same)
    assert "♻️ The same file is at point 6" in talk.shown()
    told = Message.objects.get(template="evidence_repeated", person=company.lead)
    assert "attached a file that was there before" in talk.rendered(told).body


def test_where_repeated_photos_were_is_said_once(talk: Talk) -> None:
    same = [talk.photo(), talk.photo()]
    for point in (6, 9):
        talk.press(k.POINT, talk.inspection, point)
        for photo in same:
            talk.send_kept(photo)
    # Of the photo that has just come, and of the point that has both of them.
    assert talk.shown().count("♻️ The same file is at point 6") == 2


def test_a_file_taken_away_does_not_count(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    talk.send_kept(talk.photo())
    talk.press(k.POINT, talk.inspection, 9)
    talk.press_label("🗑 Take away the last file")
    assert Evidence.objects.get().removed_at is not None
    assert "Send 1 photo" in talk.shown()


# ── captions ──


def test_a_number_as_a_caption_says_the_point(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 6)
    files = talk.send_kept(talk.photo(), talk.photo(), caption="п. 9")
    assert points_of(files) == [9, 9]


def test_a_number_under_a_later_picture_says_it_for_the_whole_album(talk: Talk) -> None:
    talk.send(album="a")
    talk.send(album="a", caption="9")
    talk.fetch(talk.photo(), talk.photo())
    assert points_of(list(IncomingFile.objects.order_by("pk"))) == [9, 9]


def test_words_under_the_photo_of_an_exception_are_its_remark(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 7)
    talk.press_label("No")
    talk.send_kept(talk.photo(), caption="погнут козырёк")
    assert talk.view.point(7).answer.remark == "погнут козырёк"  # type: ignore[union-attr]
    assert "8. Крепёж" in talk.shown()


def test_words_that_answer_nothing_become_a_note(talk: Talk) -> None:
    talk.send_kept(talk.photo(), caption="вид из окна")
    talk.press(k.POINT, talk.inspection, 18)
    talk.send_kept(talk.photo(), caption="счётчик")
    assert list(Note.objects.order_by("pk").values_list("text", flat=True)) == [
        "With a file: вид из окна",
        "With a file of point 18: счётчик",
    ]
    assert talk.value(18) == ""


def test_a_command_as_a_caption_does_not_lose_the_photo(talk: Talk) -> None:
    assert talk.send(caption="/my").state == FileState.NEW


# ── to which point? ──


def test_files_without_a_point_are_asked_about_those_that_lack_files_first(talk: Talk) -> None:
    talk.send_kept(talk.photo(), talk.photo())
    shown = talk.shown()
    assert "Of which point: 2 photos?" in shown
    assert "[📎 1. Общий вид · 2 photos]\n[📎 2. Серийный номер · 1 photo]\n[📎 6. Корпус" in shown
    talk.press_label("📎 6.")
    assert points_of(list(IncomingFile.objects.order_by("pk"))) == [6, 6]
    assert "6. Сколы" in talk.shown()


def test_albums_are_placed_one_after_another(talk: Talk) -> None:
    talk.send_kept(talk.photo(), talk.photo())
    talk.send_kept(talk.photo())
    assert "Of which point: 2 photos?" in talk.shown()
    assert "1 more file has no point" in talk.shown()
    talk.press_label("📎 6.")
    assert "Of which point: 1 photo?" in talk.shown()
    talk.press_label("📎 9.")
    assert points_of(list(IncomingFile.objects.order_by("pk"))) == [6, 6, 9]


def test_any_point_can_be_chosen_by_turning_the_page(talk: Talk) -> None:
    talk.send_kept(talk.photo())
    for _ in range(3):
        talk.press_label("→")
    talk.press_label("22. Недостающее")
    assert points_of(list(IncomingFile.objects.all())) == [22]


def test_what_of_an_album_still_has_to_be_fetched_goes_where_the_rest_was_put(talk: Talk) -> None:
    talk.send(album="a")
    talk.fetch(talk.photo())
    talk.send(album="a")
    first = Evidence.objects.get()
    talk.press(k.PLACE, talk.inspection, first.pk, 6)
    talk.fetch(talk.photo())
    assert points_of(list(IncomingFile.objects.order_by("pk"))) == [6, 6]


def test_a_point_said_while_the_file_is_on_its_way_counts(talk: Talk) -> None:
    talk.send(album="a")
    talk.send(album="a")
    first, second = fetching.take(limit=9, lasting=LEASE, now=talk.now)
    fetching.keep(first, talk.photo(), "a.jpg", now=talk.now)
    talk.press(k.PLACE, talk.inspection, Evidence.objects.get().pk, 6)
    fetching.keep(second, talk.photo(), "b.jpg", now=talk.now)
    assert points_of(list(IncomingFile.objects.order_by("pk"))) == [6, 6]


def test_unplaced_files_that_are_not_needed_go_together(talk: Talk) -> None:
    talk.send_kept(talk.photo(), talk.photo())
    talk.press_label("🗑 Not needed")
    assert Evidence.objects.filter(removed_at=None).count() == 0
    assert "Inspect" in talk.shown()


def test_later_leaves_them_and_the_groups_remind(talk: Talk) -> None:
    talk.send_kept(talk.photo())
    talk.press_label("Later")
    assert "[📎 Without a point: 1 photo]" in talk.shown()


# ── of which order? ──


def test_with_one_order_nothing_is_asked(company: Company) -> None:
    talk = begin(company)
    assert talk.send().order == talk.order


def test_with_several_orders_the_album_waits_for_the_answer(company: Company) -> None:
    talk = begin(company)
    other = accept(company, talk.user, "A-2")
    for _ in range(3):
        assert talk.send(album="a").order is None
    assert fetching.take(limit=9, lasting=LEASE, now=talk.now) == []
    asked = Message.objects.get(template="inspection_files")
    assert talk.rendered(asked).body == "📎 Of which order are the 3 files?"
    keyboard = talk.rendered(asked).keyboard
    assert keyboard is not None
    assert [row[0]["callback_data"] for row in keyboard["inline_keyboard"]] == [
        f"fo:{talk.order.pk}",
        f"fo:{other.order.pk}",
    ]
    other.press(k.FILES_OF, other.order.pk)
    assert set(IncomingFile.objects.values_list("order", flat=True)) == {other.order.pk}
    answered = Message.objects.filter(template="inspection_files", edits=True).latest("pk")
    assert talk.rendered(answered).body == f"📎 3 files go to {other.order.ref}"
    other.fetch(*[talk.photo() for _ in range(3)])
    other.follow()
    assert "Of which point: 3 photos?" in other.shown()


def test_the_order_in_hand_needs_no_question(company: Company) -> None:
    talk = begin(company)
    other = accept(company, talk.user, "A-2")
    other.press(k.INSPECT, other.order.pk)
    assert talk.send().order == other.order


def test_a_file_that_answers_a_card_is_of_its_order(company: Company) -> None:
    talk = begin(company)
    talk.press(k.INSPECT, talk.order.pk)
    card = talk.newest()
    assert card is not None
    other = accept(company, talk.user, "A-2")
    other.press(k.INSPECT, other.order.pk)
    assert talk.send(reply_to=int(card.provider_id)).order == talk.order


def test_without_an_order_under_inspection_the_person_is_told_once(company: Company) -> None:
    talk = begin(company)
    company.return_to_queue(talk.order)
    for _ in range(3):
        assert talk.send(album="a").state == FileState.REFUSED
    assert (
        talk.said()
        == "You have no order under inspection or on its way: there is nothing to attach a file to."
    )
    assert Message.objects.filter(template="notice").count() == 1


def test_files_whose_order_nobody_names_are_given_up_after_a_day(company: Company) -> None:
    talk = begin(company)
    accept(company, talk.user, "A-2")
    talk.send()
    assert fetching.unclaimed(now=talk.now) == 0
    assert fetching.unclaimed(now=talk.now + timedelta(hours=25)) == 1


# ── refused ──


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (HTML, "IMG.jpg", "IMG.jpg"),
        (heic(), "IMG.HEIC", "IMG.HEIC"),
        (b"", "empty.pdf", "empty.pdf"),
        (pdf()[:-40], "cut.pdf", "cut.pdf"),
    ],
)
def test_what_is_no_use_is_refused_with_a_sentence(talk: Talk, content: bytes, name: str, says: str) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    (file,) = talk.send_kept(content, name=name)
    assert file.state == FileState.REFUSED
    assert talk.shown().startswith(f"❗️ {says}: ")
    assert "9. Стёкла" in talk.shown()
    assert not Evidence.objects.exists()


def test_one_bad_file_does_not_hold_up_the_album(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 6)
    talk.send_kept(talk.photo(), HTML, talk.photo())
    shown = talk.shown()
    assert "📎 2 photos → 6. Корпус" in shown
    assert "❗️ photo: " in shown


def test_a_file_that_is_too_large_is_not_even_fetched(talk: Talk) -> None:
    file = talk.send(kind="video", name="long.mp4", size=34 * MB)
    assert file.state == FileState.REFUSED
    talk.follow()
    assert talk.shown().startswith("❗️ long.mp4: The file has 34.0 MB, at most 15 are taken.")


def test_telegram_itself_says_that_it_is_too_large(talk: Talk) -> None:
    talk.send(kind="video", name="long.mp4", size=None)
    (job,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
    fetching.refuse_too_large(job, now=talk.now)
    talk.follow()
    assert talk.shown().startswith("❗️ long.mp4: The file is larger than 15 MB.")


def test_a_file_for_an_order_that_moved_on_is_told_so(company: Company, talk: Talk) -> None:
    talk.send()
    company.return_to_queue(talk.order)
    talk.fetch(talk.photo())
    assert IncomingFile.objects.get().state == FileState.REFUSED
    talk.follow()
    assert "❗️ photo: " in talk.shown()


# ── what fails ──


def test_while_telegram_is_away_a_file_is_tried_less_and_less_often_and_not_given_up(talk: Talk) -> None:
    file = talk.send()
    waits = []
    for _ in range(30):
        (job,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
        fetching.later(job, "connection refused", wait=None, counts=False, now=talk.now)
        file.refresh_from_db()
        waits.append((file.not_before - talk.now).total_seconds())
        talk.company.now = file.not_before
    assert waits[0] == 2
    assert waits == sorted(waits)
    assert max(waits) == 60
    assert (file.state, file.attempts) == (FileState.NEW, 0)


def test_told_to_wait_it_waits_as_long(talk: Talk) -> None:
    file = talk.send()
    (job,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
    fetching.later(job, "429", wait=timedelta(seconds=33), counts=False, now=talk.now)
    file.refresh_from_db()
    assert file.not_before == talk.now + timedelta(seconds=33)


def test_what_telegram_does_not_know_any_more_is_given_up_and_told(talk: Talk) -> None:
    file = talk.send(kind="document", name="act.pdf")
    for _ in range(5):
        (job,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
        fetching.later(job, "wrong file_id", wait=None, counts=True, now=talk.now)
        talk.company.now += timedelta(minutes=5)
    file.refresh_from_db()
    assert file.state == FileState.DEAD
    talk.follow()
    assert talk.shown().startswith("❗️ act.pdf: I could not fetch this file from Telegram. Send it again.")


def test_after_a_day_it_is_given_up(talk: Talk) -> None:
    file = talk.send()
    talk.company.now += timedelta(hours=25)
    (job,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
    fetching.later(job, "connection refused", wait=None, counts=False, now=talk.now)
    file.refresh_from_db()
    assert file.state == FileState.DEAD


# ── crashes ──


def test_the_update_and_its_file_are_one_transaction(talk: Talk) -> None:
    """Whoever dies before the commit handles the update again; after it the file is there."""
    visit, sent = talk.photo_update()
    with transaction.atomic():
        talk.apply_file(visit, sent)
        transaction.set_rollback(True)
    assert not IncomingFile.objects.exists()
    assert Update.objects.get(pk=visit.item_id).state == UpdateState.NEW
    talk.apply_file(visit, sent)
    assert IncomingFile.objects.get().update_id == visit.item_id


def test_a_fetcher_that_died_loses_nothing(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    talk.send()
    assert len(fetching.take(limit=1, lasting=LEASE, now=talk.now)) == 1
    assert fetching.take(limit=1, lasting=LEASE, now=talk.now) == []
    talk.company.now += LEASE + timedelta(seconds=1)
    assert fetching.release_expired(now=talk.now) == 1
    talk.fetch(talk.photo())
    assert points_of(list(IncomingFile.objects.all())) == [9]


def test_a_fetcher_that_was_stopped_writes_nothing_over_what_is_newer(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    talk.send()
    (late,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
    talk.company.now += LEASE + timedelta(seconds=1)
    fetching.release_expired(now=talk.now)
    talk.fetch(talk.photo())
    with pytest.raises(fetching.LeaseLost):
        fetching.keep(late, talk.photo(), "a.jpg", now=talk.now)
    fetching.later(late, "late", wait=None, counts=True, now=talk.now)
    assert IncomingFile.objects.get().state == FileState.KEPT
    assert Evidence.objects.count() == 1


def test_kept_and_marked_are_one_transaction(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    talk.send()
    (job,) = fetching.take(limit=1, lasting=LEASE, now=talk.now)
    IncomingFile.objects.update(lease_token="00000000-0000-0000-0000-000000000001")
    with pytest.raises(fetching.LeaseLost):
        fetching.keep(job, talk.photo(), "a.jpg", now=talk.now)
    assert not Evidence.objects.exists()


def test_a_typed_answer_that_was_applied_is_not_applied_again(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 18)
    talk.write("12,5")
    item = Update.objects.latest("pk")
    assert inbox.apply_once(item.pk, lambda: 1, now=talk.now) is None
    assert Entry.objects.filter(kind="command.inspection_answer").count() == 1


def test_everything_goes_on_after_a_restart(talk: Talk) -> None:
    """Nothing is kept in a process: what is read from the tables is enough."""
    talk.press(k.POINT, talk.inspection, 18)
    again = Talk(talk.company, type(talk.user).objects.get(pk=talk.user.pk), talk.order)
    again.write("12,5")
    assert again.value(18) == "12.5"


def test_leads_may_attach_to_the_orders_of_others(company: Company, talk: Talk) -> None:
    company.lead.telegram_links.create(telegram_id=7999, chat_id=7999, linked_at=company.now)
    lead = Talk(company, company.lead, talk.order)
    lead.command("inspect", talk.order.ref)
    assert lead.send().order == talk.order


def test_what_is_done_elsewhere_meanwhile_is_in_the_same_card(talk: Talk) -> None:
    talk.press(k.POINT, talk.inspection, 9)
    talk.send()
    talk.fetch(talk.photo())
    inspection_answer(
        order_id=talk.order.pk,
        answers=[GivenAnswer(9, "yes")],
        actor=talk.company.actor(talk.user),
        now=talk.now,
    )
    before = cards_posted()
    assert talk.follow() == 1
    assert cards_posted() == before + 1
    assert talk.follow() == 0
    assert Order.objects.get(pk=talk.order.pk).status == Status.UNDER_INSPECTION
