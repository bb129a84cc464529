"""Whether there are two people who decide about approvals: nobody decides about what they ask for themselves."""

from django.urls import reverse
from django.utils.translation import gettext as _

import core.selectors
from core.actors import Actor
from orders.services.approvals import DECIDE

NEEDED = 2


def deciders() -> int:
    """How many active people may decide. One query."""
    return len(core.selectors.people_who_may(DECIDE))


def warning() -> str:
    """What an installation is told where a single person decides; "" while there are enough."""
    if deciders() >= NEEDED:
        return ""
    return _(
        "Fewer than two people may decide about approvals: give a second person the role of a lead or of a "
        "second decider."
    )


def lacks_decider(by: Actor) -> str:
    """Where a second decider is named, for whoever should see to it; "" while there are enough."""
    if not by.may("orders.act_on_any") or deciders() >= NEEDED:
        return ""
    return reverse("admin:core_user_changelist")
