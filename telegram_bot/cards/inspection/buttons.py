"""What can be done on each screen of an inspection's card."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from orders.inspection_words import answers_of, files_said
from orders.models import AnswerKind, ContactChannel, Outcome, Proof
from orders.selectors import InspectionView, PointView
from telegram_bot.cards import callback as k
from telegram_bot.cards.card import Button, Context, Keyboard
from telegram_bot.cards.inspection import card, said
from telegram_bot.cards.inspection.codes import (
    ANSWERS_AT_MOST,
    CHANNELS,
    OUTCOMES,
    VERDICTS,
    WHEN,
)
from telegram_bot.models import Awaits, Screen
from telegram_bot.policies.text import clean, shorten

LABEL = 40
PAGE_SIZE = 8
WIDE = 18
"""Labels up to this length stand two in a row."""


def buttons(context: Context) -> Keyboard:
    if context["state"] == card.DECIDING:
        return _deciding(context)
    if context["state"] == card.OVER and context["order"].closed_at is None:
        return [[(_("What next"), k.data(k.NEXT, context["order"].pk))]]
    if context["state"] != card.OPEN:
        return []
    return SCREENS[context["screen"]](context)


def _label(text: str) -> str:
    return shorten(clean(text), LABEL)


def _in_rows(row: list[Button], width: int) -> Keyboard:
    return [row[at : at + width] for at in range(0, len(row), width)]


def _groups(context: Context) -> Keyboard:
    view: InspectionView = context["view"]
    here = context["inspection_id"]
    rows: Keyboard = [
        [(_label(said.group_said(group)), k.data(k.GROUP, here, number))]
        for number, group in enumerate(view.groups)
    ]
    if view.unplaced:
        count = said.kinds_said(view.unplaced)
        rows.append(
            [(_label(_("📎 Without a point: %(files)s") % {"files": count}), k.data(k.UNPLACED, here, 0))]
        )
    seller = (_("☎️ Seller"), k.data(k.CONTACT, here))
    if view.progress.is_complete:
        return [*rows, [seller, (_("Verdict"), k.data(k.VERDICT, here))]]
    return [*rows, [seller, (_("What is left"), k.data(k.LEFT, here, 0))]]


def _to_groups(context: Context) -> Button:
    return (_("‹ Groups"), k.data(k.GROUPS, context["inspection_id"]))


def _group(context: Context) -> Keyboard:
    view: InspectionView = context["view"]
    group, at, here = context["group"], context["group_at"], context["inspection_id"]
    points = [
        (f"{said.mark(point)} {point.number}", k.data(k.POINT, here, point.number)) for point in group.points
    ]
    onward = (_("Next group ›"), k.data(k.GROUP, here, (at + 1) % len(view.groups)))
    return [*_norm(context), *_in_rows(points, 3), [_to_groups(context), onward]]


def _norm(context: Context, *, at_least: int = 1) -> Keyboard:
    """The norm for what of the group is not answered: all of it, or the rest."""
    group, here = context["group"], context["inspection_id"]
    left = [point for point in group.points if point.needs_answer and point.item.normal]
    if len(left) < at_least:
        return []
    if group.answered == 0:
        label = _("✅ The norm for the whole group")
    else:
        label = _("✅ The norm for the rest: %(numbers)s") % {
            "numbers": ", ".join(str(p.number) for p in left)
        }
    return [[(_label(label), k.data(k.NORM, here, context["group_at"]))]]


def _point(context: Context) -> Keyboard:
    point: PointView = context["point"]
    here = context["inspection_id"]
    rows = _answers(point, here)
    if point.answer is not None and not rows and context["dialogue"].awaits != Awaits.ANSWER:
        rows = [[(_("✏️ Another answer"), k.data(k.CHANGE_ANSWER, here, point.number))]]
    if point.files:
        take_away = _("🗑 Take away the last file")
        rows.append([(take_away, k.data(k.TAKE_AWAY, here, point.files[-1].pk))])
    rest = _norm(context, at_least=2 if point.needs_answer else 1)
    back = (_("‹ Back"), k.data(k.GROUP, here, context["group_at"]))
    skip = _("Next ›") if point.is_done else _("Skip ›")
    return [*rows, *rest, [back, (skip, k.data(k.SKIP, here, point.number))]]


def _answers(point: PointView, here: int) -> Keyboard:
    seen = point.answer.pk if point.answer else 0
    row: list[Button] = []
    for index, (code, title) in enumerate(answers_of(point.item)):
        chosen = point.answer is not None and point.answer.value == code
        label = _label(f"• {title}" if chosen else title)
        row.append((label, k.data(k.ANSWER, here, point.number * ANSWERS_AT_MOST + index, seen)))
    short = point.item.kind == AnswerKind.YES_NO or all(len(label) <= WIDE for label, _data in row)
    return _in_rows(row, 2 if short else 1)


def _left(context: Context) -> Keyboard:
    view: InspectionView = context["view"]
    here, page = context["inspection_id"], context["dialogue"].page
    missing = [point for point in view.points if not point.is_done]
    rows = [
        [
            (
                _label(f"{said.mark(point)} {point.number}. {point.item.title}"),
                k.data(k.POINT, here, point.number),
            )
        ]
        for point in missing
    ]
    if not rows:
        return [[_to_groups(context), (_("Verdict"), k.data(k.VERDICT, here))]]
    return [*_page(rows, page), [_to_groups(context), *_turn(len(rows), page, k.LEFT, here)]]


def _page(rows: Keyboard, page: int) -> Keyboard:
    page = min(page, (len(rows) - 1) // PAGE_SIZE)
    return rows[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def _turn(count: int, page: int, verb: str, here: int) -> list[Button]:
    last = (count - 1) // PAGE_SIZE
    page = min(page, last)
    turn: list[Button] = []
    if page > 0:
        turn.append(("←", k.data(verb, here, page - 1)))
    if page < last:
        turn.append(("→", k.data(verb, here, page + 1)))
    return turn


def _verdict(context: Context) -> Keyboard:
    view: InspectionView = context["view"]
    here, version = context["inspection_id"], context["order"].version
    if not view.progress.is_complete:
        return [[_to_groups(context), (_("What is left"), k.data(k.LEFT, here, 0))]]
    if context["dialogue"].awaits == Awaits.REMARKS:
        taken = [[(_("Take the remarks of the points"), k.data(k.REMARKS_OF_POINTS, here, version))]]
        back = [(_("‹ Back"), k.data(k.VERDICT, here))]
        return [*(taken if context["exceptions"] else []), back]
    offered = {
        code: verdict for code, verdict in VERDICTS.items() if code != 1 or not context["has_exceptions"]
    }
    signs = {1: "✅", 2: "⚠️", 3: "⛔"}
    rows: Keyboard = [
        [(f"{signs[code]} {said.VERDICT_LABELS[verdict]}", k.data(k.VERDICT_IS, here, version, code))]
        for code, verdict in offered.items()
    ]
    return [*rows, [_to_groups(context)]]


def _deciding(context: Context) -> Keyboard:
    """For leads; whoever inspected may still correct an answer."""
    here = context["inspection_id"]
    if not context["decides"]:
        return []
    return [
        [
            (_("Go on all the same"), k.data(k.DECIDE, here, 1)),
            (_("Inspect again"), k.data(k.DECIDE, here, 2)),
        ]
    ]


def _contact(context: Context) -> Keyboard:
    here, draft = context["inspection_id"], context["dialogue"].draft
    channels = [
        (_channel(code, chosen=draft.get("channel") == channel), k.data(k.CONTACT_BY, here, code))
        for code, channel in CHANNELS.items()
    ]
    outcomes = [
        (str(said.OUTCOME_LABELS[outcome]), k.data(k.CONTACT_CAME_TO, here, code))
        for code, outcome in OUTCOMES.items()
    ]
    return [*_in_rows(channels, 3), *_in_rows(outcomes, 2), [_to_groups(context)]]


def _channel(code: int, *, chosen: bool) -> str:
    title = str(ContactChannel(CHANNELS[code]).label)
    title = title[:1].upper() + title[1:]
    return f"• {title}" if chosen else title


def _when(context: Context) -> Keyboard:
    here = context["inspection_id"]
    must = context["dialogue"].draft.get("outcome") == Outcome.CALL_BACK
    whens = [
        (str(label), k.data(k.CONTACT_AGAIN, here, code)) for code, label in WHEN.items() if code or not must
    ]
    return [*_in_rows(whens, 2), [(_("‹ Back"), k.data(k.CONTACT, here))]]


def _place(context: Context) -> Keyboard:
    here, page = context["inspection_id"], context["dialogue"].page
    first = context["batch"][0].pk
    rows = [
        [(_label(_choice(choice)), k.data(k.PLACE, here, first, choice.point.number))]
        for choice in context["choices"]
    ]
    later = (_("Later"), k.data(k.GROUPS, here))
    gone = (_("🗑 Not needed"), k.data(k.TAKE_AWAY, here, first))
    return [*_page(rows, page), _turn(len(rows), page, k.UNPLACED, here), [later, gone]]


def _choice(choice: card.Choice) -> str:
    name = f"{choice.point.number}. {choice.point.item.title}"
    if not choice.lacks:
        return name
    return f"📎 {name} · {files_said(choice.point.item.proof or Proof.PHOTO, choice.lacks)}"


def of_which(context: Context) -> Keyboard:
    """One button for each order that the files could be of."""
    return [
        [(_label(f"{order.ref} · {order.item}"), k.data(k.FILES_OF, order.pk))] for order in context["orders"]
    ]


SCREENS: Mapping[str, Callable[[Context], Keyboard]] = {
    Screen.GROUPS: _groups,
    Screen.GROUP: _group,
    Screen.POINT: _point,
    Screen.LEFT: _left,
    Screen.VERDICT: _verdict,
    Screen.CONTACT: _contact,
    Screen.WHEN: _when,
    Screen.PLACE: _place,
}
