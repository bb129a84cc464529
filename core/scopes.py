"""What a key may be used for, in one visible table. A person's token also needs the person's own permissions."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

ORDERS_READ = "orders:read"
ORDERS_WRITE = "orders:write"
ORDERS_ACT = "orders:act"
EXPLAIN_READ = "explain:read"
SIGNALS_WRITE = "signals:write"
KPI_READ = "kpi:read"
MONEY_READ = "money:read"
MONEY_WRITE = "money:write"
APPROVALS_WRITE = "approvals:write"
OPINIONS_WRITE = "opinions:write"
REPORTS = ("ceo", "rom", "cfo", "quality", "sre")

SCOPES: Mapping[str, object] = {
    ORDERS_READ: _("read orders and their timelines"),
    ORDERS_WRITE: _("create orders"),
    ORDERS_ACT: _("move, assign and annotate orders, end tasks"),
    EXPLAIN_READ: _("read why AI-ROP decided as it did"),
    SIGNALS_WRITE: _("send signals"),
    KPI_READ: _("read the indicators"),
    MONEY_READ: _("read payments, refunds and compensations"),
    MONEY_WRITE: _("record payments, ask for other prices, refunds and compensations, pay them out"),
    APPROVALS_WRITE: _("ask for approvals and decide about them"),
    OPINIONS_WRITE: _("give legal opinions"),
    **{f"reports:read:{name}": _("read the report for its agent") for name in REPORTS},
}

PERSONAL_ONLY = frozenset({MONEY_READ, MONEY_WRITE, APPROVALS_WRITE})
"""What no agent's key is ever issued with, and what none is let through with."""

PERSONAL = (ORDERS_READ, ORDERS_WRITE, ORDERS_ACT, EXPLAIN_READ, KPI_READ, *sorted(PERSONAL_ONLY))
"""All that makes sense for a person's token."""


def unknown(scopes: Iterable[str]) -> list[str]:
    return sorted(set(scopes) - SCOPES.keys())


def personal_only(scopes: Iterable[str]) -> list[str]:
    return sorted(set(scopes) & PERSONAL_ONLY)
