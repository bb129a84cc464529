"""What the card of an inspection shows: what is true of it when the card is sent, where its reader stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise

from core.models import Message, User
from orders.models import Contact, Evidence, Order, Proof, TaskStatus, VerdictCode
from orders.selectors import GroupView, InspectionView, PointView, contacts_of, inspection_view
from orders.services import DECIDE
from orders.statuses import Status
from telegram_bot.cards.card import Context
from telegram_bot.cards.inspection import said
from telegram_bot.cards.orders import orders_of
from telegram_bot.cards.waiting_files import orders_for_files
from telegram_bot.models import Awaits, Dialogue, FileState, IncomingFile, Screen, Talk
from telegram_bot.policies.inspecting import bar

OPEN, PAST, OTHERS, NOT_BEGUN, OVER, DECIDING = "open", "past", "others", "not_begun", "over", "deciding"

STALE_AFTER = timedelta(minutes=30)
"""A question that could not be asked for so long is not asked any more."""


LISTED = 12


@dataclass(frozen=True, slots=True)
class Told:
    """What became of files that were sent: of one point, or of none; or why some (`names`) were not taken."""

    point: PointView | None
    files: tuple[Evidence, ...] = ()
    names: tuple[str | Promise, ...] = ()
    why_not: str = ""

    @property
    def name(self) -> str:
        """In the language of whoever reads it."""
        return ", ".join(dict.fromkeys(map(str, self.names)))


@dataclass(frozen=True, slots=True)
class Choice:
    """A point to which files can be put; `lacks` says what it wants."""

    point: PointView
    lacks: int


def load(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """A card is always worth sending: what it says is read anew for each."""
    orders = orders_of(messages)
    dialogues = _dialogues(messages)
    contexts: dict[int, Context] = {}
    for message in messages:
        order = orders.get(message.order_id or 0)
        if order is None or message.person is None:
            continue
        dialogue = dialogues.get((message.person.pk, order.pk)) or Dialogue(
            person=message.person, order=order, touched_at=now
        )
        contexts[message.pk] = _context(message, message.person, order, dialogue)
    return contexts


def _dialogues(messages: Sequence[Message]) -> dict[tuple[int, int], Dialogue]:
    found = Dialogue.objects.filter(
        person__in=[m.person_id for m in messages],
        order__in=[m.order_id for m in messages],
        about=Talk.INSPECTION,
    )
    return {(dialogue.person_id, dialogue.order_id): dialogue for dialogue in found}


def _context(message: Message, person: User, order: Order, dialogue: Dialogue) -> Context:
    if message.context.get("past"):
        return {"order": order, "state": PAST, "told": []}
    view = inspection_view(order.pk)
    decides = person.has_perm("orders.act_on_any")
    context: Context = {
        "order": order,
        "state": _state(order, person, view, decides=decides),
        "decides": decides,
    }
    if view is None or context["state"] == OTHERS:
        return {**context, "told": told_of_files(message, None)}
    return {
        **context,
        "view": view,
        "inspection_id": view.inspection.pk,
        "dialogue": dialogue,
        "bar": bar(view.answered, view.total),
        "told": told_of_files(message, view),
        "exceptions": said.exceptions(view),
        **(_decision(order) if context["state"] == DECIDING else {}),
        **(_screen(order, view, dialogue) if context["state"] == OPEN else {}),
    }


def _state(order: Order, person: User, view: InspectionView | None, *, decides: bool) -> str:
    if order.assigned_manager_id != person.pk and not decides:
        return OTHERS
    if view is None:
        return NOT_BEGUN
    if order.status != Status.UNDER_INSPECTION or not view.is_current:
        return OVER
    if view.verdict is not None and view.verdict.verdict == VerdictCode.FAIL and not view.verdict.decision:
        return DECIDING
    return OPEN


def _decision(order: Order) -> Context:
    task = order.tasks.filter(kind=DECIDE, status=TaskStatus.OPEN).select_related("owner").first()
    return {"task": task}


# ── screens ──


def _screen(order: Order, view: InspectionView, dialogue: Dialogue) -> Context:
    screen = dialogue.screen
    if screen == Screen.PLACE and not view.unplaced:
        screen = Screen.GROUPS
    point = view.point(dialogue.point) if screen == Screen.POINT and dialogue.point else None
    group = view.group(point.item.group if point else dialogue.group)
    if (screen == Screen.POINT and point is None) or (screen == Screen.GROUP and group is None):
        screen = Screen.GROUPS
    return {
        "screen": screen,
        "point": point,
        "group": group,
        "group_at": _index(view, group),
        "has_exceptions": bool(view.progress.exceptions),
        **(_place(view, dialogue) if screen == Screen.PLACE else {}),
        **(_contact(order, dialogue) if screen in (Screen.CONTACT, Screen.WHEN) else {}),
    }


def _index(view: InspectionView, group: GroupView | None) -> int:
    return next((at for at, known in enumerate(view.groups) if group and known.code == group.code), 0)


def _contact(order: Order, dialogue: Dialogue) -> Context:
    last: Contact | None = contacts_of(order.pk).filter(whom="seller").first()
    return {"last_contact": last, "talk": str(dialogue.draft.get("text", ""))}


def _place(view: InspectionView, dialogue: Dialogue) -> Context:
    """The album that was sent first of those without a point, and the points that it could belong to."""
    first = view.unplaced[0]
    batch = _album(view, first)
    kinds = {file.kind for file in batch}
    return {"batch": batch, "others": len(view.unplaced) - len(batch), "choices": choices(view, kinds)}


def _album(view: InspectionView, first: Evidence) -> list[Evidence]:
    came = IncomingFile.objects.filter(evidence=first).exclude(media_group="").first()
    if came is None:
        return [first]
    together = set(
        IncomingFile.objects.filter(
            chat_id=came.chat_id, media_group=came.media_group, evidence__in=view.unplaced
        ).values_list("evidence_id", flat=True)
    )
    return [file for file in view.unplaced if file.pk in together]


def choices(view: InspectionView, kinds: set[str]) -> list[Choice]:
    """Those that lack files of this kind first, then those that lack others, then those that may have some."""

    def rank(point: PointView) -> tuple[bool, bool, bool, int]:
        lacks = point.needs_files > 0
        return (not (lacks and point.item.proof in kinds), not lacks, not point.item.proof, point.number)

    return [Choice(point, point.needs_files) for point in sorted(view.points, key=rank)]


# ── files ──


def told_of_files(message: Message, view: InspectionView | None) -> list[Told]:
    """What became of the files that the message names."""
    ids = message.context.get("files", [])
    if not ids:
        return []
    files = list(
        IncomingFile.objects.filter(pk__in=ids)
        .select_related("evidence__item", "evidence__repeats__item")
        .order_by("pk")
    )
    kept: dict[int | None, dict[int, Evidence]] = {}
    for file in files:
        if file.state == FileState.KEPT and file.evidence is not None:
            number = file.evidence.item.number if file.evidence.item else None
            kept.setdefault(number, {})[file.evidence.pk] = file.evidence
    told = [
        Told(view.point(number) if view is not None and number else None, tuple(some.values()))
        for number, some in kept.items()
    ]
    return [*told, *_refused(files)]


def _refused(files: Sequence[IncomingFile]) -> list[Told]:
    """Each sentence once, with the names of the files that it is about."""
    names: dict[str, list[str | Promise]] = {}
    for file in files:
        if file.state != FileState.KEPT:
            names.setdefault(file.error, []).append(file.name or Proof(file.kind).label)
    return [Told(None, names=tuple(some), why_not=why) for why, some in names.items()]


# ── the question of which order files are ──


def of_which(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Asked while it is not known, and answered where it was pressed."""
    contexts: dict[int, Context] = {}
    for message in messages:
        if now - message.created_at > STALE_AFTER:
            continue
        waiting = IncomingFile.objects.filter(
            person=message.person_id, order__isnull=True, state=FileState.NEW
        ).count()
        if not waiting and not message.edits:
            continue
        contexts[message.pk] = {
            "waiting": waiting,
            "chosen": message.context.get("chosen", ""),
            "number": message.context.get("number", 0),
            "orders": orders_for_files(message.person_id)[:LISTED] if waiting else [],
        }
    return contexts


__all__ = ["DECIDING", "NOT_BEGUN", "OPEN", "OTHERS", "OVER", "PAST", "Awaits", "load", "of_which"]
