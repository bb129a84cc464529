"""What waits for the lead: one page, one count.

A new kind is a pair of functions in a neighbour and one line in `KINDS`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from panel.inbox import inspections, ladder, machinery, orders
from panel.inbox.rows import COUNTED, Row


@dataclass(frozen=True, slots=True)
class Kind:
    """`list`: the view of the list of orders that has them all."""

    code: str
    title: str | Promise
    icon: str
    count: Callable[[datetime], int]
    rows: Callable[[datetime], Sequence[Row]]
    list: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    kind: Kind
    count: int
    rows: Sequence[Row]

    @property
    def said(self) -> str:
        return f"{self.count}{self._on}"

    @property
    def more(self) -> str:
        """How many rows are not shown here; "" for none."""
        hidden = self.count - len(self.rows)
        return f"{hidden}{self._on}" if hidden > 0 else ""

    @property
    def _on(self) -> str:
        return "+" if self.count >= COUNTED else ""


def count(*, now: datetime) -> int:
    """How many things wait for the lead."""
    return sum(kind.count(now) for kind in KINDS)


def sections(*, now: datetime) -> list[Section]:
    """Those kinds of which there is something."""
    found = [(kind, kind.count(now)) for kind in KINDS]
    return [Section(kind, number, kind.rows(now)) for kind, number in found if number]


KINDS: tuple[Kind, ...] = (
    Kind(
        "untold",
        gettext_lazy("Nobody could be told"),
        "notifications_off",
        ladder.untold_count,
        ladder.untold_rows,
    ),
    Kind(
        "escalations",
        gettext_lazy("Escalated to you"),
        "stairs",
        ladder.escalation_count,
        ladder.escalation_rows,
        list="escalated",
    ),
    Kind("unfit", gettext_lazy("Not fit: decide"), "gavel", inspections.unfit_count, inspections.unfit_rows),
    Kind(
        "proposals",
        gettext_lazy("AI-ROP proposes"),
        "lightbulb",
        ladder.proposal_count,
        ladder.proposal_rows,
    ),
    Kind("waiting", gettext_lazy("No manager"), "hourglass_empty", orders.waiting_count, orders.waiting_rows),
    Kind(
        "stranded",
        gettext_lazy("The owner is not there"),
        "person_off",
        orders.stranded_count,
        orders.stranded_rows,
    ),
    Kind(
        "quarantine",
        gettext_lazy("Could not be looked at"),
        "healing",
        orders.quarantine_count,
        orders.quarantine_rows,
    ),
    Kind(
        "dead",
        gettext_lazy("Not delivered"),
        "mark_email_unread",
        machinery.dead_count,
        machinery.dead_rows,
    ),
    Kind(
        "updates",
        gettext_lazy("Not handled by the bot"),
        "smart_toy",
        machinery.update_count,
        machinery.update_rows,
    ),
    Kind("audit", gettext_lazy("Audit"), "fact_check", machinery.audit_count, machinery.audit_rows),
)
