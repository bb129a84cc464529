"""What a key may be used for, in one visible table. A person's token also needs the person's own permissions."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

ORDERS_READ = "orders:read"
ORDERS_WRITE = "orders:write"
ORDERS_ACT = "orders:act"
EXPLAIN_READ = "explain:read"
SIGNALS_WRITE = "signals:write"
KPI_READ = "kpi:read"
REPORTS = ("ceo", "rom", "cfo", "quality", "sre")

SCOPES: Mapping[str, object] = {
    ORDERS_READ: _("read orders and their timelines"),
    ORDERS_WRITE: _("create orders"),
    ORDERS_ACT: _("move, assign and annotate orders, end tasks"),
    EXPLAIN_READ: _("read why AI-ROP decided as it did"),
    SIGNALS_WRITE: _("send signals"),
    KPI_READ: _("read the indicators"),
    **{f"reports:read:{name}": _("read the report for its agent") for name in REPORTS},
}

PERSONAL = (ORDERS_READ, ORDERS_WRITE, ORDERS_ACT, EXPLAIN_READ, KPI_READ)
"""All that makes sense for a person's token."""


def unknown(scopes: Iterable[str]) -> list[str]:
    return sorted(set(scopes) - SCOPES.keys())
