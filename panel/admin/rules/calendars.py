"""When people can be reached: versions of the calendars."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.models import Calendar
from core.policies.calendars import CalendarInvalid
from core.services.calendars import calendar_draft, calendar_publish
from panel import moment
from panel.admin.rules.versions import VersionAdmin
from panel.hours import WEEKDAYS
from panel.pages.page import actor, needs
from panel.rules.forms import CalendarForm


class CalendarAdmin(VersionAdmin):
    form = CalendarForm
    list_display = ("code", "version", "title", "time_zone", "published_at", "in_force")
    list_display_links = ("code", "version")
    change_list_template = "panel/rules/list.html"
    change_form_outer_before_template = "panel/rules/calendar.html"

    def newest(self, version: Calendar) -> int | None:
        published = Calendar.objects.filter(code=version.code, published_at__isnull=False).order_by(
            "-version"
        )
        return published.values_list("version", flat=True).first()

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None or not self.has_change_permission(request, obj):
            return ((None, {"fields": ("code", "version", "title", "time_zone", "published_at")}),)
        week = tuple(f"day{number}" for number in range(len(WEEKDAYS)))
        return (
            (None, {"fields": ("title", "time_zone")}),
            (_("Hours of the week"), {"fields": week}),
            (_("Days that differ"), {"fields": ("exceptions",)}),
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = request.user.has_perm("core.add_calendar")
        codes = sorted(set(Calendar.objects.values_list("code", flat=True)))
        draft = {"draft_url": reverse("admin:calendar_draft") if may else "", "draft_codes": codes}
        return super().changelist_view(request, {**draft, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        calendar = self.get_object(request, object_id)
        more = {
            "week": _week(calendar) if calendar else [],
            "exceptions": sorted(calendar.hours.get("exceptions", {}).items()) if calendar else [],
            "publish_url": reverse("admin:calendar_publish", args=[calendar.pk]) if calendar else "",
            "may_publish": calendar is not None and self.has_change_permission(request, calendar),
        }
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path(
                "draft/",
                guard(require_POST(needs("core.add_calendar")(draft_calendar))),
                name="calendar_draft",
            ),
            path(
                "<int:calendar_id>/publish/",
                guard(require_POST(needs("core.change_calendar")(publish_calendar))),
                name="calendar_publish",
            ),
            *super().get_urls(),
        ]


def _week(calendar: Calendar) -> list[tuple[Any, list[list[str]]]]:
    return list(zip(WEEKDAYS, calendar.hours.get("week", [[]] * len(WEEKDAYS)), strict=False))


def draft_calendar(request: HttpRequest) -> HttpResponse:
    try:
        draft = calendar_draft(
            code=request.POST.get("code", "").replace("\x00", ""),
            actor=actor(request),
            now=moment.now(request),
        )
    except Calendar.DoesNotExist:
        messages.error(request, _("There is no such calendar."))
        return HttpResponseRedirect(reverse("admin:core_calendar_changelist"))
    return HttpResponseRedirect(reverse("admin:core_calendar_change", args=[draft.pk]))


def publish_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    try:
        calendar = calendar_publish(calendar_id=calendar_id, actor=actor(request), now=moment.now(request))
    except Calendar.DoesNotExist:
        messages.error(request, _("There is no such version."))
        return HttpResponseRedirect(reverse("admin:core_calendar_changelist"))
    except CalendarInvalid as invalid:
        for problem in invalid.problems:
            messages.error(request, str(problem))
    else:
        messages.success(
            request,
            _("Version %(n)d is in force for clocks that start from now on.") % {"n": calendar.version},
        )
    return HttpResponseRedirect(reverse("admin:core_calendar_change", args=[calendar_id]))
