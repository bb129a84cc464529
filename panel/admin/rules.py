"""Rules that AI-РОП goes by. A published version never changes; a new one begins as a draft of the one in force."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import display
from django.db.models import Case, Model, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from assignment.models import WeightTable
from assignment.services import WeightsInvalid, weights_publish
from core.models import Calendar
from core.policies.calendars import CalendarInvalid
from core.services.calendars import calendar_draft, calendar_publish
from orders.statuses import Severity, Status
from panel import moment, words
from panel.base import PanelAdmin, ReadOnlyAdmin, TabularInline
from panel.hours import WEEKDAYS
from panel.pages.page import actor, needs, render
from panel.rules.forms import CalendarForm, RuleForm, RungForm, RungFormSet, StuckRuleForm, WeightsForm
from panel.rules.grid import grid
from panel.rules.staircase import staircase, stuck_rows
from sla.models import ClockKind, Matrix, Rule, Rung, StuckRule, Trigger
from sla.services import MatrixInvalid, matrix_draft, matrix_publish


class VersionAdmin(PanelAdmin):
    """Published versions are read; a draft is edited, and put in force by a press of its own."""

    draft_template = "panel/rules/draft.html"
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is not None and obj.published_at is None
        return is_draft and super().has_delete_permission(request, obj)

    @display(description=gettext_lazy("in force"), boolean=True)
    def in_force(self, version: Any) -> bool:
        return bool(version.published_at) and version.version == self.newest(version)

    def newest(self, version: Any) -> int | None:
        raise NotImplementedError


def _place(field: str, codes: list[str]) -> Case:
    """Where a code stands among the others."""
    return Case(*(When(**{field: code}, then=Value(number)) for number, code in enumerate(codes)))


class RuleInline(TabularInline):
    model = Rule
    form = RuleForm
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        """In the order of the work, the ordinary before the urgent."""
        places = {"stage": Status.values, "kind": ClockKind.values, "severity": Severity.values}
        return (
            super().get_queryset(request).order_by(*(_place(field, codes) for field, codes in places.items()))
        )


class RungInline(TabularInline):
    model = Rung
    form = RungForm
    formset = RungFormSet
    extra = 0
    hide_title = True
    verbose_name_plural = gettext_lazy("Ladder: who is told when")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rung]:
        trigger = _place("trigger", Trigger.values)
        return (
            super()
            .get_queryset(request)
            .order_by(trigger, "severity", "stage", "share", "after_seconds", "pk")
        )


class StuckRuleInline(TabularInline):
    model = StuckRule
    form = StuckRuleForm
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[StuckRule]:
        return super().get_queryset(request).order_by(_place("stage", Status.values), "level")


class MatrixAdmin(VersionAdmin):
    list_display = ("__str__", "title", "published_at", "in_force")
    change_form_outer_before_template = "panel/rules/matrix.html"
    change_list_template = "panel/rules/list.html"
    fields = ("title", ("quiet_from", "quiet_until"))
    inlines = (RuleInline, StuckRuleInline, RungInline)

    def newest(self, version: Matrix) -> int | None:
        published = Matrix.objects.filter(published_at__isnull=False).order_by("-version")
        return published.values_list("version", flat=True).first()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The table above says what a published version says."""
        return list(self.inlines) if obj is not None and self.has_change_permission(request, obj) else []

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = request.user.has_perm("sla.add_matrix")
        draft = {"draft_url": reverse("admin:matrix_draft") if may else ""}
        return super().changelist_view(request, {**draft, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        matrix = self.get_object(request, object_id)
        more = {
            "rows": grid(matrix) if matrix else [],
            "ladder": staircase(matrix) if matrix else [],
            "stuck": stuck_rows(matrix) if matrix else [],
            "matrix": matrix,
            "severities": [severity.label for severity in Severity],
            "publish_url": reverse("admin:matrix_publish", args=[matrix.pk]) if matrix else "",
            "may_publish": matrix is not None and self.has_change_permission(request, matrix),
        }
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("draft/", guard(require_POST(needs("sla.add_matrix")(draft_matrix))), name="matrix_draft"),
            path(
                "<int:matrix_id>/publish/",
                guard(require_POST(needs("sla.change_matrix")(publish_matrix))),
                name="matrix_publish",
            ),
            *super().get_urls(),
        ]


def draft_matrix(request: HttpRequest) -> HttpResponse:
    draft = matrix_draft(actor=actor(request), now=moment.now(request))
    return HttpResponseRedirect(reverse("admin:sla_matrix_change", args=[draft.pk]))


def publish_matrix(request: HttpRequest, matrix_id: int) -> HttpResponse:
    try:
        matrix = matrix_publish(matrix_id=matrix_id, actor=actor(request), now=moment.now(request))
    except Matrix.DoesNotExist:
        messages.error(request, _("There is no such version."))
        return HttpResponseRedirect(reverse("admin:sla_matrix_changelist"))
    except MatrixInvalid as invalid:
        for kind, stage, severity in invalid.missing:
            messages.error(
                request,
                _("No rule for: %(stage)s, %(severity)s (%(kind)s).")
                % {"stage": Status(stage).label, "severity": Severity(severity).label, "kind": kind},
            )
    else:
        messages.success(
            request, _("Version %(n)d is in force for clocks that start from now on.") % {"n": matrix.version}
        )
    return HttpResponseRedirect(reverse("admin:sla_matrix_change", args=[matrix_id]))


class WeightTableAdmin(ReadOnlyAdmin):
    """There are no drafts of weights: a new table is filled in and put in force at once."""

    list_display = ("__str__", "published_at", "stages_", "severities_")
    change_list_template = "panel/rules/list.html"
    fields = ("version", "published_at", "stages_", "severities_")

    @display(description=gettext_lazy("weights of stages"))
    def stages_(self, table: WeightTable) -> str:
        return _said(Status, table.stages)

    @display(description=gettext_lazy("weights of severities"))
    def severities_(self, table: WeightTable) -> str:
        return _said(Severity, table.severities)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("assignment.add_weighttable")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return new_weights(request)


@needs("assignment.add_weighttable")
def new_weights(request: HttpRequest) -> HttpResponse:
    in_force = WeightTable.objects.order_by("-version").first()
    form = WeightsForm(request.POST or None, in_force=in_force)
    if request.method == "POST" and form.is_valid():
        try:
            table = weights_publish(
                stages=form.weights("stage"),
                severities=form.weights("severity"),
                actor=actor(request),
                now=moment.now(request),
            )
        except WeightsInvalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, _("Version %(n)d of the weights is in force.") % {"n": table.version})
            return HttpResponseRedirect(reverse("admin:assignment_weighttable_changelist"))
    return render(request, "panel/rules/weights.html", title=_("New weights"), form=form)


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


def _said(codes: type[Status] | type[Severity], weights: dict[str, str]) -> str:
    return ", ".join(f"{code.label}: {words.number(float(weights.get(code, 0)))}" for code in codes)
