"""Cards follow what happens elsewhere: a file was fetched, somebody answered in the panel, the order moved on."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Subquery

from core.models import User
from orders.models import Order
from orders.selectors import InspectionView
from telegram_bot.inspecting.standing import (
    Standing,
    see,
    show,
    stand,
    stand_at,
    states,
    wants_remark,
)
from telegram_bot.models import FINISHED, Dialogue, FileState, IncomingFile, Screen
from telegram_bot.policies.inspecting import onward
from telegram_bot.visits import reading_as

Pair = tuple[int, int]

log = structlog.get_logger(__name__)

AWAY = (OperationalError, InterfaceError)

SETTLES_AFTER = timedelta(seconds=0.8)
"""The messages of an album come apart: what came of it is told when no more have come for so long."""

NOT_LONGER_THAN = timedelta(seconds=10)
"""What is fetched is told, even while the rest still has to be fetched."""

FOLLOWED_FOR = timedelta(days=3)
AT_ONCE = 50

FILES_TO_TELL = """
    SELECT person_id, order_id
    FROM telegram_bot_incomingfile
    WHERE told_at IS NULL AND order_id IS NOT NULL
    GROUP BY person_id, order_id
    HAVING bool_or(state IN ('kept', 'refused', 'dead'))
        AND (
            max(created_at) < %(settled)s AND NOT bool_or(state IN ('new', 'fetching'))
            OR min(ended_at) < %(long_ago)s
        )
    LIMIT %(limit)s
"""

CARDS_BEHIND = """
    SELECT d.person_id, d.order_id
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
    told = sum(_safely(_tell_files, pair, now) for pair in _pairs(FILES_TO_TELL, now=now))
    return told + sum(_safely(_bring, pair, now) for pair in _pairs(CARDS_BEHIND, now=now))


def _safely(bring: Callable[..., bool], pair: Pair, now: datetime) -> bool:
    """A card that can't be brought to the truth does not hold up the others; the next press brings it."""
    try:
        return bring(pair, now=now)
    except AWAY:
        raise
    except Exception:
        log.exception("card_not_brought", person=pair[0], order=pair[1])
        person_id, order_id = pair
        version = Order.objects.filter(pk=order_id).values("version")
        Dialogue.objects.filter(person=person_id, order=order_id).update(shown_version=Subquery(version))
        IncomingFile.objects.filter(
            person=person_id, order=order_id, told_at__isnull=True, state__in=FINISHED
        ).update(told_at=now)
        return False


def _pairs(query: str, *, now: datetime) -> list[Pair]:
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
        return [(person_id, order_id) for person_id, order_id in cursor.fetchall()]


@transaction.atomic
def _tell_files(pair: Pair, *, now: datetime) -> bool:
    """What became of the files that this person has sent for this order, in one card below them."""
    standing = _standing(pair, now=now)
    files = list(
        IncomingFile.objects.select_for_update(of=("self",))
        .filter(person_id=pair[0], order_id=pair[1], told_at__isnull=True, state__in=FINISHED)
        .order_by("pk")
    )
    if not files:
        return False
    IncomingFile.objects.filter(pk__in=[file.pk for file in files]).update(told_at=now)
    with reading_as(standing.user):
        view = standing.view()
        if view is not None and view.is_current:
            _move_on(standing, view, files)
        show(standing, anew=True, files=[file.pk for file in files])
    return True


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
def _bring(pair: Pair, *, now: datetime) -> bool:
    standing = _standing(pair, now=now)
    version = Order.objects.values_list("version", flat=True).get(pk=pair[1])
    if standing.dialogue.shown_version == version:
        return False
    with reading_as(standing.user):
        see(standing)
        show(standing)
    return True


def _standing(pair: Pair, *, now: datetime) -> Standing:
    person_id, order_id = pair
    dialogue, _made = Dialogue.objects.select_for_update(of=("self",)).get_or_create(
        person_id=person_id, order_id=order_id, defaults={"touched_at": now}
    )
    user = User.objects.select_related("team").get(pk=person_id)
    return Standing(user, Order.objects.get(pk=order_id), dialogue, now)
