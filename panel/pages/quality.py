"""How inspections are done, for those who see everybody's: who is too quick, whose files were seen before."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.selectors import names_of
from panel import moment
from panel.inspection.repeats import repeats_of
from panel.inspection.shown import FileShown
from panel.pages.page import actor, needs, render
from panel.quality.report import COLUMNS, DAYS, report
from panel.sites import site

DAYS_FIRST = 30
SORT_FIRST = "rushed"


@site.page("quality/", name="quality")
@needs("orders.view_inspectionmeasure")
def page(request: HttpRequest) -> HttpResponse:
    """`?days=`, `?sort=`, `?manager=`; what makes no sense is as if it were not there."""
    now = moment.now(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else DAYS_FIRST
    sort = request.GET.get("sort", "")
    sort = sort if sort in COLUMNS else SORT_FIRST
    manager_id = _number(request.GET.get("manager", ""))
    found = report(days=days, sort=sort, manager_id=manager_id, now=now)
    repeated = repeats_of(found.repeated, actor=actor(request))
    return render(
        request,
        "panel/quality.html",
        title=_("Quality of inspections"),
        now=now,
        report=found,
        repeated=[FileShown(file, repeated.get(file.pk)) for file in found.repeated],
        columns=[(code, column, _address(days, code, manager_id)) for code, column in COLUMNS.items()],
        sort=sort,
        days=days,
        spans=[(one, _address(one, sort, manager_id)) for one in DAYS],
        manager_name=names_of([manager_id]).get(manager_id, "") if manager_id else "",
        manager_id=manager_id,
        everybody=_address(days, sort, None),
    )


def _number(asked: str) -> int | None:
    return int(asked) if asked.isdecimal() and asked.isascii() and len(asked) <= 18 else None


def _address(days: int, sort: str, manager_id: int | None) -> str:
    asked: dict[str, object] = {"days": days, "sort": sort}
    if manager_id is not None:
        asked["manager"] = manager_id
    return f"?{urlencode(asked)}"
