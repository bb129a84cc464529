"""How heavy an order is for whoever has it."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import display
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignment.models import WeightTable
from assignment.services import WeightsInvalid, weights_publish
from orders.statuses import Severity, Status
from panel import moment, words
from panel.base import ReadOnlyAdmin
from panel.pages.page import actor, needs, render
from panel.rules.forms import WeightsForm


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


def _said(codes: type[Status] | type[Severity], weights: dict[str, str]) -> str:
    return ", ".join(f"{code.label}: {words.number(float(weights.get(code, 0)))}" for code in codes)
