"""Cards follow what happens elsewhere: a file was fetched, somebody answered in the panel, the order moved on."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet, Subquery

from core.models import User
from orders.models import Order, Purpose
from orders.selectors import InspectionView
from telegram_bot.dealing import standing as dealing
from telegram_bot.dialogues import dialogue_of
from telegram_bot.inspecting.standing import (
    Standing,
    see,
    show,
    stand,
    stand_at,
    states,
    wants_remark,
)
from telegram_bot.models import FINISHED, Dialogue, FileState, IncomingFile, Screen, Talk
from telegram_bot.policies.inspecting import onward
from telegram_bot.visits import reading_as

Case = tuple[int, int, str]
"""A person, an order, and what they talk about."""

log = structlog.get_logger(__name__)

AWAY = (OperationalError, InterfaceError)

SETTLES_AFTER = timedelta(seconds=0.8)
"""The messages of an album come apart: what came of it is told when no more have come for so long."""

NOT_LONGER_THAN = timedelta(seconds=10)
"""What is fetched is told, even while the rest still has to be fetched."""

FOLLOWED_FOR = timedelta(days=3)
AT_ONCE = 50

FILES_TO_TELL = """
    SELECT person_id, order_id, CASE purpose WHEN 'delivery' THEN 'deal' ELSE 'inspection' END AS about
    FROM telegram_bot_incomingfile
    WHERE told_at IS NULL AND order_id IS NOT NULL
    GROUP BY person_id, order_id, about
    HAVING bool_or(state IN ('kept', 'refused', 'dead'))
        AND (
            max(created_at) < %(settled)s AND NOT bool_or(state IN ('new', 'fetching'))
            OR min(ended_at) < %(long_ago)s
        )
    LIMIT %(limit)s
"""

CARDS_BEHIND = """
    SELECT d.person_id, d.order_id, d.about
    FROM telegram_bot_dialogue d
    JOIN orders_order o ON o.id = d.order_id
    WHERE d.touched_at > %(since)s AND d.cards > 0 AND d.shown_version <> o.version
        AND NOT EXISTS (
            SELECT FROM telegram_bot_incomingfile f
            WHERE f.person_id = d.person_id AND f.order_id = d.order_id AND f.told_at IS NULL
        )
    LIMIT %(limit)s
"""


def follow(*, now: datetime) -> int:
    """Bring the cards to the truth that are behind it. Returns how many. Two queries when there are none."""
    told = sum(_safely(_tell_files, case, now) for case in _cases(FILES_TO_TELL, now=now))
    return told + sum(_safely(_bring, case, now) for case in _cases(CARDS_BEHIND, now=now))


def _safely(bring: Callable[..., bool], case: Case, now: datetime) -> bool:
    """A card that can't be brought to the truth does not hold up the others; the next press brings it."""
    try:
        return bring(case, now=now)
    except AWAY:
        raise
    except Exception:
        person_id, order_id, about = case
        log.exception("card_not_brought", person=person_id, order=order_id, about=about)
        version = Order.objects.filter(pk=order_id).values("version")
        own = Dialogue.objects.filter(person=person_id, order=order_id, about=about)
        own.update(shown_version=Subquery(version))
        _finished(case).update(told_at=now)
        return False


def _cases(query: str, *, now: datetime) -> list[Case]:
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            {
                "settled": now - SETTLES_AFTER,
                "long_ago": now - NOT_LONGER_THAN,
                "since": now - FOLLOWED_FOR,
                "limit": AT_ONCE,
            },
        )
        return [(person_id, order_id, about) for person_id, order_id, about in cursor.fetchall()]


def _finished(case: Case) -> QuerySet[IncomingFile]:
    """The files of this card whose end nobody has been told."""
    person_id, order_id, about = case
    files = IncomingFile.objects.filter(
        person=person_id, order=order_id, told_at__isnull=True, state__in=FINISHED
    )
    proofs = Q(purpose=Purpose.DELIVERY)
    return files.filter(proofs if about == Talk.DEAL else ~proofs)


@transaction.atomic
def _tell_files(case: Case, *, now: datetime) -> bool:
    """What became of the files that this person has sent for this order, in one card below them."""
    user, order, dialogue = _who(case, now=now)
    files = list(_finished(case).select_for_update(of=("self",)).order_by("pk"))
    if not files:
        return False
    IncomingFile.objects.filter(pk__in=[file.pk for file in files]).update(told_at=now)
    with reading_as(user):
        if dialogue.about == Talk.DEAL:
            told = dealing.Standing(user, order, dialogue, now)
            dealing.show(told, anew=True, files=[file.pk for file in files])
        else:
            _tell_of_points(Standing(user, order, dialogue, now), files)
    return True


def _tell_of_points(standing: Standing, files: Sequence[IncomingFile]) -> None:
    view = standing.view()
    if view is not None and view.is_current:
        _move_on(standing, view, files)
    show(standing, anew=True, files=[file.pk for file in files])


def _move_on(standing: Standing, view: InspectionView, files: Sequence[IncomingFile]) -> None:
    """Files without a point are asked about; a point that has all it needs makes room for the next one."""
    dialogue = standing.dialogue
    kept = {file.evidence_id for file in files if file.state == FileState.KEPT}
    if any(file.pk in kept for file in view.unplaced):
        stand(dialogue, Screen.PLACE)
        return
    at = view.point(dialogue.point) if dialogue.screen == Screen.POINT and dialogue.point else None
    here = any(file.point == dialogue.point for file in files)
    if at is not None and here and at.is_done and not wants_remark(at):
        stand_at(dialogue, onward(states(view), at.number), view)


@transaction.atomic
def _bring(case: Case, *, now: datetime) -> bool:
    user, order, dialogue = _who(case, now=now)
    if dialogue.shown_version == order.version:
        return False
    with reading_as(user):
        if dialogue.about == Talk.DEAL:
            standing_in_deal = dealing.Standing(user, order, dialogue, now)
            dealing.let_go(standing_in_deal)
            dealing.show(standing_in_deal)
        else:
            standing = Standing(user, order, dialogue, now)
            see(standing)
            show(standing)
    return True


def _who(case: Case, *, now: datetime) -> tuple[User, Order, Dialogue]:
    person_id, order_id, about = case
    dialogue = dialogue_of(person_id, order_id, about=about, now=now)
    user = User.objects.select_related("team").get(pk=person_id)
    return user, Order.objects.get(pk=order_id), dialogue
