from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Model, QuerySet, Value
from django.http import HttpRequest

from core import clock


def now(request: HttpRequest) -> datetime:
    """The moment at which this request came to be answered: one reading of the clock for a whole page."""
    moment: datetime | None = getattr(request, "panel_now", None)
    if moment is None:
        moment = clock.now()
        request.panel_now = moment  # type: ignore[attr-defined]
    return moment


def stamped(rows: QuerySet[Any], request: HttpRequest) -> Any:
    """Each row with the moment of this request: columns of lists know no request."""
    return rows.annotate(seen_at=Value(now(request), output_field=DateTimeField()))


def of(row: Model) -> datetime:
    """The moment that `stamped` put on a row."""
    at: datetime = vars(row)["seen_at"]
    return at
