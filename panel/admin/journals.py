"""Journals and histories: read by those who may, written by nobody here."""

from datetime import timedelta
from typing import Any

from django.contrib.admin import display
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from assignment.models import Assignment
from core.actors import Door
from core.models import Entry
from core.selectors import names_of
from orders.statuses import Severity, Status
from panel import marks, words
from panel.base import ReadOnlyAdmin
from panel.journal import ENTRY_KINDS, EntryKindFilter, OrderFilter, pretty, who, with_names
from rop.models import Audit
from rop.words import BECAUSE, word
from sla.models import ClockKind, Violation


def order_link(order_id: int | None) -> SafeString | str:
    if order_id is None:
        return "—"
    return format_html(
        '<a class="nowrap" href="{}">R-{}</a>',
        reverse("admin:orders_order_change", args=[order_id]),
        order_id,
    )


class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "what", "order", "who_", "policy_version")
    list_display_links = ("at", "what")
    list_filter = (EntryKindFilter, OrderFilter)
    list_filter_submit = False
    ordering = ("-id",)
    fields = ("at", "what", "kind", "order", "who_", "policy_version", "inputs_", "output_")

    def get_queryset(self, request: HttpRequest) -> Any:
        refused = Q(output__result="refused")
        entries = super().get_queryset(request).defer("inputs", "output").annotate(refused=refused)
        return with_names(entries, person="actor_id", kind="actor_kind")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        crumb = word(entry.kind, ENTRY_KINDS) if entry else ""
        return super().change_view(request, object_id, form_url, {"crumb": crumb, **(extra_context or {})})

    @display(description=_("what"))
    def what(self, entry: Any) -> str:
        said = word(entry.kind, ENTRY_KINDS)
        return str(_("%(what)s: refused")) % {"what": said} if entry.refused else said

    @display(description=_("order"))
    def order(self, entry: Entry) -> SafeString | str:
        return order_link(entry.order_id)

    @display(description=_("who"))
    def who_(self, entry: Entry) -> SafeString:
        door = Door(entry.door).label if entry.door in Door.values else entry.door
        return marks.two_lines(who(entry, kind=entry.actor_kind), door)

    @display(description=_("inputs"))
    def inputs_(self, entry: Entry) -> SafeString:
        return pretty(entry.inputs)

    @display(description=_("output"))
    def output_(self, entry: Entry) -> SafeString:
        return pretty(entry.output)


class ViolationAdmin(ReadOnlyAdmin):
    list_display = ("due_at", "order", "clock_", "stage_", "severity_", "target", "owner")
    list_filter = ("kind", "stage", "severity", OrderFilter)
    list_filter_submit = False
    ordering = ("-id",)
    fields = (
        *("order", "clock_", "stage_", "severity_", "owner", "target"),
        *("started_at", "due_at", "breached_at", "policy_version"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_names(super().get_queryset(request), person="owner_id")

    @display(description=_("order"))
    def order(self, violation: Violation) -> SafeString | str:
        return order_link(violation.order_id)

    @display(description=_("time"))
    def clock_(self, violation: Violation) -> str:
        return str(ClockKind(violation.kind).label)

    @display(description=_("stage"))
    def stage_(self, violation: Violation) -> SafeString:
        return marks.status(Status(violation.stage))

    @display(description=_("severity"))
    def severity_(self, violation: Violation) -> SafeString:
        return marks.severity(Severity(violation.severity))

    @display(description=_("time allowed"))
    def target(self, violation: Violation) -> str:
        return words.span(timedelta(seconds=violation.target_seconds))

    @display(description=_("owner then"))
    def owner(self, violation: Violation) -> str:
        return who(violation) if violation.owner_id else "—"


class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("assigned_at", "order_", "manager", "state", "because_", "load_", "ended_at")
    list_select_related = ("manager", "order")
    list_filter = ("state", OrderFilter)
    list_filter_submit = False
    ordering = ("-id",)
    fields = (
        *("order_", "round", "manager", "state", "assigned_at", "accepted_at", "ended_at"),
        *("because_", "reason", "load_", "candidates"),
    )

    @display(description=_("order"))
    def order_(self, assignment: Assignment) -> SafeString | str:
        return order_link(assignment.order_id)

    @display(description=_("because"))
    def because_(self, assignment: Assignment) -> str:
        return ", ".join(word(str(code), BECAUSE) for code in assignment.because)

    @display(description=_("load before"))
    def load_(self, assignment: Assignment) -> str:
        return "—" if assignment.load_before is None else words.number(assignment.load_before)

    @display(description=_("candidates"))
    def candidates(self, assignment: Assignment) -> SafeString | str:
        if assignment.snapshot is None:
            return "—"
        rows: list[dict[str, Any]] = assignment.snapshot.candidates
        names = names_of(int(row["manager_id"]) for row in rows)
        return pretty([{"name": names.get(int(row["manager_id"]), ""), **row} for row in rows])


class AuditAdmin(ReadOnlyAdmin):
    list_display = ("at", "total_", "broken", "seconds_")
    ordering = ("-id",)
    fields = ("at", "total_", "counts_", "keys", "rounds", "seconds_")

    @display(description=_("broken records"))
    def total_(self, audit: Audit) -> SafeString:
        return marks.mark(audit.total, words.Tone.LATE if audit.total else words.Tone.GOOD)

    @display(description=_("which"))
    def broken(self, audit: Audit) -> str:
        return ", ".join(f"{name}: {number}" for name, number in audit.counts.items() if number) or "—"

    @display(description=_("each invariant"))
    def counts_(self, audit: Audit) -> SafeString:
        return pretty(audit.counts)

    @display(description=_("which are broken"))
    def keys(self, audit: Audit) -> SafeString | str:
        return pretty(audit.broken) if audit.broken else "—"

    @display(description=_("how far the rounds are"))
    def rounds(self, audit: Audit) -> SafeString:
        """Of each walk: behind which key it stands, since when the round goes on, how long the last one took."""
        return pretty(audit.walks)

    @display(description=_("took"))
    def seconds_(self, audit: Audit) -> str:
        return _("%(n)d ms") % {"n": round(audit.seconds * 1000)}
