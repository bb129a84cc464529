"""Whether two people are named who decide about approvals: nobody decides about what they ask for themselves.

Whoever sets the installation up may decide too, as they may do everything, but is not counted: that one of them also
answers for money and risk is said by a role.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

import core.selectors
from assignment.models import Manager
from core.actors import Actor
from core.models import User
from core.roles import MANAGER
from orders.services.approvals import DECIDE
from panel.people import roles_said

NEEDED = 2

NAME = "core.change_user"
"""Who gives roles."""

LEADS = "orders.act_on_any"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is there and could be named. `decides`: is named already."""

    user_id: int
    name: str
    username: str
    roles: str
    decides: bool


def named() -> list[User]:
    """The active people who were given the right to decide. One query."""
    return core.selectors.people_named_for(DECIDE)


def is_demanded() -> bool:
    """Whether people work here and a second decider is still missing. Two queries at most."""
    return len(named()) < NEEDED and Manager.objects.filter(user__is_active=True).exists()


def lacking(deciders: Sequence[User]) -> str:
    """In a sentence who decides alone and what to do; "" while there are enough."""
    if len(deciders) >= NEEDED:
        return ""
    if not deciders:
        return _(
            "Nobody is named to decide about money and risk: name two people, for nobody may approve their own "
            "request."
        )
    return _(
        "Only one person decides about money and risk, %(who)s: name a second one, for nobody may approve their "
        "own request."
    ) % {"who": deciders[0]}


def warning() -> str:
    """What an installation is told where a second decider is missing, and where; "" while there are enough."""
    said = lacking(named())
    return f"{said} {how()}" if said else ""


def how() -> str:
    return _("The panel leads whoever sets the installation up to the page for it.")


def lacks_decider(by: Actor) -> str:
    """The sentence for a lead's banner; "" for others and while there are enough."""
    return lacking(named()) if by.may(LEADS) else ""


def where(by: Actor) -> str:
    """Where a second decider is named by whoever may, and where others see who could be."""
    return reverse("admin:second_decider" if by.may(NAME) else "admin:core_user_changelist")


def candidates() -> list[Candidate]:
    """The active people: managers, who ask most, after the others. Three queries."""
    deciding = {user.pk for user in named()}
    sells = User.groups.through.objects.filter(user=OuterRef("pk"), group__name=MANAGER)
    people = User.objects.filter(is_active=True).annotate(sells=Exists(sells)).prefetch_related("groups")
    return [
        Candidate(user.pk, str(user), user.username, roles_said(user), decides=user.pk in deciding)
        for user in people.order_by("sells", "last_name", "first_name", "username")
    ]
