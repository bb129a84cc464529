"""Made-up facts for each template, so that a text can be looked at without a database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assignment.models import AssignmentState, Shift
from core.models import ChatGroup, Importance, Message, User
from orders.models import Evidence, InspectionItem, InspectionVerdict, Note, Order, Task
from orders.statuses import Severity, Status, Step, Whose
from rop.words import EXCLUDED, LEVELS
from sla.models import Clock
from telegram_bot.cards import labels
from telegram_bot.cards.card import Context
from telegram_bot.cards.deal import TEMPLATE as DEAL
from telegram_bot.cards.deal import samples as deal
from telegram_bot.cards.escalation.candidates import Load
from telegram_bot.cards.escalation.card import Answered, Idle, Next, Offer, Told, Trouble
from telegram_bot.cards.inspection import FILES_OF_WHICH, TEMPLATE
from telegram_bot.cards.inspection import samples as inspection
from telegram_bot.cards.registry import SUMMARY
from telegram_bot.cards.render import Reader, Rendered, render
from telegram_bot.cards.summary import Section

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def preview(template: str, *, now: datetime) -> Rendered:
    """The template with made-up facts, in the language and zone that are active."""
    message = Message(
        template=template, importance=Importance.ASSIGNMENT, person=anna(), order_id=1042, created_at=now
    )
    reader = Reader(
        translation.get_language() or settings.LANGUAGE_CODE, ZoneInfo(timezone.get_current_timezone_name())
    )
    return render(message, SAMPLES[template](now), reader, now=now)


def anna() -> User:
    return User(pk=1, username="anna", first_name="Anna", last_name="Petrova")


def boris() -> User:
    return User(pk=2, username="boris", first_name="Boris", last_name="Ivanov")


def order(now: datetime, *, number: int = 1042, owner: User | None = None, **more: Any) -> Order:
    facts: dict[str, Any] = {
        "external_id": f"shop-{number}",
        "client_name": "Ivan Sidorov",
        "client_contact": "@sidorov",
        "item": "Canon EF 70–200 f/2.8L",
        "price": Decimal(125000),
        "seller_name": "Photo Shop",
        "comment": "",
        "severity": Severity.NORMAL,
        "status": Status.PENDING_MANAGER,
        "status_since": now - 5 * MINUTE,
        "next_action": Step.ACCEPT_ORDER,
        "next_action_whose": Whose.PERSON,
        "next_action_due": now + 30 * MINUTE,
        "assigned_manager": owner or anna(),
        "next_action_user": owner or anna(),
    }
    return Order(pk=number, **{**facts, **more})


def _order(now: datetime) -> Context:
    return {"order": order(now)}


def _taken(now: datetime) -> Context:
    return {"order": order(now, owner=boris()), "because": AssignmentState.SILENT}


def _reminder(now: datetime) -> Context:
    return {"order": order(now), "clock": Clock(), "due_at": now + 30 * MINUTE, "is_own": True}


def _breach(now: datetime) -> Context:
    return {"order": order(now), "clock": Clock(), "due_at": now - 10 * MINUTE, "is_own": True, "seen": 7}


def _stuck(now: datetime) -> Context:
    stands = order(
        now,
        status=Status.UNDER_INSPECTION,
        next_action=Step.FILL_INSPECTION,
        next_action_missing=["contact"],
        moved_at=now - 26 * HOUR,
    )
    return {"order": stands, "since": stands.moved_at, "seen": 7}


def _failed(now: datetime) -> Context:
    inspected = order(now, status=Status.UNDER_INSPECTION, next_action_due=now + 4 * HOUR)
    return {"order": inspected, "verdict": InspectionVerdict(by=anna(), remarks=_("The lens is cracked."))}


def _escalation(now: datetime) -> Context:
    """As the lead of the team gets it two hours after the deadline."""
    late = order(
        now,
        status=Status.UNDER_INSPECTION,
        next_action=Step.FILL_INSPECTION,
        next_action_missing=["contact"],
        moved_at=now - 26 * HOUR,
        load_weight=Decimal(1),
    )
    return {
        "order": late,
        "state": "open",
        "menu": "",
        "seen": 7,
        "troubles": [
            Trouble("stage", late.get_status_display(), now - 2 * HOUR, None),
            Trouble("stuck", labels.TROUBLES["stuck"], None, now - 26 * HOUR),
        ],
        "due_at": now - 2 * HOUR,
        "next": Next(now + 30 * MINUTE, LEVELS[3]),
        "idle": Idle(word=EXCLUDED["off_shift"]),
        "load": Load(Decimal("4.5"), Decimal(8)),
        "told": [Told((LEVELS[1], LEVELS[2]), now - 2 * HOUR, 1)],
        "offer": Offer(3, 2, str(boris()), Load(Decimal(3), Decimal(8))),
        "answered": None,
        "given": None,
    }


def _burning(now: datetime) -> Context:
    first = _escalation(now)
    second = {
        **first,
        "order": order(now, number=1043, owner=boris(), next_action=Step.SHIP),
        "state": "taken",
        "answered": Answered(str(anna()), now + 40 * MINUTE),
    }
    return {"count": 12, "rows": [first, second], "teams": [], "page": 0, "pages": 2}


def _help(_now: datetime) -> Context:
    return {"is_manager": True, "sees_all": True, "is_lead": True}


def _mention(now: datetime) -> Context:
    return {"order": order(now), "note": Note(text="Please call the client before six.", author=boris())}


def _task(now: datetime) -> Context:
    asked = Task(
        pk=1, order=order(now), title=_("Send the invoice"), due_at=now + 2 * HOUR, created_by=boris()
    )
    return {"order": asked.order, "task": asked, "due_at": asked.due_at, "is_open": True}


def _nobody(now: datetime) -> Context:
    waiting = [order(now, number=1042 + n) for n in range(3)]
    return {"count": 7, "orders": waiting, "oldest": now - 2 * HOUR, "more": 4}


def _dead(now: datetime) -> Context:
    dead = Message(template="order_new", person=anna(), order_id=1042)
    return {"dead": dead, "because": "Forbidden: bot was blocked by the user"}


def _summary(now: datetime) -> Context:
    burns = Section("escalation", [_escalation(now)])
    late = Section("sla_breach", [_breach(now)])
    new = Section("order_new", [{"order": order(now, number=1043 + n)} for n in range(3)], more=2)
    lost = Section("message_dead", [{"dead": Message(template="order_new", group=ChatGroup(title="Admins"))}])
    return {"sections": [burns, late, new, lost], "total": 8, "first_due": now - 2 * HOUR}


def _my(now: datetime) -> Context:
    return {
        "count": 23,
        "to_accept": 2,
        "first_due": now + 30 * MINUTE,
        "orders": [order(now), order(now, number=1043, severity=Severity.CRITICAL)],
        "page": 1,
        "pages": 3,
        "tasks": [Task(order=order(now, number=1040), title=_("Send the invoice"), due_at=now + 2 * HOUR)],
        "blockers": [_blocker(now)["blocker"]],
        "blocked": [_blocker(now)["order"]],
    }


def _why(now: datetime) -> Context:
    sentences = [
        _("%(name)s has the order: %(because)s.") % {"name": anna(), "because": _("the least loaded")}
    ]
    return {"order": order(now), "sentences": sentences}


def _shift(now: datetime) -> Context:
    return {
        "shift": Shift(starts_at=now - 3 * HOUR, ends_at=now + 6 * HOUR),
        "next_shift": None,
        "unaccepted": 2,
    }


def _inspection(now: datetime) -> Context:
    inspected = order(
        now,
        status=Status.UNDER_INSPECTION,
        next_action=Step.FILL_INSPECTION,
        next_action_due=now + 3 * HOUR,
    )
    return inspection.context(inspected, anna(), now=now)


def _inspect(now: datetime) -> Context:
    inspected = [
        order(now, number=1042 + n, status=Status.UNDER_INSPECTION, next_action=Step.FILL_INSPECTION)
        for n in range(2)
    ]
    return {"orders": inspected, "count": 2}


def _of_which(now: datetime) -> Context:
    return {"waiting": 3, "chosen": "", "number": 0, "orders": _inspect(now)["orders"]}


def _repeated(now: datetime) -> Context:
    item = InspectionItem(number=7, title=_("Geometry"))
    first = Evidence(order=order(now, number=1001), item=item, added_by=boris(), at=now - 26 * HOUR)
    file = Evidence(order=order(now), item=item, added_by=anna(), at=now, repeats=first)
    return {"order": file.order, "file": file, "first": first}


def _awaiting(now: datetime, **more: Any) -> Order:
    facts = {"status": Status.AWAITING_PAYMENT, "next_action": Step.FOLLOW_UP_CLIENT, "currency": "RUB"}
    return order(now, **{**facts, "next_action_due": now + 4 * HOUR, **more})


def _in_transit(now: datetime) -> Order:
    return order(
        now, status=Status.IN_TRANSIT, next_action=Step.TRACK_SHIPMENT, next_action_due=now + 12 * HOUR
    )


def _blocker(now: datetime) -> Context:
    blocked = order(now, status=Status.READY_FOR_SHIPMENT, next_action=Step.RESOLVE_BLOCKER)
    return {"order": blocked, "blocker": deal.blocker(blocked, anna(), boris(), now=now), "state": "open"}


def _undecided(now: datetime) -> Context:
    step = Step.RECORD_CLIENT_DECISION
    return deal.undecided(_awaiting(now, next_action=step), boris(), now=now)


def _approval(state: str) -> Callable[[datetime], Context]:
    return lambda now: deal.approval(_awaiting(now), anna(), boris(), state=state, now=now)


def _dealing(now: datetime) -> Context:
    agreed = _awaiting(now, next_action=Step.CONFIRM_PAYMENT)
    return deal.context(
        agreed, anna(), now=now, decision="confirmed", draft={"told": _("The client confirmed.")}
    )


def _paid(now: datetime) -> Context:
    return {**_dealing(now), "order": _awaiting(now, next_action=Step.RELEASE), "told": "", "is_news": True}


SAMPLES: dict[str, Callable[[datetime], Context]] = {
    "escalation": _escalation,
    "stuck": _stuck,
    "order_new": _order,
    "order_card": _order,
    "order_taken": _taken,
    "sla_reminder": _reminder,
    "sla_breach": _breach,
    "follow_up": lambda now: deal.context(_awaiting(now), anna(), now=now),
    "client_undecided": _undecided,
    "paid": _paid,
    "track": lambda now: deal.on_the_way(_in_transit(now), anna(), now=now),
    "blocker": _blocker,
    "task": _task,
    "approval_asked": _approval("open"),
    "approval_decided": _approval("declined"),
    "approval_expired": _approval("expired"),
    "approval_withdrawn": _approval("withdrawn"),
    "payment_late": lambda now: {
        "order": _awaiting(now, status=Status.CANCELLED),
        "amount": "12\u00a0500\u00a0₽",
    },
    DEAL: _dealing,
    "note_mention": _mention,
    TEMPLATE: _inspection,
    FILES_OF_WHICH: _of_which,
    "inspect": _inspect,
    "evidence_repeated": _repeated,
    "linked": lambda _now: {},
    "inspection_failed": _failed,
    "nobody_eligible": _nobody,
    "message_dead": _dead,
    "update_dead": lambda _now: {"update": 5, "because": "ValueError"},
    "part_silent": lambda now: {"part": "loop", "since": now - 2 * MINUTE},
    SUMMARY: _summary,
    "my": _my,
    "next": lambda now: {"order": order(now), "more": 4},
    "order": _order,
    "why": _why,
    "shift": _shift,
    "burning": _burning,
    "help": _help,
    "notice": lambda _now: {"text": _("This order is not yours.")},
}
