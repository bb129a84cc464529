"""Orders: the list, and the doors to an order's own page. Nothing of an order is edited as a row."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets, display
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from orders.intake_files import FileRefused
from orders.intake_forms import OrdersFiles
from orders.models import Order
from orders.selectors import SEARCHED, orders_found, orders_visible_to
from orders.statuses import Severity, Step
from panel import marks, moment, words
from panel.base import PanelAdmin
from panel.deal import doors as deal_doors
from panel.inspection import doors as inspection_doors
from panel.order import bulk, doors, intake, ladder_doors, lists, page, saved
from panel.order.climbing import PERMISSION
from panel.pages.page import actor
from panel.words import Tone, whose
from rop.words import LEVELS


class OrderAdmin(OrdersFiles, ImportExportMixin, PanelAdmin):  # type: ignore[misc]
    import_form_class = ImportForm
    export_form_class = ExportForm
    import_export_change_list_template = None
    list_display = ("ref_", "what", "status_", "owner", "step", "due")
    list_display_links = ("ref_", "what")
    list_filter = (
        lists.ViewFilter,
        lists.StatusFilter,
        lists.SeverityFilter,
        lists.OwnerFilter,
        lists.DueFilter,
    )
    list_filter_submit = False
    list_select_related = lists.PEOPLE
    show_facets = ShowFacets.NEVER
    search_fields = SEARCHED
    search_help_text = _("R-12, client, phone, item, tracking number, external id")
    change_list_template = "panel/orders/list.html"
    actions = (
        *(bulk.assign_chosen, bulk.set_severity_of_chosen),
        *(bulk.acknowledge_chosen, bulk.snooze_chosen, bulk.resolve_chosen),
    )

    # ── who ──

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.intake")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """For actions on many orders."""
        return request.user.has_perm("orders.act_on_any")

    def has_escalate_permission(self, request: HttpRequest) -> bool:
        """The same, for what is said to the ladder."""
        return request.user.has_perm(PERMISSION)

    def get_queryset(self, request: HttpRequest) -> Any:
        return moment.stamped(lists.with_ladder(orders_visible_to(actor(request))), request)

    # ── the list ──

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[lists.OrderList]:
        return lists.OrderList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return lists.VIEWS[lists.view_of(request)].ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        return (orders_found(queryset, search_term) if search_term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {
            "view_tabs": lists.tabs(request),
            "view": request.GET.get("view", ""),
            "saved_views": saved.views_of(request),
            "asked": request.GET.urlencode(),
            "may_import": self.has_import_permission(request),
            "may_export": self.has_export_permission(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, shown)

    @display(description=_("order"))
    def ref_(self, order: Order) -> SafeString:
        urgent = marks.severity(order.severity) if order.severity != Severity.NORMAL else ""
        return marks.two_lines(order.ref, urgent)

    @display(description=_("item and client"))
    def what(self, order: Order) -> SafeString:
        return marks.two_lines(order.item, order.client_name)

    @display(description=_("status"))
    def status_(self, order: Order) -> SafeString:
        return marks.two_lines(marks.status(order.status), words.span(moment.of(order) - order.status_since))

    @display(description=_("owner"))
    def owner(self, order: Order) -> str:
        return str(order.assigned_manager) if order.assigned_manager else self.empty_value_display

    @display(description=_("next step"))
    def step(self, order: Order) -> SafeString | str:
        if order.closed_at or not order.next_action:
            return self.empty_value_display
        by_owner = (
            order.next_action_user_id is not None and order.next_action_user_id == order.assigned_manager_id
        )
        return marks.two_lines(Step(order.next_action).label, "" if by_owner else whose(order))

    @display(description=_("due"), ordering="due_at")
    def due(self, order: Order) -> SafeString | str:
        if order.closed_at or order.due_at is None:
            return self.empty_value_display
        return marks.two_lines(marks.due(order.due_at, now=moment.of(order)), _ladder_mark(order))

    empty_value_display = "—"

    # ── its own pages ──

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        doors_of_one = [
            *(*doors.urls(site), *deal_doors.urls(site)),
            *(*ladder_doors.urls(site), *inspection_doors.urls(site)),
        ]
        return [*bulk.urls(site), *doors_of_one, *saved.urls(site), *super().get_urls()]

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)  # type: ignore[no-any-return]
        except FileRefused as refused:
            # Confirmed twice, too late, or under a name that no preview gave.
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:orders_order_import"))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().export_action(request)  # type: ignore[no-any-return]
        except IncorrectLookupParameters:
            # As the list itself answers a filter that is none.
            return HttpResponseRedirect(reverse("admin:orders_order_changelist") + "?e=1")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return page.order_page(request, object_id)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return intake.add_page(request)


def _ladder_mark(order: Order) -> SafeString | str:
    """How high it has climbed, or until when it is silent."""
    found = vars(order)
    if found["silent_until"] is not None:
        until = words.moment(found["silent_until"], now=moment.of(order))
        return marks.mark(gettext("silent until %(until)s") % {"until": until}, Tone.QUIET)
    if found["climbed"] is None:
        return ""
    level = LEVELS.get(found["climbed"])
    text = gettext("climbed to: %(whom)s") % {"whom": level} if level else gettext("escalated")
    loud = Tone.LATE if found["climbed"] > 1 else Tone.SOON
    return marks.mark(text, Tone.INFO if found["taken"] else loud)
