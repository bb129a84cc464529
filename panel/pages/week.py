from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from panel import moment
from panel.pages.page import needs, render
from panel.sites import site
from panel.staff.week import monday_of, week


@site.page("week/", name="week")
@needs("assignment.view_shift")
def page(request: HttpRequest) -> HttpResponse:
    """Who is on shift when; `?from=` any day of another week."""
    now = moment.now(request)
    shown = week(monday_of(_day_asked(request) or timezone.localtime(now).date()), now=now)
    return render(request, "panel/staff/week.html", title=_("Shifts"), now=now, week=shown)


def _day_asked(request: HttpRequest) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
