"""The keys that an installation begins with, and what each may be used for."""

from collections.abc import Mapping

from core import scopes
from core.roles import FINANCE, LEAD, MANAGER

_AGENT = (scopes.ORDERS_READ, scopes.ORDERS_ACT, scopes.EXPLAIN_READ, scopes.SIGNALS_WRITE, scopes.KPI_READ)
"""Acting on orders means notes to an agent: the gate lets people alone move them."""

AGENTS: Mapping[str, tuple[str, ...]] = {
    "intake": (scopes.ORDERS_READ, scopes.ORDERS_WRITE, scopes.EXPLAIN_READ),
    "ai_ceo": (*_AGENT, "reports:read:ceo"),
    "ai_rom": (*_AGENT, "reports:read:rom"),
    "ai_cfo": (*_AGENT, "reports:read:cfo"),
    "ai_quality": (*_AGENT, "reports:read:quality"),
    "ai_sre": (*_AGENT, "reports:read:sre"),
    "ai_grc": (*_AGENT, scopes.OPINIONS_WRITE),
}

PERSONAL = (LEAD, MANAGER, FINANCE)
"""Roles whose demonstration login also has a token with all that a person may do by REST."""
