"""How people behave, as small functions in visible tables. A new behaviour is a function and a line here.

A reaction answers a message that was delivered to a person; a habit is what somebody does with an order that
they accepted. Both only plan acts for later; acts go through the services as every door does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from panel.simulation import acts, following
from panel.simulation.stages import goes_on
from panel.simulation.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that has reached a person."""

    id: int
    template: str
    user_id: int
    order_id: int | None
    context: Mapping[str, Any]


Reaction = Callable[[World, Delivered], None]
Habit = Callable[[World, int, int], None]


# ── answers to messages ───────────────────────────────────────────────────────────────────────────────────────


def accepts_soon(world: World, message: Delivered) -> None:
    """Within minutes: half of them in less than four."""
    _accept_after(world, message, median=4 * MINUTE)


def accepts_now(world: World, message: Delivered) -> None:
    """Woken by a reminder."""
    _accept_after(world, message, median=1 * MINUTE)


def sees_a_duplicate(world: World, message: Delivered) -> None:
    """The same order came twice: cancelled before it was accepted."""
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "duplicate").uniform(2, 9) * MINUTE
    world.plan(world.at_work(user_id, at), partial(acts.cancel, order_id, user_id, "duplicate"))


def keeps_silent(world: World, message: Delivered) -> None:
    """Nothing happens."""


def does_the_task(world: World, message: Delivered) -> None:
    """Told or reminded of a task: done soon."""
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "task", message.template).uniform(3, 60) * MINUTE
    at = world.at_desk(at) if user_id in world.finance else world.at_work(user_id, at)
    world.plan(at, partial(following.does_tasks, order_id, user_id))


def decides_about_it(world: World, message: Delivered) -> None:
    """Somebody asks for a yes: leads look at it before long."""
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "decides").uniform(4, 120) * MINUTE
    world.plan(at, partial(following.decides, message.context["approval"], user_id))


def asks_the_owner(world: World, message: Delivered) -> None:
    """A lead writes to whoever missed the deadline."""
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "asks").uniform(2, 40) * MINUTE
    world.plan(at, partial(acts.ask_owner, order_id, user_id))


def gives_it_to_another(world: World, message: Delivered) -> None:
    """A lead takes the order from whoever missed the deadline and gives it to somebody on shift."""
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "reassigns").uniform(10, 90) * MINUTE
    world.plan(at, partial(acts.reassign, order_id, user_id))


def acknowledges(world: World, message: Delivered) -> None:
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "acknowledges").uniform(1, 20) * MINUTE
    world.plan(at, partial(acts.acknowledge, order_id, user_id))


def snoozes(world: World, message: Delivered) -> None:
    order_id, user_id = _order_of(message)
    luck = world.of_order(order_id, user_id, "snoozes")
    at = world.now + luck.uniform(2, 30) * MINUTE
    world.plan(at, partial(acts.snooze, order_id, user_id, luck.choice((1, 3, 12)) * HOUR))


def resolves(world: World, message: Delivered) -> None:
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "resolves").uniform(5, 90) * MINUTE
    world.plan(at, partial(acts.resolve, order_id, user_id))


def answers_the_question(world: World, message: Delivered) -> None:
    """And moves the order, which is what the lead asked about."""
    order_id, user_id = _order_of(message)
    at = world.at_work(
        user_id, world.now + world.of_order(order_id, user_id, "answers").uniform(3, 50) * MINUTE
    )
    world.plan(at, partial(acts.answer, order_id, user_id))
    world.plan(at + 5 * MINUTE, partial(following.takes_it_up, order_id, user_id))


def takes_it_up_again(world: World, message: Delivered) -> None:
    """Told that the order burns or stands: its owner remembers it."""
    order_id, user_id = _order_of(message)
    at = world.now + world.of_order(order_id, user_id, "remembers").uniform(3, 50) * MINUTE
    world.plan(world.at_work(user_id, at), partial(following.takes_it_up, order_id, user_id))


