from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import journal, outbox, work
from core.actors import Actor
from core.models import Importance
from core.refusals import Refusal
from orders import gate
from orders.models import Order, Task, TaskStatus
from orders.services.supervision import lock_order, wake

AHEAD_AT_MOST = timedelta(days=366)
"""How far off the deadline of a task may be (a limit): whoever mistypes a year would never hear of it again."""

FOLLOW_UP = "follow_up"
UNDECIDED = "decide_undecided"
TRACK = "track"
"""The kinds of tasks that AI-РОП opens by itself when their moment comes."""

ASK_CLIENT = ("contact_client", FOLLOW_UP, UNDECIDED)
"""Done once the client has said what they decided."""

SETTLE_CLAIM = "settle_claim"
SETTLE_MONEY = "settle_money"
PAY_OUT = "pay_out"

OF_THE_OWNER = ("contact_seller", "contact_client", FOLLOW_UP, TRACK, SETTLE_CLAIM)
"""Whoever has the order has these: only they may record what ends them."""

_CONTACT = gettext_lazy("This is done by recording the contact.")
DONE_BY: Mapping[str, object] = {
    "contact_seller": _CONTACT,
    "contact_client": _CONTACT,
    FOLLOW_UP: _CONTACT,
    UNDECIDED: gettext_lazy("This is done by recording what the client decided, or by cancelling the order."),
    TRACK: gettext_lazy("This is done by recording where the parcel is."),
    SETTLE_CLAIM: gettext_lazy("This is done by settling the claim."),
    SETTLE_MONEY: gettext_lazy(
        "This is done by a refund, or by asking that the money stays: another person approves it."
    ),
    PAY_OUT: gettext_lazy("This is done by recording what was paid out."),
}
"""Tasks that a fact ends, and what to say to whoever only says that they are done."""

OF_FACTS = frozenset(DONE_BY)
"""Kinds of tasks that come with a fact or with AI-РОП, and not by hand."""

TOLD = frozenset({SETTLE_CLAIM, SETTLE_MONEY, PAY_OUT})
"""Of those that come with a fact, whose owner is told: the others are the next step of their order, or have a message
of their own."""

ENDINGS = {TaskStatus.DONE: "command.task_done", TaskStatus.CANCELLED: "command.task_cancelled"}


class TaskRefused(Refusal):
    """The task can't be added or ended like this; str() says why."""

    code = "task_refused"


