"""A manager with the chat open: sees the card of an inspection, presses its buttons, writes and sends photos."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assignment.models import Manager
from core.models import Message, MessageStatus
from core.models.outbox import Channel
from orders.models import Inspection, Order
from orders.selectors import InspectionView, inspection_view
from orders.statuses import Status
from telegram_bot.cards.inspection import thread_of
from telegram_bot.sandbox.model import Callback
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sandbox.view import Seen, SeenButton
from tests.evidence.files import noise, written
from tests.telegram_bot.bot import Office, wait_for


@dataclass
class Phone:
    """`presses` counts what the manager has pressed; each press waits for its answer."""

    sandbox: Sandbox
    manager: Manager
    order: Order
    presses: int = 0
    pictures: int = field(default=0)

    @property
    def chat(self) -> int:
        return 7000 + self.manager.user_id

    @property
    def thread(self) -> str:
        return thread_of(self.order.pk, self.manager.user_id)

    # ── what is there ──

    def card(self) -> Seen:
        """The newest card."""
        newest = (
            Message.objects.filter(
                thread=self.thread,
                edits=False,
                status=MessageStatus.SENT,
                channel=Channel.TELEGRAM,
            )
            .order_by("-pk")
            .first()
        )
        assert newest is not None, "no card yet"
        return next(m for m in self.sandbox.chat(self.chat) if str(m.id) == newest.provider_id)

    def sees(self, *words: str, seconds: float = 10) -> Seen:
        """The card, once it says all this."""

        def shown() -> Seen | None:
            if not Message.objects.filter(thread=self.thread, status=MessageStatus.SENT).exists():
                return None
            card = self.card()
            return card if all(word in _all_of(card) for word in words) else None

        try:
            return wait_for(shown, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"not within {seconds} s: {words}\n\n{self.all_there_is()}") from None

    def all_there_is(self) -> str:
        return "\n---\n".join(_all_of(message) for message in self.sandbox.chat(self.chat)[-4:])

    def says(self, *words: str) -> Seen:
        """A message of the bot, beside the card, that says all this."""

        def said() -> Seen | None:
            told = self.sandbox.sent(self.chat)
            return next((m for m in reversed(told) if all(word in m.text for word in words)), None)

        return wait_for(said, what=f"{words}\n\n{self.all_there_is()}")

    def view(self) -> InspectionView:
        view = inspection_view(self.order.pk)
        assert view is not None
        return view

    @property
    def inspection(self) -> Inspection:
        return self.view().inspection

    # ── what is done ──

    def open(self) -> Seen:
        """By the button under the order's card."""
        own = wait_for(
            lambda: [m for m in self.sandbox.sent(self.chat) if self._starts(m, "Inspection")],
            what="the button of the inspection",
        )[-1]
        self.press_at(own, "Inspection")
        return self.sees(f"Inspect {self.order.ref}")

    def press(self, button: str, *then: str) -> Callback:
        """The button of the card whose label begins so; then the card says this."""
        card = wait_for(
            lambda: found if self._starts(found := self.card(), button) else None,
            what=f"{button}\n\n{self.all_there_is()}",
        )
        answer = self.press_at(card, button)
        if then:
            self.sees(*then)
        return answer

    def press_at(self, message: Seen, button: str) -> Callback:
        pressed = self._starts(message, button)
        assert pressed is not None, f"{button}: {_all_of(message)}"
        assert pressed.data is not None
        return self.press_data(message.id, pressed.data)

    def press_data(self, message_id: int, data: str) -> Callback:
        self.presses += 1
        query = self.sandbox.press_raw(self.chat, self.chat, message_id, data)
        return wait_for(
            lambda: next((c for c in self.sandbox.callback_answers() if c.id == query), None),
            what=f"an answer to {data}",
        )

    def write(self, text: str, *then: str) -> None:
        self.sandbox.write(self.chat, text)
        if then:
            self.sees(*then)

    def photos(self, count: int, *then: str, caption: str | None = None) -> None:
        """One album (or a single photo), of pictures that were never sent before."""
        self.sandbox.photo(self.chat, [self.picture() for _ in range(count)], caption)
        if then:
            self.sees(*then)

    def picture(self) -> bytes:
        self.pictures += 1
        return written(noise(64, 48), "JPEG")

    @staticmethod
    def _starts(message: Seen, label: str) -> SeenButton | None:
        flat = [button for row in message.buttons for button in row]
        return next((b for b in flat if b.text.startswith(label)), None)


def _all_of(message: Seen) -> str:
    rows: Sequence[str] = [" ".join(f"[{button.text}]" for button in row) for row in message.buttons]
    return "\n".join([message.text, *rows])


def accepted(
    office: Office, manager: Manager, external_id: str = "A-1", *, severity: str = "normal"
) -> Phone:
    """An order that this manager has accepted by its button: it is under inspection. While a bot runs."""
    order = office.order_now(external_id, severity=severity)
    assert order.assigned_manager_id == manager.user_id
    phone = Phone(office.sandbox, manager, order)
    card = phone.says(f"Accept {order.ref} by")
    phone.press_at(card, "Accept")
    phone.presses = 0
    order.refresh_from_db()
    assert order.status == Status.UNDER_INSPECTION
    return phone
