"""Whose deadline was missed, where it is not the order's own: a task, a blocker, something asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.models import User
from orders.approval_words import asked_for
from orders.models import Approval, Blocker, Task
from sla.models import Clock
from telegram_bot.cards.deal import said

ORDER, TASK, BLOCKER, APPROVAL = "order", "task", "blocker", "approval"
"""Types of what a clock is of."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What it is, and whose: of something asked for, who asked."""

    thing: Task | Blocker | Approval
    who: User

    @property
    def what(self) -> str:
        """In the language of whoever reads it."""
        if isinstance(self.thing, Blocker):
            return said.blocker(self.thing)
        if isinstance(self.thing, Approval):
            return asked_for(self.thing)
        return self.thing.title

    @property
    def is_asked_for(self) -> bool:
        return isinstance(self.thing, Approval)


def subjects_of(clocks: Iterable[Clock]) -> dict[int, Subject]:
    """By clock. At most three queries."""
    timed = [clock for clock in clocks if clock.subject_type != ORDER]
    found: dict[tuple[str, int], Subject] = {}
    ids = _ids(timed)
    if TASK in ids:
        for task in Task.objects.filter(pk__in=ids[TASK]).select_related("owner"):
            found[TASK, task.pk] = Subject(task, task.owner)
    if BLOCKER in ids:
        for one in Blocker.objects.filter(pk__in=ids[BLOCKER]).select_related("owner"):
            found[BLOCKER, one.pk] = Subject(one, one.owner)
    if APPROVAL in ids:
        for asked in Approval.objects.filter(pk__in=ids[APPROVAL]).select_related("asked_by"):
            found[APPROVAL, asked.pk] = Subject(asked, asked.asked_by)
    return {
        clock.pk: subject
        for clock in timed
        if (subject := found.get((clock.subject_type, clock.subject_id))) is not None
    }


def _ids(clocks: Iterable[Clock]) -> Mapping[str, list[int]]:
    ids: dict[str, list[int]] = {}
    for clock in clocks:
        ids.setdefault(clock.subject_type, []).append(clock.subject_id)
    return ids
