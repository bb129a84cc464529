"""Answers to the points of an inspection, one by one or by the norm for a whole group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core import work
from core.actors import Actor
from orders import gate
from orders.inspection_words import value_said
from orders.models import Inspection, InspectionAnswer, InspectionItem, Order, TaskStatus
from orders.policies.inspection import (
    TEXT_AT_MOST,
    BadAnswer,
    is_normal,
    norms_of,
    read_answer,
    read_words,
)
from orders.selectors.inspections import Found, inspection_found, point_of
from orders.services.inspecting import (
    InspectionRefused,
    PointError,
    moved,
    refused,
    to_inspect,
    too_long,
    verdict_drop,
)
from orders.services.supervision import lock_order
from orders.services.tasks import tasks_end
from orders.services.verdicts import DECIDE

NAMED_AT_MOST = 100
"""Of the points that were asked for so many are named in the journal."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """`value`: "yes" or "no", the code of a choice, a number or words as a person writes them.

    `seen`: the id of the answer that the person saw there (0: none). One given meanwhile is then not overwritten.
    """

    point: int
    value: str
    remark: str = ""
    seen: int | None = None


def inspection_answer(
    *, order_id: int, answers: Sequence[GivenAnswer], actor: Actor, now: datetime
) -> Inspection:
    """Answer points, all or none. The same answer again changes nothing; another one drops the verdict.

    Raises InspectionRefused (no_inspection, unknown_point, bad_value, too_long, answered_meanwhile),
    gate.NotAllowed, Order.DoesNotExist.
    """
    asked = {"points": [given.point for given in answers][:NAMED_AT_MOST]}
    with work.command("command.inspection_answer", actor=actor, now=now, order_id=order_id, inputs=asked):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        found = inspection_found(inspection, severity=order.severity)
        read = _read({item.number: item for item in found.items}, answers)
        changed = [answer for answer in read if not _same(found.answers.get(answer.item.number), answer)]
        _check_seen(changed, found)
        if changed:
            _write(order, inspection, changed, found, actor=actor, now=now)
        return inspection


def inspection_answer_group(*, order_id: int, group: str, actor: Actor, now: datetime) -> list[int]:
    """The norm for every point of the group that has one and is not answered. Returns which were answered.

    Raises InspectionRefused (no_inspection, unknown_group, nothing_to_answer), gate.NotAllowed, Order.DoesNotExist.
    """
    with work.command("command.inspection_answer", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        inspection = to_inspect(order, actor=actor, now=now)
        found = inspection_found(inspection, severity=order.severity)
        if group not in {point.group for point in found.points}:
            raise refused("unknown_group", _("There is no such group of points."))
        norms = norms_of(found.points, group, found.answers.keys())
        if not norms:
            raise refused(
                "nothing_to_answer", _("Nothing in this group can be answered by the norm any more.")
            )
        items = {item.number: item for item in found.items}
        answers = [
            _Read(items[number], value, is_normal=True, in_bulk=True) for number, value in norms.items()
        ]
        _write(order, inspection, answers, found, actor=actor, now=now)
        return sorted(norms)


@dataclass(frozen=True, slots=True)
class _Read:
    item: InspectionItem
    value: str
    is_normal: bool
    remark: str = ""
    in_bulk: bool = False
    seen: int | None = None


def _read(items: dict[int, InspectionItem], answers: Iterable[GivenAnswer]) -> list[_Read]:
    read: dict[int, _Read] = {}
    errors: list[PointError] = []
    for given in answers:
        item = items.get(given.point)
        if item is None:
            text = _("There is no point %(number)s.") % {"number": given.point}
            errors.append(PointError(given.point, "unknown_point", text))
            continue
        try:
            read[item.number] = _read_one(item, given)
        except _Bad as bad:
            errors.append(bad.error)
    if errors:
        raise InspectionRefused(errors)
    return list(read.values())


class _Bad(ValueError):
    def __init__(self, error: PointError) -> None:
        self.error = error


def _read_one(item: InspectionItem, given: GivenAnswer) -> _Read:
    point = point_of(item)
    try:
        value = read_answer(point, given.value)
    except BadAnswer as bad:
        raise _Bad(PointError(item.number, "bad_value", bad_answer_text(item, bad.code))) from bad
    try:
        remark = read_words(given.remark)
    except BadAnswer as bad:
        long = bad.code == "max_length"
        text = too_long(TEXT_AT_MOST) if long else bad_answer_text(item, bad.code)
        raise _Bad(PointError(item.number, "too_long" if long else "bad_value", text)) from bad
    return _Read(item, value, is_normal(point, value), remark, seen=given.seen)


def bad_answer_text(item: InspectionItem, code: str) -> str:
    """Why this is no answer to the point, as a sentence that names it."""
    sentences = {
        "blank": _("Point %(number)s “%(title)s”: the answer is empty."),
        "not_yes_no": _("Point %(number)s “%(title)s”: the answer is yes or no."),
        "unknown_choice": _("Point %(number)s “%(title)s”: there is no such choice."),
        "not_a_number": _("Point %(number)s “%(title)s”: write a number, as 12 or 12,5."),
        "out_of_range": _("Point %(number)s “%(title)s”: this number is too large or too exact."),
        "max_length": _("Point %(number)s “%(title)s”: at most 1000 characters."),
        "unreadable": _("Point %(number)s “%(title)s”: the text has characters that can't be kept."),
    }
    return sentences[code] % {"number": item.number, "title": item.title}


def _check_seen(answers: Iterable[_Read], found: Found) -> None:
    """Nobody overwrites what they have not seen."""
    errors = []
    for answer in answers:
        number, title = answer.item.number, answer.item.title
        current = found.answers.get(number)
        if answer.seen is not None and current is not None and answer.seen != current.pk:
            said = {"number": number, "title": title, "by": current.by}
            text = _(
                "Point %(number)s “%(title)s” was answered meanwhile by %(by)s: “%(value)s”. Yours is not kept."
            )
            value = value_said(answer.item, current.value)
            errors.append(PointError(number, "answered_meanwhile", text % {**said, "value": value}))
    if errors:
        raise InspectionRefused(errors)


def _same(before: InspectionAnswer | None, answer: _Read) -> bool:
    return before is not None and (before.value, before.remark) == (answer.value, answer.remark)


def _write(
    order: Order,
    inspection: Inspection,
    answers: Sequence[_Read],
    found: Found,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The answers before them, and the verdict that was given on those, are history."""
    replaced = [found.answers[a.item.number].pk for a in answers if a.item.number in found.answers]
    if replaced:
        InspectionAnswer.objects.filter(pk__in=replaced).update(replaced_at=now)
    InspectionAnswer.objects.bulk_create(
        InspectionAnswer(
            inspection=inspection,
            item=answer.item,
            value=answer.value,
            is_normal=answer.is_normal,
            remark=answer.remark,
            in_bulk=answer.in_bulk,
            by_id=gate.person_of(actor),
            door=actor.door,
            at=now,
        )
        for answer in answers
    )
    if verdict_drop(inspection, now=now):
        tasks_end(order, kinds=[DECIDE], status=TaskStatus.CANCELLED, actor=actor, now=now)
    output = {
        "points": [answer.item.number for answer in answers],
        "exceptions": [answer.item.number for answer in answers if not answer.is_normal],
    }
    moved(order, inspection, "command.inspection_answer", output, actor=actor, now=now)
