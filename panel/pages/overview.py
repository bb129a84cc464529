"""What a lead sees first: is AI-РОП alive, what burns, who is how full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Order
from orders.selectors import orders_overdue, orders_with_people
from orders.statuses import Severity, Status
from panel import deciders, health, moment
from panel.pages import day
from panel.pages.page import actor, render
from panel.people import pick_list
from panel.sites import site
from rop.selectors import last_audit, loop_lag_seconds

FIRST = 10
"""Orders that are shown at once."""

CAP = 100_000
"""Open orders are counted no further than this."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How many open orders stand at a stage, by severity."""

    status: Status
    link: str
    counts: Sequence[tuple[Severity, int]]

    @property
    def total(self) -> int:
        return sum(number for _severity, number in self.counts)


@dataclass(frozen=True, slots=True)
class Board:
    """Stages in the order of the work; `widest` is the largest of them, for bars."""

    stages: Sequence[Stage]

    @property
    def total(self) -> int:
        return sum(stage.total for stage in self.stages)

    @property
    def is_capped(self) -> bool:
        return self.total >= CAP

    @property
    def widest(self) -> int:
        return max((stage.total for stage in self.stages), default=0) or 1


@site.front_page
def front(request: HttpRequest) -> HttpResponse:
    """The overview for those who see everybody's work; a manager's own day for a manager."""
    if not request.user.has_perm("orders.see_all"):
        return day.page(request)
    now, by = moment.now(request), actor(request)
    people = pick_list(now=now)
    at_work = sum(1 for person in people if person.excluded_because is None)
    return render(
        request,
        "panel/overview.html",
        title=_("Overview"),
        now=now,
        parts=health.parts(now=now),
        lag=loop_lag_seconds(now=now),
        audit=last_audit(),
        board=_board(),
        burning=_first_burning(now),
        people=people,
        at_work=at_work,
        not_at_work=len(people) - at_work,
        lacks_decider=deciders.lacks_decider(by),
        decider_named_at=deciders.where(by),
    )


def _board() -> Board:
    """Bounded: of more than `CAP` open orders the rest is not counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT status, severity, count(*)
              FROM (SELECT status, severity FROM orders_order WHERE closed_at IS NULL LIMIT %s) AS open
             GROUP BY 1, 2
            """,
            [CAP],
        )
        numbers = {(status, severity): int(number) for status, severity, number in cursor.fetchall()}
    orders = reverse("admin:orders_order_changelist")
    return Board(
        [
            Stage(
                status=status,
                link=f"{orders}?status={status}",
                counts=[(severity, numbers.get((status, severity), 0)) for severity in reversed(Severity)],
            )
            for status in Status
        ]
    )


def _first_burning(now: datetime) -> list[Order]:
    burning = orders_overdue(Order.objects.all(), now=now)
    return list(orders_with_people(burning).order_by("due_at")[:FIRST])
