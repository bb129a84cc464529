"""Files over the sandbox's HTTP: fetched in time, whatever Telegram does; what can't be taken is said so."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.models import Heartbeat
from orders.models import Evidence
from telegram_bot.models import FileState, IncomingFile
from telegram_bot.sandbox.server import Sandbox
from tests.evidence.files import HTML, noise, pdf, video, written
from tests.telegram_bot.bot import Office, running_bot, wait_for
from tests.telegram_bot.phone import Phone, accepted

pytestmark = pytest.mark.usefixtures("folder")

MB = 1024 * 1024


@pytest.fixture
def phone(office: Office, sandbox: Sandbox) -> Iterator[Phone]:
    """Anna has opened the inspection of an order, and the bot runs."""
    anna = office.hire("Anna")
    with running_bot(sandbox):
        phone = accepted(office, anna)
        phone.open()
        yield phone


def finished(count: int) -> bool:
    return IncomingFile.objects.filter(ended_at__isnull=False).count() == count


def test_a_photo_of_twelve_megabytes_sent_as_a_file_is_there_within_seconds(phone: Phone) -> None:
    large = written(noise(4200, 3300), "JPEG", quality=90)
    assert 11 * MB < len(large) < 15 * MB, len(large) / MB
    phone.press("Корпус", "norm: No")
    phone.press("▫️ 9", "9. Стёкла")
    began = time.monotonic()
    phone.sandbox.document(phone.chat, large, name="IMG_0042.jpg", mime_type="image/jpeg")
    wait_for(lambda: finished(1), seconds=30)
    took = time.monotonic() - began
    print(f"\n{len(large) / MB:.1f} MB: {took:.2f} s")
    assert took <= 5
    file = Evidence.objects.get()
    assert (file.kind, file.size, file.item and file.item.number) == ("photo", len(large), 9)
    phone.sees("📎 1 photo → 9. Стёкла")


def test_an_album_of_ten_is_one_card(phone: Phone) -> None:
    phone.press("Корпус", "norm: No")
    phone.press("▫️ 9", "9. Стёкла")
    phone.photos(10, "📎 10 photos → 9. Стёкла")
    wait_for(lambda: phone.sandbox.calls("deleteMessage"), what="the card above the photos is gone")
    cards = [m for m in phone.sandbox.sent(phone.chat) if "9. Стёкла" in m.text]
    assert [card.id for card in cards] == [phone.card().id]


def test_files_over_telegrams_limit_and_of_a_wrong_type_are_said_to_be_so(phone: Phone) -> None:
    phone.sandbox.document(phone.chat, b"0" * (21 * MB), name="long.mov", mime_type="video/quicktime")
    phone.sees("❗️ long.mov: The file has 21.0 MB, at most 15 are taken.")
    phone.sandbox.document(phone.chat, HTML, name="photo.jpg", mime_type="image/jpeg")
    phone.sees("❗️ photo.jpg: ")
    assert not Evidence.objects.exists()


def test_a_video_and_a_paper_are_kept_as_what_they_are(phone: Phone) -> None:
    phone.press("Механика", "Включается")
    phone.press("▫️ 11", "11. Включается")
    phone.sandbox.video(phone.chat, video("libx264"), name="clip.mp4")
    phone.sandbox.document(phone.chat, pdf(), name="act.pdf", mime_type="application/pdf")
    wait_for(lambda: finished(2), seconds=20)
    assert set(Evidence.objects.values_list("kind", "name")) == {
        ("video", "clip.mp4"),
        ("document", "act.pdf"),
    }


def test_an_album_is_forwarded_to_the_bot(phone: Phone) -> None:
    first = phone.sandbox.photo(phone.chat, [phone.picture(), phone.picture()])[0]
    phone.sees("Of which point: 2 photos?")
    phone.press("🗑 Not needed", "Inspect")
    phone.sandbox.forward(phone.chat, phone.chat, first)
    phone.sees("Of which point: 2 photos?")


@pytest.mark.parametrize("fault", ["500", "502", "reset", "429"])
def test_while_telegram_gives_no_file_it_is_tried_again(phone: Phone, fault: str) -> None:
    phone.press("Корпус", "norm: No")
    phone.press("▫️ 9", "9. Стёкла")
    phone.sandbox.fail(fault, methods=["getFile"], times=2, **({"retry_after": 1} if fault == "429" else {}))
    phone.photos(1)
    wait_for(lambda: finished(1), seconds=30)
    assert IncomingFile.objects.get().state == FileState.KEPT


def test_while_telegram_is_down_nothing_is_lost(phone: Phone) -> None:
    phone.press("Корпус", "norm: No")
    phone.press("▫️ 9", "9. Стёкла")
    phone.sandbox.fail("hang", methods=["getFile"], seconds=1, times=1)
    phone.photos(3)
    wait_for(lambda: IncomingFile.objects.count() == 3)
    phone.sandbox.fail("down", lasting=3)
    phone.sees("9. Стёкла", "📎", seconds=40)
    wait_for(lambda: finished(3), seconds=40)
    assert set(IncomingFile.objects.values_list("state", flat=True)) == {FileState.KEPT}


def test_the_fetcher_shows_that_it_works(office: Office, sandbox: Sandbox) -> None:
    with running_bot(sandbox):
        first = wait_for(lambda: Heartbeat.objects.filter(name="files").first())
        wait_for(lambda: Heartbeat.objects.get(name="files").at > first.at, seconds=10)


def test_without_telegram_the_fetcher_is_not_silent(office: Office) -> None:
    with running_bot(None):
        wait_for(lambda: Heartbeat.objects.filter(name="files").exists())


def test_what_was_being_fetched_when_the_bot_stopped_is_fetched_by_the_next(
    office: Office, sandbox: Sandbox
) -> None:
    anna = office.hire("Anna")
    with running_bot(sandbox, lease=timedelta(seconds=4)):
        phone = accepted(office, anna)
        phone.open()
        sandbox.fail("hang", methods=["getFile"], seconds=60)
        phone.photos(2)
        wait_for(lambda: IncomingFile.objects.filter(state=FileState.FETCHING).count() == 2)
    sandbox.heal()
    with running_bot(sandbox, lease=timedelta(seconds=4)):
        phone.sees("Of which point: 2 photos?", seconds=20)
    assert set(IncomingFile.objects.values_list("state", flat=True)) == {FileState.KEPT}
