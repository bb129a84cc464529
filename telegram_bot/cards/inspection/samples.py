"""A made-up inspection, so that each screen of its card can be looked at without a database."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.models import User
from orders.models import (
    Contact,
    Evidence,
    Inspection,
    InspectionAnswer,
    InspectionItem,
    InspectionVerdict,
    Order,
    Task,
)
from orders.policies.inspection import Progress
from orders.selectors import GroupView, InspectionView, PointView
from telegram_bot.cards.card import Context
from telegram_bot.cards.inspection import card
from telegram_bot.cards.inspection.card import Told, choices
from telegram_bot.cards.inspection.said import exceptions
from telegram_bot.models import Awaits, Dialogue, Screen
from telegram_bot.policies.inspecting import bar


def context(order: Order, reader: User, *, screen: str = Screen.POINT, now: datetime) -> Context:
    """The card in the middle of an inspection, at this screen."""
    view = made_up_view(order, now=now)
    at = view.groups[1].points[1]
    dialogue = Dialogue(order=order, person=reader, screen=screen, touched_at=now, **_draft(screen))
    batch = [_photo(order, 11, now), _photo(order, 12, now)]
    return {
        "order": order,
        "state": card.OPEN,
        "decides": False,
        "view": view,
        "inspection_id": 7,
        "dialogue": dialogue,
        "bar": bar(view.answered, view.total),
        "told": [Told(at, (at.files[0],))] if screen == Screen.POINT else [],
        "exceptions": exceptions(view),
        "screen": screen,
        "point": at,
        "group": view.groups[1],
        "group_at": 1,
        "has_exceptions": True,
        "batch": batch,
        "others": 1,
        "choices": choices(view, {"photo"}),
        "last_contact": Contact(outcome="no_answer", at=now - timedelta(hours=2)),
        "talk": "",
        "task": Task(owner=reader, due_at=now + timedelta(hours=3)),
    }


def _draft(screen: str) -> dict[str, object]:
    if screen in (Screen.CONTACT, Screen.WHEN):
        return {"awaits": Awaits.TALK, "draft": {"channel": "phone", "outcome": "no_answer"}}
    return {"awaits": Awaits.REMARK if screen == Screen.POINT else Awaits.NOTHING}


def made_up_view(order: Order, *, now: datetime) -> InspectionView:
    papers = (
        _point(order, 1, _("Is it the item of the order: model, colour, kind?"), answer="yes", now=now),
        _point(order, 2, _("Which serial number is on the item itself?"), kind="text", lacks=1, now=now),
    )
    body = (
        _point(order, 6, _("Are there chips, cracks, dents?"), answer="no", norm="no", lacks=2, now=now),
        _point(order, 7, _("Are all parts straight, the gaps alike?"), answer="no", files=1, now=now),
        _point(order, 8, _("Are all fasteners the original ones?"), now=now),
    )
    verdict = InspectionVerdict(verdict="remarks", remarks=_("The lens hood is bent."))
    return InspectionView(
        inspection=Inspection(
            pk=7, order=order, number=1, started_at=now - timedelta(hours=1), points_open=[]
        ),
        groups=(
            GroupView("papers", _("Papers and authenticity"), papers),
            GroupView("body", _("Body and structure"), body),
        ),
        unplaced=(),
        verdict=verdict,
        progress=Progress(points_open=(2, *range(8, 23)), proof_open={2: 1, 6: 2}, exceptions=(7,)),
    )


def _point(
    order: Order,
    number: int,
    question: str,
    *,
    kind: str = "yes_no",
    norm: str = "yes",
    answer: str = "",
    lacks: int = 0,
    files: int = 0,
    now: datetime,
) -> PointView:
    item = InspectionItem(
        pk=number,
        number=number,
        group="body",
        title=_("Geometry"),
        question=question,
        hint=_("Look along the edge."),
        kind=kind,
        normal=[norm] if kind == "yes_no" else [],
        proof="photo",
        proof_rule="always" if lacks else "exception",
    )
    given = (
        InspectionAnswer(pk=number, item=item, value=answer, is_normal=answer == norm, at=now)
        if answer
        else None
    )
    attached = tuple(_photo(order, 100 + count, now) for count in range(files))
    return PointView(item=item, answer=given, files=attached, needs_files=lacks, asked=True)


def _photo(order: Order, number: int, now: datetime) -> Evidence:
    return Evidence(pk=number, order=order, kind="photo", name="photo.jpg", at=now)
