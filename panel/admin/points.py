"""Versions of the 28 points of the inspection."""

from typing import Any

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse

from orders.models import InspectionTemplate
from orders.selectors.inspections import items_of
from orders.services import template_flaws
from panel.admin.rules.versions import VersionAdmin
from panel.points import doors
from panel.points.page import groups_of


class InspectionTemplateAdmin(VersionAdmin):
    list_display = ("__str__", "title", "created_at", "published_at", "in_force")
    change_list_template = "panel/rules/list.html"
    change_form_outer_before_template = "panel/points/template.html"
    fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> Any:
        published = InspectionTemplate.objects.filter(published_at__isnull=False).order_by("-version")
        return super().get_queryset(request).annotate(newest=Subquery(published.values("version")[:1]))

    def newest(self, version: InspectionTemplate) -> int | None:
        found: int | None = vars(version)["newest"]
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = request.user.has_perm("orders.add_inspectiontemplate")
        draft = {"draft_url": reverse("admin:template_draft") if may else ""}
        return super().changelist_view(request, {**draft, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        template = self.get_object(request, object_id)
        may_change = template is not None and self.has_change_permission(request, template)
        more = {
            "groups": groups_of(template) if template else [],
            "flaws": template_flaws(list(items_of(template))) if may_change else [],
            "may_change": may_change,
            "template_is_in_force": template is not None and self.in_force(template),
        }
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        return [*doors.urls(self.admin_site), *super().get_urls()]
