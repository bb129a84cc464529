"""The sweep: open orders whose `wake_at` has come, and the waiting queue when places are free."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q

import assignment.selectors
from assignment.services import absences_begin
from core import heartbeats
from core.advisory import Lock
from core.work import CHUNK
from orders.models import Order
from orders.statuses import Status
from rop.loop.blame import Blame, blame
from rop.loop.giving import candidate_of, free_places
from rop.loop.loading import policy_in_force
from rop.loop.looking import look
from rop.loop.quarantine import quarantine

log = structlog.get_logger(__name__)

BUDGET = timedelta(seconds=5)
"""How long one sweep goes on at most before it lets the next tick take over."""

WAITING = Q(assigned_manager__isnull=True, status=Status.PENDING_MANAGER)
"""Of open orders: those that wait for an owner."""

WINDOW = 5000
"""Among so many waiting orders, the longest due, the most urgent are looked at first."""

WAITING_AT_MOST = 1000
"""How far down the waiting queue one sweep looks when the first ones can't be placed."""


def sweep(now: datetime, *, due_after: datetime | None = None) -> int:
    """Look at all that is due, oldest due first; returns at how many orders. Any number may run at once.

    What waits for an owner is looked at in the order of its queue, by one at a time. `due_after` is for whoever lives
    through days in one transaction: there the index keeps every earlier moment of every order.
    """
    began = monotonic()
    until = began + BUDGET.total_seconds()
    _begin_absences(now)
    # Before what is due: a waiting order whose reminder is due must not take the place of a more urgent one.
    looked = serve_waiting(now, until=began + BUDGET.total_seconds() / 2)
    looked += _sweep_due(now, after=due_after, until=until)
    _beat(now, looked)
    return looked


def _sweep_due(now: datetime, *, after: datetime | None, until: float) -> int:
    """A chunk of each kind in turn, so that neither keeps the other waiting."""
    is_due = Q(closed_at__isnull=True, wake_at__lte=now)
    if after is not None:
        is_due &= Q(wake_at__gt=after)
    looked, left = 0, [partial(_due, is_due), partial(_due_waiting, is_due)]
    while left:
        for find in tuple(left):
            looked += (done := _sweep_chunk(now, find))
            # Fewer than a whole chunk: nothing else is due, or others are at it.
            if done < CHUNK or monotonic() >= until:
                left.remove(find)
    return looked


def _beat(now: datetime, looked: int) -> None:
    """Somebody who holds the heartbeat's row is beating it; what was looked at is committed and stays so."""
    try:
        with transaction.atomic():
            heartbeats.beat("loop", now=now, detail={"looked": looked})
    except OperationalError as error:
        if blame(error) is Blame.SERVER:
            raise
        log.warning("heartbeat_postponed", exc_info=error)


def _begin_absences(now: datetime) -> None:
    """Contention over somebody's row must not stop the tick: the next one comes within a second."""
    try:
        absences_begin(now=now)
    except OperationalError as error:
        if blame(error) is Blame.SERVER:
            raise
        log.warning("absences_postponed", exc_info=error)


def _sweep_chunk(now: datetime, find: Callable[[], list[int]]) -> int:
    due: list[int] = []
    try:
        with transaction.atomic():
            due = find()
            if due:
                look(due, now)
            return len(due)
    except Exception as error:
        return _after_failure(error, due, now)


def _after_failure(error: Exception, order_ids: list[int], now: datetime) -> int:
    """A batch could not be looked at: whose fault was it? Returns at how many was looked after all.

    Raises the error again when the server failed or no order was in hand yet.
    """
    whose = blame(error)
    if whose is Blame.SERVER:
        raise error
    if whose is Blame.CONTENTION:
        log.warning("look_postponed_in_sweep", orders=len(order_ids), exc_info=error)
        return 0
    if not order_ids:
        raise error
    log.error("look_failed_in_sweep", orders=len(order_ids), exc_info=error)
    return sum(_look_alone(order_id, now) for order_id in order_ids)


