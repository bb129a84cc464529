from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panel import moment
from panel.pages.page import needs, render
from panel.sites import site
from panel.staff import doors
from panel.staff.forms import SpanForm
from panel.staff.week import monday_of, week

CHANGE = "assignment.change_manager"


@site.page("week/", name="week")
@needs("assignment.view_shift")
def page(request: HttpRequest) -> HttpResponse:
    """Who is on shift when; `?from=` any day of another week."""
    now = moment.now(request)
    return render(
        request,
        "panel/staff/week.html",
        title=_("Shifts"),
        now=now,
        week=week(monday_of(day_asked(request) or timezone.localtime(now).date()), now=now),
        may_change=request.user.has_perm(CHANGE),
        form=SpanForm(with_reason=True),
    )


@site.page("week/shift/", name="week_shift")
@require_POST
@needs(CHANGE)
def add_shift(request: HttpRequest) -> HttpResponse:
    return doors.shift(request, _manager_chosen(request))


@site.page("week/absence/", name="week_absence")
@require_POST
@needs(CHANGE)
def add_absence(request: HttpRequest) -> HttpResponse:
    return doors.absence(request, _manager_chosen(request))


def _manager_chosen(request: HttpRequest) -> int:
    chosen = request.POST.get("manager", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        raise Http404
    return int(chosen)


def day_asked(request: HttpRequest) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