def task_add(
    *,
    order_id: int,
    title: str,
    owner_id: int,
    due_at: datetime,
    actor: Actor,
    now: datetime,
    kind: str = "general",
) -> Task:
    """Something that a named person has to do for the order by a moment. Raises TaskRefused, gate.NotAllowed."""
    with work.command("command.task_add", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        _may_touch(order, actor)
        if order.closed_at is not None:
            raise TaskRefused(_("The order is closed."))
        if kind in OF_FACTS:
            raise TaskRefused(_("A task of this kind comes by itself."))
        if due_at <= now:
            raise TaskRefused(_("The deadline of a task has to be in the future."))
        if due_at > now + AHEAD_AT_MOST:
            raise TaskRefused(_("The deadline of a task may be a year ahead at most."))

        task = Task.objects.create(
            order=order,
            kind=kind,
            title=title,
            owner_id=owner_id,
            due_at=due_at,
            created_at=now,
            created_by_id=actor.user_id,
        )
        _changed(order, task, "command.task_add", actor=actor, now=now)
        _tell(task, actor=actor, now=now)
        return task


def task_open(
    order: Order, *, kind: str, title: Promise, owner_id: int, due_at: datetime, actor: Actor, now: datetime
) -> Task:
    """A task that another fact of this locked order brings, one of its kind: an open one stays as it is.

    It is called by the language of the installation, whoever records the fact.
    """
    with translation.override(settings.LANGUAGE_CODE):
        called = str(title)
    task, is_new = Task.objects.get_or_create(
        order=order,
        kind=kind,
        status=TaskStatus.OPEN,
        defaults={
            "title": called,
            "owner_id": owner_id,
            "due_at": due_at,
            "created_at": now,
            "created_by_id": actor.user_id,
        },
    )
    if is_new and kind in TOLD:
        _tell(task, actor=actor, now=now)
    return task


def tasks_end(order: Order, *, kinds: Sequence[str], status: TaskStatus, actor: Actor, now: datetime) -> int:
    """The open tasks of these kinds have ended with another fact of this locked order. Returns how many."""
    open_tasks = Task.objects.filter(order=order, kind__in=kinds, status=TaskStatus.OPEN)
    told = list(open_tasks.values_list("pk", flat=True)) if TOLD.intersection(kinds) else []
    ended = open_tasks.update(status=status, ended_at=now, ended_by_id=actor.user_id)
    if told:
        outbox.say_again("task", [_thread(pk) for pk in told], now=now)
    return ended


def tasks_pass(order: Order, *, to: int, actor: Actor, now: datetime) -> None:
    """The order has another owner, and with it what its owner has to do. For a locked order."""
    open_tasks = Task.objects.filter(order=order, kind__in=OF_THE_OWNER, status=TaskStatus.OPEN)
    passed = list(open_tasks.exclude(owner=to))
    if not passed:
        return
    for task in passed:
        task.owner_id = to
    Task.objects.bulk_update(passed, ["owner"])
    told = [task for task in passed if task.kind in TOLD]
    if told:
        outbox.say_again("task", [_thread(task.pk) for task in told], now=now)
    for task in told:
        _tell(task, actor=actor, now=now)


def task_done(*, task_id: int, actor: Actor, now: datetime) -> Task:
    """The task is done. Its owner says so, or whoever may act on any order. Done twice is done once.

    What is done by recording a fact is not done by saying so. Raises TaskRefused, gate.NotAllowed.
    """
    return _end(task_id, TaskStatus.DONE, actor=actor, now=now)


def task_cancel(*, task_id: int, actor: Actor, now: datetime) -> Task:
    """The task is no longer needed: says whoever gave it, or whoever may act on any order; its owner may only do it.

    Raises TaskRefused, gate.NotAllowed.
    """
    return _end(task_id, TaskStatus.CANCELLED, actor=actor, now=now)


def _end(task_id: int, status: TaskStatus, *, actor: Actor, now: datetime) -> Task:
    order_id = Task.objects.values_list("order_id", flat=True).get(pk=task_id)
    asked = {"task": task_id}
    with work.command(ENDINGS[status], actor=actor, now=now, order_id=order_id, inputs=asked):
        # The order is locked before the task, as everywhere.
        order = lock_order(order_id)
        task = Task.objects.get(pk=task_id)
        _may_end(order, task, status, actor)
        if task.status == status:
            return task
        if task.status != TaskStatus.OPEN:
            raise TaskRefused(_("The task has ended already."))
        # Money that is held is nobody's to decide about alone, neither so nor so.
        if task.kind in DONE_BY and (status == TaskStatus.DONE or task.kind == SETTLE_MONEY):
            raise TaskRefused(str(DONE_BY[task.kind]))

        task.status = status
        task.ended_at = now
        task.ended_by_id = actor.user_id
        task.save(update_fields=["status", "ended_at", "ended_by"])
        _changed(order, task, ENDINGS[status], actor=actor, now=now)
        outbox.say_again("task", [_thread(task.pk)], now=now)
        return task


def _may_end(order: Order, task: Task, status: TaskStatus, actor: Actor) -> None:
    if status == TaskStatus.CANCELLED:
        # Whoever recorded the fact that brought a task did not give it.
        gave = actor.user_id is not None and actor.user_id == task.created_by_id and task.kind not in OF_FACTS
        if not gave and not actor.may("orders.act_on_any"):
            raise gate.NotAllowed(_("Only whoever gave a task, or a lead, cancels it."))
    elif task.owner_id != actor.user_id:
        _may_touch(order, actor)
        if task.kind == SETTLE_MONEY and not actor.may("orders.act_on_any"):
            raise gate.NotAllowed(_("Only a lead decides what becomes of the client's money."))


def _may_touch(order: Order, actor: Actor) -> None:
    if not gate.may_act(actor, owner_id=order.assigned_manager_id):
        raise gate.NotAllowed


def _tell(task: Task, *, actor: Actor, now: datetime) -> None:
    """Whoever has to do it, unless they gave it to themselves."""
    if task.owner_id == actor.user_id:
        return
    message = outbox.Outgoing(
        template="task",
        importance=Importance.ASSIGNMENT,
        dedup_key=f"task:{task.pk}:{task.owner_id}:{now.isoformat()}",
        person_id=task.owner_id,
        order_id=task.order_id,
        context={"task": task.pk},
        thread=_thread(task.pk),
    )
    outbox.post([message], now=now)


def _thread(task_id: int) -> str:
    return f"task:{task_id}"


def _changed(order: Order, task: Task, kind: str, *, actor: Actor, now: datetime) -> None:
    order.save_facts(now=now)
    journal.write(
        [journal.Record(kind=kind, order_id=order.pk, output={"task": task.pk})], actor=actor, now=now
    )
    wake([order.pk])
