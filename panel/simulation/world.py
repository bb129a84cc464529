"""The simulated company: whose turn comes when, who is at work, and luck that a seed repeats."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from zoneinfo import ZoneInfo

from assignment.models import Absence, Manager, Shift
from core import actors
from core.actors import Actor, Door
from core.models import User
from orders.models import Order
from panel.simulation.luck import luck

SECOND = timedelta(seconds=1)

OFFICE = (9, 20)
"""Finance works by day, on every one, from this hour to that one."""

Act = Callable[["World"], None]


def whole_second(at: datetime) -> datetime:
    """The first whole second that is not before `at`."""
    return at if not at.microsecond else at.replace(microsecond=0) + SECOND


@dataclass
class World:
    """`now` is the simulated moment. Luck is drawn by names, not in turns: what one person does changes nothing
    in what the others do, and ids play no part in it. `stages`: what begins when an order comes to a status."""

    seed: int
    now: datetime
    end: datetime
    intake: Actor
    grc: Actor
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    managers: dict[int, Manager] = field(default_factory=dict)
    leads: list[int] = field(default_factory=list)
    finance: list[int] = field(default_factory=list)
    stages: Mapping[str, Callable[["World", Order], None]] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    external_ids: dict[int, str] = field(default_factory=dict)
    refused: int = 0
    last_message: int = 0
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _planned: int = 0
    _shifts: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    _away: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    _actors: dict[int, Actor] = field(default_factory=dict)

    # ── luck ──

    def luck(self, *about: object) -> Random:
        """The same for the same things in every run with this seed."""
        return luck(self.seed, *about)

    def of_order(self, order_id: int, user_id: int, *about: object) -> Random:
        """Luck of this person with this order."""
        return self.luck(self.external_ids[order_id], self.users[user_id].username, *about)

    def about(self, order_id: int, *about: object) -> Random:
        """Luck of this order, whoever has it."""
        return self.luck(self.external_ids[order_id], *about)

    # ── the agenda ──

    def plan(self, at: datetime, act: Act) -> None:
        """Do this at `at`, rounded up to a second; never earlier than now."""
        self._planned += 1
        heappush(self._agenda, (whole_second(max(at, self.now)), self._planned, act))

    def next_planned(self) -> datetime | None:
        return self._agenda[0][0] if self._agenda else None

    def due_acts(self) -> Iterable[Act]:
        """What is planned up to now, in order; what they plan for now comes too."""
        while self._agenda and self._agenda[0][0] <= self.now:
            yield heappop(self._agenda)[2]

    # ── people ──

    def actor(self, user_id: int) -> Actor:
        if user_id not in self._actors:
            self._actors[user_id] = actors.person(self.users[user_id], door=Door.SIMULATION)
        return self._actors[user_id]

    def meet(self, *, since: datetime) -> None:
        """Learn who works here and when."""
        for manager in Manager.objects.filter(active=True, user__is_active=True).select_related("user"):
            self.managers[manager.user_id] = manager
        shifts = Shift.objects.filter(ends_at__gt=since).order_by("starts_at").select_related("manager")
        for shift in shifts:
            self._shifts.setdefault(shift.manager.user_id, []).append((shift.starts_at, shift.ends_at))
        self.users = User.objects.filter(is_active=True).in_bulk()

    def is_away(self, absence: Absence) -> None:
        self._away.setdefault(absence.manager.user_id, []).append((absence.starts_at, absence.ends_at))

    def at_work(self, user_id: int, at: datetime) -> datetime:
        """The first moment from `at` on at which this person works. Leads answer at once, by day and by night."""
        if user_id not in self.managers:
            return at
        for starts_at, ends_at in self._shifts.get(user_id, []):
            if ends_at <= at:
                continue
            at = max(at, starts_at)
            for left_at, back_at in self._away.get(user_id, []):
                if left_at <= at < back_at:
                    at = back_at
            if at < ends_at:
                return at
        return self.end + SECOND

    def at_desk(self, at: datetime) -> datetime:
        """The first moment from `at` on in the office hours of whoever is on no shifts: finance."""
        local = at.astimezone(self.zone)
        opens, closes = (local.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in OFFICE)
        if local < opens:
            return opens
        return at if local < closes else opens + timedelta(days=1)

    def shift_starts(self) -> list[tuple[datetime, int]]:
        """All beginnings of shifts that lie ahead, by time."""
        return sorted(
            (starts_at, user_id)
            for user_id, shifts in self._shifts.items()
            for starts_at, _ends_at in shifts
            if self.now < starts_at <= self.end
        )
