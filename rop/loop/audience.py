"""Whom the ladder reaches: roles become people, or the group; where one is missing the next stands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import core.selectors
from core.models import ChatGroup
from sla.policies.ladder import DUTY, GROUP, LEAD

INSTEAD = {
    LEAD: (LEAD, DUTY, "leads", GROUP),
    DUTY: (DUTY, LEAD, "leads", GROUP),
    GROUP: (GROUP, DUTY, LEAD, "leads"),
}
"""Who is asked for, then who stands in for them. "leads": everybody in that role."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person or a group."""

    person_id: int | None = None
    group_id: int | None = None


class Audience:
    """Each role is looked up once for a batch, and only if somebody is told."""

    def __init__(self, owner_ids: Iterable[int], *, now: datetime) -> None:
        self._owner_ids = set(owner_ids)
        self._now = now

    def of(self, role: str, *, owner_id: int | None) -> tuple[Addressee, ...]:
        """Who is told instead of or above this owner; nobody when there is nobody at all. Never the owner."""
        for stand_in in INSTEAD[role]:
            if found := self._of(stand_in, owner_id):
                return found
        return ()

    def _of(self, role: str, owner_id: int | None) -> tuple[Addressee, ...]:
        if role == GROUP:
            return (Addressee(group_id=self.group.pk),) if self.group is not None else ()
        if role == DUTY:
            people = [self._duty]
        elif role == LEAD:
            people = [self._leads.get(owner_id) if owner_id is not None else None]
        else:
            people = [*self._everybody]
        return tuple(Addressee(person_id=one) for one in people if one is not None and one != owner_id)

    @cached_property
    def _leads(self) -> dict[int, int]:
        return core.selectors.leads_by_member(self._owner_ids)

    @cached_property
    def _duty(self) -> int | None:
        return core.selectors.lead_on_duty(self._now)

    @cached_property
    def _everybody(self) -> list[int]:
        return core.selectors.all_leads()

    @cached_property
    def group(self) -> ChatGroup | None:
        return core.selectors.admins_chat()
