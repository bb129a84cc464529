"""Something that a named person has to do: the message about it, with the button that says that it is done."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from core.models import Message
from orders.models import Task, TaskStatus
from orders.services.tasks import DONE_BY, SETTLE_CLAIM
from telegram_bot.cards import callback as k
from telegram_bot.cards.card import Context, Keyboard

TEMPLATE = "task"


def load(messages: Sequence[Message], now: datetime) -> Mapping[int, Context]:
    """Told while it is open and this person's; a message that stands there says what has become of it."""
    found = Task.objects.select_related("order__assigned_manager", "owner", "created_by", "ended_by").in_bulk(
        {message.context.get("task") for message in messages} - {None}
    )
    contexts: dict[int, Context] = {}
    for message in messages:
        task = found.get(message.context.get("task"))
        if task is None:
            continue
        is_theirs = task.status == TaskStatus.OPEN and task.owner_id == message.person_id
        if is_theirs or message.edits:
            contexts[message.pk] = {
                "order": task.order,
                "task": task,
                "due_at": task.due_at,
                "is_open": is_theirs,
                **_claims(task),
            }
    return contexts


def _claims(task: Task) -> Context:
    """What the client says, of a task to settle it."""
    if task.kind != SETTLE_CLAIM:
        return {}
    return {"claims": list(task.order.claims.filter(settled_at__isnull=True).order_by("pk"))}


def buttons(context: Context) -> Keyboard:
    """What a fact ends is not done by saying so: the panel has the form for that fact."""
    task: Task = context["task"]
    if not context["is_open"]:
        return []
    done = [] if task.kind in DONE_BY else [(_("✅ Done"), k.data(k.TASK_DONE, task.pk))]
    return [[*done, (_("Order"), k.data(k.NEXT, task.order_id))]]
