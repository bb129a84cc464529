"""What can be done in an inspection by a button or by words: a service decides, the card shows what came of it."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.models import User
from core.refusals import Refusal
from orders.models import Order, VerdictCode
from orders.selectors import InspectionView, PointView
from orders.services import (
    GivenAnswer,
    inspection_answer,
    inspection_answer_group,
    inspection_verdict,
    order_route,
)
from telegram_bot.cards.inspection.said import exception_said, exceptions
from telegram_bot.inspecting.standing import Standing, show, stand, stand_at, stand_at_point, states
from telegram_bot.models import Screen
from telegram_bot.policies.inspecting import after_answer, after_group, onward
from telegram_bot.visits import Answer, reading_as

REMARKS_AT_MOST = 2000


def attempt(standing: Standing, act: Callable[[], Answer]) -> Answer:
    """What was refused is said, and the card shows what is true."""
    try:
        return act()
    except Refusal as refusal:
        show(standing)
        return Answer(toast=str(refusal), alert=True)


def answer_point(
    standing: Standing, number: int, value: str, *, remark: str = "", seen: int | None = None
) -> None:
    """Record the answer; the card goes where the work goes on. `seen`: the answer that was there. Raises Refusal."""
    given = GivenAnswer(number, value, remark, seen)
    inspection_answer(order_id=standing.order.pk, answers=[given], actor=standing.actor, now=standing.now)
    view = _now(standing)
    stand_at(standing.dialogue, after_answer(states(view), number), view)
    show(standing)


def remark_point(standing: Standing, point: PointView, words: str) -> None:
    """Words about a point that is answered; they stay with its answer. Raises Refusal."""
    assert point.answer is not None
    answer_point(standing, point.number, point.answer.value, remark=words)


def skip_point(standing: Standing, view: InspectionView, number: int) -> None:
    stand_at(standing.dialogue, onward(states(view), number), view)
    show(standing)


def answer_group(standing: Standing, group: str) -> Answer:
    """The norm for all of the group that has one and is not answered. Raises Refusal."""
    answered = inspection_answer_group(
        order_id=standing.order.pk, group=group, actor=standing.actor, now=standing.now
    )
    view = _now(standing)
    stand_at(standing.dialogue, after_group(states(view), group), view)
    show(standing)
    return Answer(toast=_("The norm: points %(numbers)s.") % {"numbers": ", ".join(map(str, answered))})


def conclude(standing: Standing, verdict: str, remarks: str) -> Answer:
    """The verdict, and with it the order moves on; not fit, a lead decides. Both or neither. Raises Refusal."""
    order_id = standing.order.pk
    with transaction.atomic():
        inspection_verdict(
            order_id=order_id, verdict=verdict, remarks=remarks, actor=standing.actor, now=standing.now
        )
        if verdict != VerdictCode.FAIL:
            order_route(
                order_id=order_id,
                route="complete_inspection",
                actor=standing.actor,
                seen_version=None,
                now=standing.now,
            )
    stand(standing.dialogue, Screen.GROUPS)
    standing.dialogue.in_hand = False
    show(standing)
    if verdict == VerdictCode.FAIL:
        return Answer(toast=_("Recorded. A lead decides now."))
    return Answer(late_toast=lambda: _moved_on(standing.user, order_id))


def remarks_made(view: InspectionView) -> str:
    """The exceptions and remarks of the points, one a line."""
    return "\n".join(exception_said(point) for point in exceptions(view))[:REMARKS_AT_MOST]


def _moved_on(user: User, order_id: int) -> str:
    order = Order.objects.get(pk=order_id)
    with reading_as(user):
        done = _("The inspection of %(ref)s is completed.") % {"ref": order.ref}
        if order.next_action_due is None:
            return done
        due = date_format(timezone.localtime(order.next_action_due), "j b H:i")
        following = _("Next: %(step)s by %(due)s.") % {"step": order.get_next_action_display(), "due": due}
        return f"{done} {following}"


def _now(standing: Standing) -> InspectionView:
    view = standing.view()
    assert view is not None
    return view


def reread(standing: Standing, number: int) -> None:
    """Show the point as it is now."""
    view = _now(standing)
    stand_at_point(standing.dialogue, view, number)
    show(standing)
