"""The chat without a network: what a person presses, writes and sends is applied as the worker applies it, and the
card is what would be sent. Beside it the fetcher's steps, one by one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.models import Message, TelegramLink, User
from orders.models import Order
from orders.selectors import InspectionView, inspection_view
from telegram_bot import cards, commands, inbox, presses
from telegram_bot.cards import callback as k
from telegram_bot.cards.inspection import TEMPLATE
from telegram_bot.inspecting import fetching, following
from telegram_bot.inspecting.files import Sent
from telegram_bot.models import Dialogue, IncomingFile, Update
from telegram_bot.visits import Answer, Visit
from tests.evidence.files import noise, written
from tests.stories.company import Company

LEASE = timedelta(seconds=60)


@dataclass
class Talk:
    """A person in their private chat with the bot, about one order."""

    company: Company
    user: User
    order: Order
    numbers: int = field(default=0)

    @property
    def now(self) -> datetime:
        return self.company.now

    @property
    def link(self) -> TelegramLink:
        return self.user.telegram_links.get(active=True)

    # ── what the person does ──

    def press(self, verb: str, *numbers: int, card: Message | None = None) -> Answer:
        return self.press_data(k.data(verb, *numbers), card=card)

    def press_data(self, data: str, *, card: Message | None = None) -> Answer:
        shown = card or self.newest()
        visit = self._visit(message_id=int(shown.provider_id) if shown else 1)
        answer = self._apply(visit, lambda: presses.run(visit, data, now=self.now))
        self.deliver()
        return answer

    def press_label(self, label: str) -> Answer:
        """The button of the card whose label begins so."""
        rows = (self.card().keyboard or {"inline_keyboard": []})["inline_keyboard"]
        flat = [button for row in rows for button in row]
        found = next((b for b in flat if b["text"].startswith(label)), None)
        assert found is not None, f"{label}: {self.shown()}"
        return self.press_data(found["callback_data"])

    def write(self, text: str, *, reply_to: int | None = None) -> Answer:
        visit = self._visit(reply_to=reply_to)
        answer = self._apply(visit, lambda: commands.other_words(visit, text, now=self.now))
        self.deliver()
        return answer

    def command(self, name: str, arguments: str = "") -> Answer:
        visit = self._visit()
        answer = self._apply(visit, lambda: commands.run(visit, name, arguments, now=self.now))
        self.deliver()
        return answer

    def send(
        self,
        *,
        kind: str = "photo",
        album: str = "",
        caption: str = "",
        name: str = "",
        size: int | None = 1000,
        reply_to: int | None = None,
    ) -> IncomingFile:
        """A file arrives; it is not fetched yet."""
        visit = self._visit(reply_to=reply_to)
        sent = Sent(kind, f"id-{visit.item_id}", f"unique-{visit.item_id}", name, size, album, caption)
        return self.apply_file(visit, sent)

    def photo_update(self) -> tuple[Visit, Sent]:
        """A photo that is stored and not handled yet."""
        return self._visit(), Sent("photo", "id", "unique")

    def apply_file(self, visit: Visit, sent: Sent) -> IncomingFile:
        self._apply(visit, lambda: commands.files(visit, sent, now=self.now))
        return IncomingFile.objects.get(update_id=visit.item_id)

    def send_kept(
        self, *contents: bytes, album: str = "", caption: str = "", name: str = ""
    ) -> list[IncomingFile]:
        """Files that arrive, are fetched and told of."""
        album = album or (f"album-{self.numbers}" if len(contents) > 1 else "")
        sent = [
            self.send(album=album, caption=caption if at == 0 else "", name=name)
            for at, _content in enumerate(contents)
        ]
        self.fetch(*contents)
        self.follow()
        return list(IncomingFile.objects.filter(pk__in=[file.pk for file in sent]).order_by("pk"))

    # ── what the worker does ──

    def fetch(self, *contents: bytes) -> None:
        """All that waits, in the order it came; each with the next of these contents."""
        jobs = fetching.take(limit=100, lasting=LEASE, now=self.now)
        for job, content in zip(jobs, contents, strict=True):
            fetching.keep(job, content, job.named or "photo.jpg", now=self.now)

    def follow(self) -> int:
        """A moment later, when an album has come whole."""
        self.company.now += timedelta(seconds=2)
        brought = following.follow(now=self.now)
        self.deliver()
        return brought

    def deliver(self) -> None:
        """What is posted to this person counts as sent; edits go to the card of their thread."""
        for message in Message.objects.filter(person=self.user, status="queued").order_by("pk"):
            message.status, message.ended_at, message.sent_at = "sent", self.now, self.now
            message.channel, message.chat_id = "telegram", self.link.chat_id
            before = self.newest() if message.edits else None
            message.provider_id = before.provider_id if before else str(100_000 + message.pk)
            message.save()

    # ── what there is ──

    def newest(self) -> Message | None:
        return (
            Message.objects.filter(
                person=self.user, order_id=self.order.pk, template=TEMPLATE, edits=False, status="sent"
            )
            .order_by("-pk")
            .first()
        )

    def card(self) -> cards.Rendered:
        """What the last word about the card would look like now."""
        message = Message.objects.filter(
            person=self.user, order_id=self.order.pk, template=TEMPLATE
        ).order_by("-pk")[0]
        return self.rendered(message)

    def rendered(self, message: Message) -> cards.Rendered:
        contexts = cards.card(message.template).load([message], self.now)
        return cards.render(message, contexts[message.pk], cards.readers([message])[message.pk], now=self.now)

    def shown(self) -> str:
        """The card's text and its buttons, line by line."""
        card = self.card()
        rows = (card.keyboard or {"inline_keyboard": []})["inline_keyboard"]
        return "\n".join([card.body, *(" ".join(f"[{b['text']}]" for b in row) for row in rows)])

    def said(self) -> str:
        """The last short answer beside the card."""
        return str(Message.objects.filter(person=self.user, template="notice").latest("pk").context["text"])

    @property
    def view(self) -> InspectionView:
        view = inspection_view(self.order.pk)
        assert view is not None
        return view

    @property
    def inspection(self) -> int:
        return self.view.inspection.pk

    @property
    def dialogue(self) -> Dialogue:
        return Dialogue.objects.get(person=self.user, order=self.order)

    def value(self, number: int) -> str:
        point = self.view.point(number)
        assert point is not None
        return point.answer.value if point.answer else ""

    def photo(self) -> bytes:
        return written(noise(64, 48), "JPEG")

    # ── inside ──

    def _visit(self, *, message_id: int | None = None, reply_to: int | None = None) -> Visit:
        self.numbers += 1
        number = Update.objects.count() + 1
        update = Update.objects.create(
            bot_id=1, update_id=number, received_at=self.now, not_before=self.now, payload={}
        )
        link = self.link
        return Visit(
            item_id=update.pk,
            telegram_id=link.telegram_id,
            chat_id=link.chat_id,
            is_private=True,
            message_id=message_id,
            sent_at=self.now,
            reply_to=reply_to,
        )

    def _apply(self, visit: Visit, act: object) -> Answer:
        answer = inbox.apply_once(visit.item_id, act, now=self.now)  # type: ignore[arg-type]
        assert isinstance(answer, Answer)
        return answer


def begin(
    company: Company, *, name: str = "Anna", external_id: str = "A-1", severity: str = "normal"
) -> Talk:
    """Somebody new has accepted an order; nobody else could get it."""
    manager = company.manager(name, capacity=1000)
    manager.user.language = "en"
    manager.user.save(update_fields=["language"])
    return accept(company, manager.user, external_id, severity=severity)


def accept(company: Company, user: User, external_id: str, *, severity: str = "normal") -> Talk:
    order = company.order(external_id, severity=severity)
    assert order.assigned_manager_id == user.pk
    company.accept(order)
    order.refresh_from_db()
    return Talk(company, user, order)
