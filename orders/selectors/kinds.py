"""Of which kinds there is anything about an order."""

from functools import cache
from itertools import compress

from django.db import connection
from django.db.models import Model
from psycopg import sql

from orders.models import (
    Approval,
    Blocker,
    Claim,
    ClientDecision,
    Contact,
    Evidence,
    Inspection,
    Logistics,
    Note,
    Opinion,
    Payment,
    Payout,
    PriceChange,
    Task,
    TrackingCheck,
)

Kinds = frozenset[type[Model]]

KINDS: tuple[type[Model], ...] = (
    *(Approval, Blocker, Claim, ClientDecision, Contact, Evidence, Inspection, Logistics),
    *(Note, Opinion, Payment, Payout, PriceChange, Task, TrackingCheck),
)


def kinds_of(order_id: int, *more: type[Model]) -> Kinds:
    """One query: most orders have little of what there can be, and the rest need not be asked for.

    `more`: kinds of other roles that name an order too.
    """
    kinds = (*KINDS, *more)
    with connection.cursor() as cursor:
        cursor.execute(_which(kinds), {"id": order_id})
        return frozenset(compress(kinds, cursor.fetchone()))


@cache
def _which(kinds: tuple[type[Model], ...]) -> str:
    asked = [
        sql.SQL("EXISTS (SELECT FROM {} WHERE order_id = %(id)s)").format(sql.Identifier(kind._meta.db_table))
        for kind in kinds
    ]
    return sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked)).as_string()
