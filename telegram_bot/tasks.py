"""The buttons of tasks. The service says who may end one, and whether it is still open."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from core.actors import Door, person
from core.refusals import Refusal
from orders.models import Task
from orders.services import task_done
from telegram_bot.cards import callback
from telegram_bot.cards.tasks import TEMPLATE
from telegram_bot.visits import Answer, Known


def show(known: Known, task_id: int) -> Answer:
    """The message of one's own task once more, at the end of the chat."""
    task = Task.objects.filter(pk=task_id, owner=known.user).first()
    if task is None:
        return _not_yours()
    return known.reply(TEMPLATE, order_id=task.order_id, thread=f"task:{task.pk}", task=task.pk)


def done(known: Known, task_id: int) -> Answer:
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        return _not_yours()
    try:
        task_done(task_id=task.pk, actor=person(known.user, door=Door.BOT), now=known.now)
    except Refusal as refusal:
        return _changed(known, task, Answer(toast=str(refusal), alert=True))
    return _changed(known, task, Answer(toast=_("Done.")))


def _changed(known: Known, task: Task, answer: Answer) -> Answer:
    """The message shows what is true, whatever came of the press."""
    known.change_pressed(TEMPLATE, order_id=task.order_id, task=task.pk)
    return answer


def _not_yours() -> Answer:
    return Answer(toast=_("This task is not yours."), alert=True)


PRESSES: Mapping[str, Callable[..., Answer]] = {callback.TASK: show, callback.TASK_DONE: done}
