"""Managers as a lead sees them: load against capacity, and whether they can be given anything now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

import assignment.selectors
from assignment.models import Manager
from core.models import User
from core.roles import ROLES
from core.selectors import NamesOf, names_of
from panel.words import Tone
from rop.words import EXCLUDED, word

OUT = frozenset({"inactive"})
"""Whoever is out for these reasons can't be given an order, not even by hand."""


@dataclass(frozen=True, slots=True)
class Load:
    """How full somebody is; `percent` is for a bar and stops at 100."""

    load: Decimal | float
    capacity: Decimal | float

    @property
    def share(self) -> int:
        if not self.capacity:
            return 100 if self.load else 0
        return round(float(self.load) / float(self.capacity) * 100)

    @property
    def percent(self) -> int:
        return min(self.share, 100)

    @property
    def tone(self) -> Tone:
        if self.share >= 100:
            return Tone.LATE
        return Tone.SOON if self.share >= 80 else Tone.GOOD


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a pick list."""

    user_id: int
    name: str
    load: Load
    offers: int
    excluded_because: str | None

    @property
    def can_be_given(self) -> bool:
        return self.excluded_because not in OUT

    @property
    def why_not(self) -> str:
        """In words why AI-РОП would not choose this one now; empty when it might."""
        return word(self.excluded_because, EXCLUDED) if self.excluded_because else ""


def pick_list(*, now: datetime, names_of: NamesOf = names_of) -> list[Person]:
    """All managers: those who can take something first, the least loaded before the others. Two queries."""
    standings = assignment.selectors.standings(now=now)
    names = names_of(standing.user_id for standing in standings)
    people = [
        Person(
            user_id=standing.user_id,
            name=names.get(standing.user_id, ""),
            load=Load(standing.load, standing.capacity),
            offers=standing.offers,
            excluded_because=standing.excluded_because,
        )
        for standing in standings
    ]
    return sorted(
        people, key=lambda person: (person.excluded_because is not None, person.load.share, person.name)
    )


def roles_said(user: User) -> str:
    """What somebody is here, in words; their groups are read once if they were fetched before."""
    roles = [str(ROLES.get(group.name, group.name)) for group in user.groups.all()]
    return ", ".join([*([_("superuser")] if user.is_superuser else []), *roles])


def managers_of_team(lead_id: int) -> list[int]:
    """The users who are managers of the teams that this person leads."""
    return list(Manager.objects.filter(user__team__lead_id=lead_id).values_list("user_id", flat=True))
