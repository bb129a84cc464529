"""The inspection in the chat, by the bot's own buttons, over the sandbox's HTTP."""

from collections.abc import Iterator

import pytest

from orders.models import Order
from orders.statuses import Status
from telegram_bot.models import FileState, IncomingFile
from telegram_bot.sandbox.server import Sandbox
from tests.telegram_bot.bot import Office, running_bot, wait_for
from tests.telegram_bot.phone import Phone, accepted

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def phone(office: Office, sandbox: Sandbox) -> Iterator[Phone]:
    """Anna has accepted an order, and the bot runs."""
    anna = office.hire("Anna")
    with running_bot(sandbox):
        yield accepted(office, anna)


def test_a_whole_inspection_with_twelve_photos_and_exceptions(phone: Phone) -> None:
    """45 presses at most."""
    phone.open()
    phone.press("☎️", "Contact with the seller")
    phone.press("Agreed", "Документы и подлинность", "norm: No")

    # Papers: the norm, then what wants photos or words.
    phone.press("✅ The norm for the whole group", "1. Вещь та же", "Send 2 photos")
    phone.photos(2, "2. Какой серийный номер")
    phone.write("SN-0042", "Send 1 photo", "SN-0042")
    phone.photos(1, "3. Какие документы")
    phone.photos(1, "Корпус и конструкция", "[✅ The norm for the whole group]")

    # The body: two exceptions before the norm.
    phone.press("▫️ 7", "7. Детали ровные")
    phone.press("No", "not the norm", "Write what is wrong")
    phone.photos(1, "📎 1 photo")
    phone.write("Погнут козырёк", "8. Крепёж родной")
    phone.press("✅ The norm for the rest: 6, 8, 9, 10", "6. Сколы")
    phone.photos(2, "9. Стёкла")
    phone.photos(1, "Механика и работа")

    # It works: one exception after the norm, without a remark.
    phone.press("✅ The norm for the whole group", "12. Главное назначение")
    phone.press("‹ Back", "Механика и работа")
    phone.press("✅ 13", "13. Все кнопки")
    phone.press("No", "Send 1 photo")
    phone.photos(1, "📎 1 photo")
    phone.press("Next", "12. Главное назначение")
    phone.photos(1, "Износ и следы")

    # Wear: a choice that is not the norm, a number.
    phone.press("▫️ 17", "17. Насколько изношена")
    phone.press("заметный износ", "not the norm")
    phone.photos(1, "📎 1 photo")
    phone.write("Потёрта рукоятка", "18. Сколько отработано")
    phone.write("12 500,5", "19. Царапины")
    phone.press("✅ The norm for the rest: 19, 20", "Комплектность")

    phone.press("✅ The norm for the whole group", "21. Всё из объявления")
    phone.photos(1, "22. Чего не хватает?")
    phone.write("Крышки объектива", "Продавец")
    phone.press("✅ The norm for the whole group", "27. За сколько")
    phone.write("95000", "Send 1 photo")
    phone.photos(1, "28. Цена и условия")
    phone.press("Yes", "Verdict", "28 of 28", "7. Геометрия: No — Погнут козырёк")

    phone.press("⚠️ Fit, with remarks", "write the remarks")
    done = phone.press("Take the remarks of the points", "is inspected: Fit, with remarks")

    assert done.text.startswith(f"The inspection of {phone.order.ref} is completed. Next: ")
    assert Order.objects.get(pk=phone.order.pk).status == Status.AWAITING_PAYMENT
    view = phone.view()
    assert (view.answered, view.files_missing, view.unplaced) == (28, 0, ())
    assert sorted(view.progress.exceptions) == [7, 13, 17]
    assert IncomingFile.objects.filter(state=FileState.KEPT).count() == phone.pictures >= 12
    assert [(point.number, point.answer.value) for point in view.points if point.number in (18, 27)] == [
        (18, "12500.5"),
        (27, "95000"),
    ]
    assert phone.presses <= 45, phone.presses
    wait_for(lambda: "Follow up with the client" in phone.card().text)