REACTIONS: Mapping[str, tuple[tuple[Reaction, int], ...]] = {
    "order_new": ((accepts_soon, 76), (keeps_silent, 22), (sees_a_duplicate, 2)),
    "sla_reminder:accept": ((accepts_now, 45), (keeps_silent, 55)),
    "sla_breach:stage": ((takes_it_up_again, 25), (keeps_silent, 75)),
    "stuck": ((takes_it_up_again, 40), (keeps_silent, 60)),
    "sla_reminder:task": ((does_the_task, 70), (keeps_silent, 30)),
    "task": ((does_the_task, 80), (keeps_silent, 20)),
    "follow_up": ((does_the_task, 85), (keeps_silent, 15)),
    "track": ((does_the_task, 85), (keeps_silent, 15)),
    "client_undecided": ((does_the_task, 90), (keeps_silent, 10)),
    "inspection_failed": ((does_the_task, 90), (keeps_silent, 10)),
    "approval_asked": ((decides_about_it, 95), (keeps_silent, 5)),
    "escalation:stage": (
        (asks_the_owner, 25),
        (gives_it_to_another, 12),
        (acknowledges, 15),
        (snoozes, 6),
        (resolves, 12),
        (keeps_silent, 30),
    ),
    "escalation:task": ((asks_the_owner, 30), (resolves, 15), (keeps_silent, 55)),
    "escalation:stuck": ((asks_the_owner, 30), (acknowledges, 15), (keeps_silent, 55)),
    "escalation:stuck_long": ((gives_it_to_another, 20), (snoozes, 15), (resolves, 15), (keeps_silent, 50)),
    "note_mention": ((answers_the_question, 75), (keeps_silent, 25)),
}
"""What people do with a message, and how often, by its template (and what it is about)."""


# ── what managers do with an order that they have accepted ────────────────────────────────────────────────────


def writes_notes(world: World, order_id: int, user_id: int) -> None:
    luck = world.of_order(order_id, user_id, "notes")
    at = world.now
    for number in range(luck.choice((1, 1, 1, 2, 3))):
        at += luck.uniform(0.3, 7) * HOUR
        world.plan(world.at_work(user_id, at), partial(acts.write_note, order_id, user_id, number))


def sets_a_task(world: World, order_id: int, user_id: int) -> None:
    """And does it before its deadline four times of five."""
    luck = world.of_order(order_id, user_id, "task")
    at = world.at_work(user_id, world.now + luck.uniform(5, 90) * MINUTE)
    lasts = luck.choice((2, 3, 4, 6)) * HOUR
    world.plan(at, partial(acts.add_task, order_id, user_id, lasts))
    if luck.random() < 0.8:
        done_at = at + lasts * luck.uniform(0.2, 0.95)
        world.plan(world.at_work(user_id, done_at), partial(acts.finish_task, order_id, user_id))


def gives_it_back(world: World, order_id: int, user_id: int) -> None:
    at = world.now + world.of_order(order_id, user_id, "returns").uniform(8, 150) * MINUTE
    world.plan(world.at_work(user_id, at), partial(acts.return_to_queue, order_id, user_id))


def cancels(world: World, order_id: int, user_id: int) -> None:
    """The deal does not come about, and why."""
    luck = world.of_order(order_id, user_id, "cancels")
    at = world.now + luck.uniform(0.5, 40) * HOUR
    world.plan(world.at_work(user_id, at), partial(acts.cancel_deal, order_id, user_id))


HABITS: tuple[tuple[Habit, float], ...] = (
    (writes_notes, 0.45),
    (sets_a_task, 0.2),
    (gives_it_back, 0.05),
    (cancels, 0.1),
)
"""What a manager does with an accepted order, each with its own probability."""


# ── drawing from the tables ───────────────────────────────────────────────────────────────────────────────────


def react(world: World, message: Delivered) -> None:
    """The person who got this message decides what to do about it."""
    subject = message.context.get("clock") or message.context.get("trigger")
    choices = REACTIONS.get(f"{message.template}:{subject}" if subject else message.template)
    if choices is None or message.order_id is None or message.order_id not in world.external_ids:
        return
    about = (
        *(message.template, subject, message.context.get("round"), message.context.get("share")),
        # A person who did not answer one question may answer the next.
        message.context.get("times", f"{world.now - world.end}" if "note" in message.context else None),
    )
    luck = world.of_order(message.order_id, message.user_id, "reaction", *about)
    reactions, shares = zip(*choices, strict=True)
    luck.choices(reactions, shares)[0](world, message)


def take_up(world: World, order_id: int, user_id: int) -> None:
    """The order was accepted: the manager's habits begin."""
    for habit, probability in HABITS:
        if world.of_order(order_id, user_id, "habit", habit.__name__).random() < probability:
            habit(world, order_id, user_id)


def _accept_after(world: World, message: Delivered, *, median: timedelta) -> None:
    order_id, user_id = _order_of(message)
    about = ("accepts", message.context.get("round"), message.context.get("share"))
    luck = world.of_order(order_id, user_id, *about)
    pace = world.luck("pace", world.users[user_id].username).uniform(0.6, 1.7)
    at = world.now + median * pace * luck.lognormvariate(0, 0.8)
    world.plan(world.at_work(user_id, at), partial(_accept, order_id, user_id))


def _accept(order_id: int, user_id: int, world: World) -> None:
    acts.accept(order_id, user_id, world)
    take_up(world, order_id, user_id)
    goes_on(world, order_id)


def _order_of(message: Delivered) -> tuple[int, int]:
    assert message.order_id is not None
    return message.order_id, message.user_id
