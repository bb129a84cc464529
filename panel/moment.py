from datetime import datetime

from django.http import HttpRequest

from core import clock


def now(request: HttpRequest) -> datetime:
    """The moment at which this request came to be answered: one reading of the clock for a whole page."""
    moment: datetime | None = getattr(request, "panel_now", None)
    if moment is None:
        moment = clock.now()
        request.panel_now = moment  # type: ignore[attr-defined]
    return moment
