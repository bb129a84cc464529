"""Lives through days in seconds: the clock jumps from one moment at which something happens to the next."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

import core.selectors
from assignment.models import Shift
from core import actors, clock
from core.actors import Actor, Door
from core.models import ApiKey, Calendar
from core.refusals import Refusal
from orders.models import Order
from orders.services.money import RECORD
from orders.services.opinions import GRC
from panel.simulation import acts, this_hour
from panel.simulation.arrivals import arrivals
from panel.simulation.behaviours import react
from panel.simulation.delivering import deliver
from panel.simulation.following import STAGES
from panel.simulation.world import SECOND, World, whole_second
from rop import loop
from rop.audit import audit

LOOKED_BACK = timedelta(hours=6)
"""What a sweep could not look at is tried again for so long. Not for ever: see `LOOK_AHEAD`."""

ABSENCES_PER_DAY = 0.7
HOUR = timedelta(hours=1)

LOOK_AHEAD = """
    SELECT (SELECT min(wake_at) FROM orders_order WHERE closed_at IS NULL AND wake_at > %(now)s),
           (SELECT min(starts_at) FROM assignment_absence WHERE begun_at IS NULL),
           EXISTS (SELECT 1 FROM orders_order WHERE closed_at IS NULL AND assigned_manager_id IS NULL)
"""
"""Only what lies ahead, for all of this is one transaction: the index keeps every earlier moment of every order."""

FIRST_SHIFT_WITHIN = timedelta(days=1)
"""So soon after a history begins somebody has to be at work."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    days: float
    orders_per_day: float
    seed: int


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of it. `broken`: rows that break an invariant, as the auditor counts them."""

    orders: int
    by_status: Mapping[str, int]
    messages: int
    moments: int
    refused: int
    broken: int
    seconds: float


class NoHistory(RuntimeError):
    """There is no room for a simulated past here; str() says why."""


class NotEmpty(NoHistory):
    """There are orders already: a simulated past would get mixed up with what really happened."""


class NobodyWorked(NoHistory):
    """The people of this installation have not been there for so long: every order would wait for all of the past."""


def simulate(
    scenario: Scenario, *, until: datetime, progress: Progress = lambda share, moment: None
) -> Lived:
    """Orders of the days before `until`, through the services and the loop as they are, all of it or nothing.

    Runs in a database without orders, before any worker starts. Raises NotEmpty, NobodyWorked.
    """
    started = perf_counter()
    if Order.objects.exists():
        raise NotEmpty(_("There are orders already; a history can only be simulated before the first one."))
    start = until - timedelta(days=scenario.days)
    if not Shift.objects.filter(starts_at__lt=start + FIRST_SHIFT_WITHIN, ends_at__gt=start).exists():
        text = _(
            "Nobody was on shift when this history begins; 'make demo' makes people who were there for so long."
        )
        raise NobodyWorked(text)
    with transaction.atomic():
        world = _world(scenario, until)
        moments, messages = _live(world, progress)
        with clock.fixed(until):
            broken = audit(now=until).total
    statuses = Order.objects.values_list("status", flat=True)
    return Lived(
        orders=len(world.external_ids),
        by_status=dict(Counter(statuses).most_common()),
        messages=messages,
        moments=moments,
        refused=world.refused,
        broken=broken,
        seconds=perf_counter() - started,
    )


def _world(scenario: Scenario, until: datetime) -> World:
    start = until - timedelta(days=scenario.days)
    zone = Calendar.objects.filter(code="default", published_at__isnull=False).first()
    world = World(
        seed=scenario.seed,
        now=start,
        end=until,
        intake=_agent("intake"),
        grc=_agent(GRC),
        zone=ZoneInfo(zone.time_zone if zone else "UTC"),
        leads=core.selectors.all_leads(),
        stages=STAGES,
        finance=core.selectors.people_who_may(RECORD),
    )
    world.meet(since=start)
    for arrival in arrivals(
        start=start, end=until, per_day=scenario.orders_per_day, seed=scenario.seed, zone=world.zone
    ):
        world.plan(arrival.at, partial(acts.receive, arrival))
    _plan_absences(world, scenario)
    this_hour.begins(world)
    return world


def _agent(source: str) -> Actor:
    key = ApiKey.objects.filter(source=source).order_by("pk").first()
    return actors.agent(key.pk if key else 0, door=Door.SIMULATION)


def _plan_absences(world: World, scenario: Scenario) -> None:
    """Now and then somebody leaves an hour after their shift began."""
    if not world.leads:
        return
    chance = ABSENCES_PER_DAY / max(len(world.shift_starts()) / scenario.days, 1)
    for starts_at, user_id in world.shift_starts():
        luck = world.luck("leaves", world.users[user_id].username, starts_at - world.end)
        if user_id in world.managers and luck.random() < chance:
            lasts = luck.uniform(2, 8) * HOUR
            world.plan(starts_at, partial(acts.plan_absence, user_id, lasts))


def _live(world: World, progress: Progress) -> tuple[int, int]:
    """Until the end of the world. Returns how many moments it had and how many messages."""
    start, moments, messages = world.now, 0, 0
    boundaries = [starts_at for starts_at, _user in world.shift_starts()]
    while world.now < world.end:
        woken, leaves, some_wait = _look_ahead(world.now)
        due = _earliest(woken, leaves, *boundaries[:1]) or world.end
        ahead = _earliest(due, world.next_planned()) or world.end
        # The loop ticks once a second: so does the simulated one at most.
        world.now = min(whole_second(max(ahead, world.now + SECOND)), world.end)
        while boundaries and boundaries[0] <= world.now:
            boundaries.pop(0)
        # An act may make room for those who wait, and nothing says so but the next sweep.
        messages += _moment(world, sweeps=some_wait or min(due, world.end) <= world.now)
        moments += 1
        progress((world.now - start) / (world.end - start), f"{world.now.astimezone(world.zone):%d.%m %H:%M}")
    return moments, messages


def _look_ahead(now: datetime) -> tuple[datetime | None, datetime | None, bool]:
    """When the next order is due, when the next absence begins, whether an order waits for room.

    What a sweep left behind is taken by the next one.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK_AHEAD, {"now": now})
        woken, leaves, some_wait = cursor.fetchone()
    return woken, leaves, some_wait


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


def _moment(world: World, *, sweeps: bool) -> int:
    """Everything of one moment: people act, the loop sweeps, what was said arrives. Returns how many messages."""
    with clock.fixed(world.now):
        for act in world.due_acts():
            try:
                act(world)
            except Refusal:
                # Their press came too late, and life goes on.
                world.refused += 1
        if sweeps:
            loop.sweep(world.now, due_after=world.now - LOOKED_BACK)
            with connection.cursor() as cursor:
                # What COMMIT checks, checked at every simulated one: all of this is one transaction.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        count, delivered = deliver(world)
        for message in delivered:
            react(world, message)
    return count
