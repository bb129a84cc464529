"""Sends everything that waits in the outbox, as fast as Telegram allows and no faster."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError

from core import clock
from telegram_bot.policies.outcomes import Kind, Outcome, Then, Verdict
from telegram_bot.policies.pacing import Lane, Pacing, Waiting, choose, next_moment
from telegram_bot.policies.settling import Settling
from telegram_bot.sending import letters, merging, queue, reach, results
from telegram_bot.sending.prepare import Ready, prepare
from telegram_bot.sending.queue import Lease, Telegram
from telegram_bot.worker.beats import Beats
from telegram_bot.worker.channel import Channel
from telegram_bot.worker.circuit import Circuit
from telegram_bot.worker.pauses import pause
from telegram_bot.worker.threads import Threads

log = structlog.get_logger(__name__)

T = TypeVar("T")

POLL_EVERY = 1.0
"""Seconds after which the outbox is read again without a NOTIFY."""

HORIZON = 0.2
"""Seconds ahead for which messages are taken at once: what is leased leaves right then."""

READ_AGAIN_AFTER = 0.1
RECORD_FOR = 30.0
DOWN_AFTER = 10.0
"""Seconds without an answer after which Telegram counts as down: what has waited for minutes goes by letter."""

PROBE_FIRST, PROBE_LAST = 0.5, 15.0
IN_FLIGHT_AT_MOST = 60


@dataclass(slots=True)
class Sender:
    """`may_send` is asked before each call: a worker that lost its lead, or its lease, sends nothing."""

    channel: Channel | None
    pacing: Pacing
    threads: Threads
    mail_threads: Threads
    beats: Beats
    lease: timedelta
    may_send: Callable[[], bool]
    circuit: Circuit = field(default_factory=Circuit)
    settling: Settling[merging.Addressee] = field(default_factory=Settling)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: set[asyncio.Task[None]] = field(default_factory=set)
    sent: int = 0

    async def run(self, ending: asyncio.Event) -> None:
        await self._remember_holds()
        while not ending.is_set():
            self.woken.clear()
            if not self.may_send():
                await pause(POLL_EVERY, ending)
                continue
            self.pacing.forget_idle(now=monotonic())
            waiting = await self.threads.run(self._read)
            await self.beats.beat("sender", sent=self.sent, telegram=self.circuit.word)
            await self._serve(waiting, ending)
        if self.in_flight:
            await asyncio.wait(self.in_flight)

    async def watch_circuit(self, ending: asyncio.Event) -> None:
        """While Telegram does not answer: ask it harmlessly from time to time, so that no message is spent on it."""
        again_in = PROBE_FIRST
        while not ending.is_set():
            if self.circuit.is_closed or self.channel is None:
                again_in = PROBE_FIRST
                await pause(PROBE_FIRST, ending)
                continue
            await pause(again_in, ending)
            outcome = await self.channel.is_there()
            if outcome.kind in (Kind.SENT, Kind.HELD):
                log.info("telegram_is_back")
                self.circuit.succeeded()
                self.wake()
            else:
                log.warning("telegram_away", reason=outcome.reason, again_in=again_in)
                again_in = min(again_in * 2, PROBE_LAST)

    def wake(self) -> None:
        self.woken.set()

    def _read(self) -> list[Waiting]:
        now = clock.now()
        results.settle_expired(now=now)
        together = merging.waiting_together(now=now)
        newest = {several.addressee: several.newest for several in together}
        settling = self.settling.unsettled(newest, now=monotonic())
        merging.merge_floods(now=now, together=together, but=settling)
        telegram = Telegram(configured=self.channel is not None, down=self.circuit.down_for(DOWN_AFTER))
        return queue.waiting(telegram=telegram, now=now, settling=settling)

    async def _remember_holds(self) -> None:
        """What Telegram told the process before this one to wait for still holds."""
        now = await self.threads.run(clock.now)
        for chat_id, until in (await self.threads.run(queue.held_chats, now=now)).items():
            seconds = (until - now).total_seconds()
            self.pacing.hold(Lane("telegram", chat_id), seconds=seconds, now=monotonic())

    async def _serve(self, waiting: list[Waiting], ending: asyncio.Event) -> None:
        """Send these until there is news, or a second has passed."""
        began = monotonic()
        while not ending.is_set():
            now = monotonic()
            free = waiting if self.circuit.is_closed else [m for m in waiting if m.lane.channel != "telegram"]
            room = IN_FLIGHT_AT_MOST - len(self.in_flight)
            chosen = choose(free, self.pacing, now=now, horizon=HORIZON)[: max(0, room)]
            if chosen:
                taken = {message.id for message in chosen}
                waiting = [message for message in waiting if message.id not in taken]
                await self._take(chosen)
                continue
            age = now - began
            if age >= POLL_EVERY or (self.woken.is_set() and age >= READ_AGAIN_AFTER):
                return
            idle = min(POLL_EVERY - age, max(0.01, next_moment(free, self.pacing) - HORIZON - now))
            if self.woken.is_set():
                await pause(min(idle, READ_AGAIN_AFTER - age), ending)
            else:
                await pause(idle, ending, self.woken)

    async def _take(self, chosen: Sequence[Waiting]) -> None:
        """Lease these, write down at once what needs no sending, and let the rest leave."""
        for message in chosen:
            self.pacing.begin(message.lane, storm=message.storm)
        lanes = {message.id: message.lane for message in chosen}
        storms = {message.id for message in chosen if message.storm}
        started = set[Lane]()
        taken_at = monotonic()
        try:
            for ready, lease in await self.threads.run(_lease_ready, lanes, self.lease):
                task = asyncio.create_task(
                    self._send(ready, lease, taken_at, storm=ready.message.pk in storms)
                )
                started.add(ready.lane)
                self.in_flight.add(task)
                task.add_done_callback(self.in_flight.discard)
        finally:
            for lane in set(lanes.values()) - started:
                self.pacing.finish(lane, left_at=None)

    async def _send(self, ready: Ready, lease: Lease, taken_at: float, *, storm: bool) -> None:
        left_at: float | None = None
        try:
            outcome = await self._attempt(ready, taken_at)
            if outcome is None:
                await self.threads.run(queue.give_back, [lease])
                return
            left_at = monotonic()
            await self._record(ready, lease, outcome)
        except Exception:
            # The lease runs out, and the message is taken up again by then.
            log.exception("result_not_recorded", message=ready.message.pk)
        finally:
            self.pacing.finish(ready.lane, left_at=left_at, storm=storm)
            self.wake()

    async def _attempt(self, ready: Ready, taken_at: float) -> Outcome | None:
        """None: it did not come to it. A process that was stopped since it took the message sends nothing."""
        if ready.lane.channel == "none":
            return Outcome(Kind.UNREACHABLE, "no way to reach the addressee")
        if ready.lane.channel == "email":
            return await self.mail_threads.run(letters.send, ready)
        if self.channel is None:
            return None
        while pause := self.pacing.turn(ready.lane, now=monotonic()):
            await asyncio.sleep(pause)
        held = self.pacing.is_held(ready.lane, now=monotonic())
        late = monotonic() - taken_at > self.lease.total_seconds() / 2
        if held or late or not self.circuit.is_closed or not self.may_send():
            return None
        return await self.channel.send(ready)

    async def _record(self, ready: Ready, lease: Lease, outcome: Outcome) -> None:
        """The result is kept even when the database is away for a while: nobody else knows it."""
        if ready.lane.channel == "telegram":
            self._learn(ready.lane, outcome)
        attempt = results.Attempt(ready.message, ready.lane, lease)
        verdict = await _persist(lambda: self.threads.run(_record_now, attempt, outcome))
        if verdict is not None and verdict.then == Then.SENT:
            self.sent += 1
        person_id = ready.message.person_id
        if verdict is not None and outcome.kind == Kind.UNREACHABLE and person_id is not None:
            await self._look_at_orders_of(person_id)

    async def _look_at_orders_of(self, person_id: int) -> None:
        try:
            await self.threads.run(_look_at_orders_of, person_id)
        except Exception:
            # What the message came to is written down; the sweep looks at these orders in its time.
            log.exception("orders_of_unreachable_not_looked_at", person=person_id)

    def _learn(self, lane: Lane, outcome: Outcome) -> None:
        now = monotonic()
        match outcome.kind:
            case Kind.HELD:
                seconds = outcome.wait.total_seconds() if outcome.wait else None
                self.pacing.hold(lane, seconds=seconds, now=now)
            case Kind.NOT_SENT | Kind.UNKNOWN | Kind.LOCKED_OUT:
                self.circuit.failed(outcome.kind)
            case _:
                self.circuit.succeeded()
                self.pacing.delivered(lane)


def _lease_ready(lanes: dict[int, Lane], lasting: timedelta) -> list[tuple[Ready, Lease]]:
    """Prepare, then lease what is ready: between the lease and the call nothing is left to do."""
    now = clock.now()
    prepared = prepare(lanes, now=now)
    results.superseded(prepared.untrue, now=now)
    for message, error in prepared.faults:
        results.record_fault(message, lanes[message.pk], error, lasting=lasting, now=now)
    ready_lanes = {ready.message.pk: ready.lane for ready in prepared.ready}
    leases = queue.lease(ready_lanes, lasting=lasting, now=now) if ready_lanes else {}
    return [(ready, leases[ready.message.pk]) for ready in prepared.ready if ready.message.pk in leases]


def _record_now(attempt: results.Attempt, outcome: Outcome) -> Verdict | None:
    return results.record(attempt, outcome, now=clock.now())


def _look_at_orders_of(person_id: int) -> None:
    reach.orders_of_unreachable_look(person_id, now=clock.now())


async def _persist(write: Callable[[], Awaitable[T]]) -> T:
    """Try again while the database is away. Raises its error when it is away for too long."""
    until = monotonic() + RECORD_FOR
    pause = 0.2
    while True:
        try:
            return await write()
        except (OperationalError, InterfaceError):
            if monotonic() > until:
                raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)
