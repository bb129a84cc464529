"""Deadlines, thresholds of standing still, and the ladder: versions of the SLA matrix."""

from typing import Any

from django.contrib import messages
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from orders.statuses import Severity, Status
from panel import moment
from panel.admin.rules.versions import VersionAdmin
from panel.base import TabularInline
from panel.pages.page import actor, needs
from panel.rules.forms import RuleForm, RungForm, RungFormSet, StuckRuleForm
from panel.rules.grid import grid
from panel.rules.staircase import staircase, stuck_rows
from sla.models import ClockKind, Matrix, Rule, Rung, StuckRule, Trigger
from sla.services import MatrixInvalid, matrix_draft, matrix_publish


def _place(field: str, codes: list[str]) -> Case:
    """Where a code stands among the others."""
    return Case(*(When(**{field: code}, then=Value(number)) for number, code in enumerate(codes)))


class RuleInline(TabularInline):
    model = Rule
    form = RuleForm
    add_text = gettext_lazy("Add a time allowed")
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
    add_text = gettext_lazy("Add a rung")
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
    add_text = gettext_lazy("Add a threshold")
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
