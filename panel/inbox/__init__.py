"""What waits for the lead, and for whoever else decides about approvals: one page, one count.

A new kind is a pair of functions in a neighbour and one line in `KINDS`. Approvals are each decider's own: everybody's
but those that they asked for. Before all else stands what the set-up lacks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.actors import Actor
from orders.services.approvals import DECIDE
from panel import deciders
from panel.inbox import approvals, deals, inspections, ladder, machinery, orders, setting_up
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


LEADS = deciders.LEADS


def count(*, now: datetime, known: Mapping[str, int]) -> int:
    """How many things wait for any lead; approvals are counted by person. `known`: kinds that were counted already."""
    return setting_up.count(now) + sum(
        known[kind.code] if kind.code in known else kind.count(now) for kind in KINDS
    )


def sections(by: Actor, *, now: datetime) -> list[Section]:
    """Those kinds of which there is something for this person."""
    leads = by.may(LEADS)
    kinds = (*((_setting_up(by),) if leads else ()), *_approvals(by), *(KINDS if leads else ()))
    found = [(kind, kind.count(now)) for kind in kinds]
    return [Section(kind, number, kind.rows(now)) for kind, number in found if number]


def _setting_up(by: Actor) -> Kind:
    return Kind(
        "deciders",
        gettext_lazy("The set-up is not complete"),
        "person_add",
        setting_up.count,
        lambda _now: setting_up.rows_for(by),
    )


def _approvals(by: Actor) -> tuple[Kind, ...]:
    user_id = by.user_id
    if user_id is None or not by.may(DECIDE):
        return ()
    return (
        Kind(
            "approvals",
            gettext_lazy("Asked for: decide"),
            "how_to_vote",
            lambda _now: approvals.count_for(user_id),
            lambda now: approvals.rows_for(user_id, now),
        ),
    )


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
    Kind(
        "blockers",
        gettext_lazy("Stands in the way for too long"),
        "block",
        deals.blocker_count,
        deals.blocker_rows,
    ),
    Kind(
        "undecided",
        gettext_lazy("The client has not decided"),
        "record_voice_over",
        deals.undecided_count,
        deals.undecided_rows,
    ),
    Kind(
        "money",
        gettext_lazy("The deal is off, the money is here"),
        "account_balance_wallet",
        deals.money_count,
        deals.money_rows,
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