def _due(is_due: Q) -> list[int]:
    return list(
        Order.objects.filter(is_due)
        .exclude(WAITING)
        .order_by("wake_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)[:CHUNK]
    )


def _due_waiting(is_due: Q) -> list[int]:
    """Those that wait for an owner, as a wave does that was cut short: by severity, then by age.

    Never past whoever serves the queue: taken in the order in which they are due, the last places could go to the
    less urgent.
    """
    due = Order.objects.filter(WAITING, is_due)
    if not due.exists() or not _serves_alone():
        return []
    longest = due.order_by("wake_at", "pk").values("pk")[:WINDOW]
    return list(
        due.filter(pk__in=longest)
        .order_by("queue_key", "pk")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)[:CHUNK]
    )


def _look_alone(order_id: int, now: datetime) -> int:
    """One order of a batch that failed: its own failure puts it aside, with an alarm, and stops nobody else."""
    try:
        with transaction.atomic():
            if not Order.objects.filter(pk=order_id).select_for_update(skip_locked=True).exists():
                return 0
            look([order_id], now)
    except Exception as error:
        whose = blame(error)
        if whose is Blame.SERVER:
            raise
        if whose is Blame.CONTENTION:
            log.warning("look_postponed_in_sweep", order=order_id, exc_info=error)
            return 0
        quarantine(order_id, error, now=now)
    return 1


def serve_waiting(now: datetime, *, until: float) -> int:
    """Give waiting orders to whoever has room, most urgent first; returns at how many was looked.

    Places appear in many ways (an order ended, a shift began, a capacity was raised by whatever door), so
    each sweep asks the counters instead of trusting an event for each. The places may be too small for all
    that waits: batches end at `until` (monotonic), so that what is due is not kept waiting for them.
    """
    if not Order.objects.filter(WAITING, closed_at__isnull=True).exists():
        return 0
    looked, after = 0, (-1, 0)
    while looked < WAITING_AT_MOST and monotonic() < until:
        ids: list[tuple[int, int]] = []
        try:
            with transaction.atomic():
                if not _serves_alone():
                    return looked
                ids = _next_waiting(after, limit=min(_free_places(now), CHUNK), now=now)
                if not ids:
                    return looked
                look([order_id for order_id, _key in ids], now)
            looked += len(ids)
        except Exception as error:
            if not (done := _after_failure(error, [order_id for order_id, _key in ids], now)):
                return looked
            looked += done
        after = (ids[-1][1], ids[-1][0])
    return looked


def _serves_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [Lock.QUEUE_SERVED])
        return bool(cursor.fetchone()[0])


def _next_waiting(after: tuple[int, int], *, limit: int, now: datetime) -> list[tuple[int, int]]:
    """Those set aside wait for their own next attempt."""
    if limit <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, queue_key FROM orders_order o
             WHERE closed_at IS NULL AND assigned_manager_id IS NULL AND status = 'pending_manager'
               AND (queue_key, id) > (%s, %s)
               -- Not what came in after this tick began: it would end before it started.
               AND created_at <= %s
               AND NOT EXISTS (SELECT 1 FROM rop_quarantine q WHERE q.order_id = o.id AND q.next_at > %s)
             ORDER BY queue_key, id LIMIT %s
               FOR UPDATE OF o SKIP LOCKED
            """,
            [*after, now, now, limit],
        )
        return [(int(order_id), int(key)) for order_id, key in cursor.fetchall()]


def _free_places(now: datetime) -> int:
    weights = policy_in_force().weights
    smallest = min(weights.severities.values(), default=None)
    stage = weights.stages.get(Status.PENDING_MANAGER)
    if smallest is None or stage is None:
        return 0
    standings = assignment.selectors.standings(now=now)
    return free_places([candidate_of(s, now=now) for s in standings], smallest=smallest * stage)
