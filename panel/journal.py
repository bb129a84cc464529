"""The journal in words: kinds of entries, who acted, and values as they were kept."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.actors import ActorKind
from core.models import ApiKey, Entry, User

ENTRY_KINDS: Mapping[str, object] = {
    "decision.plan": _("AI-ROP decided"),
    "decision.distribute": _("AI-ROP chose managers"),
    "decision.propose": _("AI-ROP proposed another manager"),
    "escalation.untold": _("nobody could be told of an escalation"),
    "loop.quarantined": _("could not be looked at"),
    "command.intake": _("orders came in"),
    "command.route": _("a step of the order"),
    "command.assign": _("given by hand"),
    "command.severity": _("severity set"),
    "command.note": _("note"),
    "command.acknowledge": _("escalation taken on"),
    "command.resolve": _("escalation resolved"),
    "command.snooze": _("order snoozed"),
    "command.unsnooze": _("snooze ended"),
    "command.proposal_accept": _("proposal accepted"),
    "command.proposal_dismiss": _("proposal dismissed"),
    "command.duty_add": _("duty written into the roster"),
    "command.duty_remove": _("duty taken out of the roster"),
    "command.task_add": _("task given"),
    "command.task_done": _("task done"),
    "command.task_cancelled": _("task cancelled"),
    "command.inspection_answer": _("points answered"),
    "command.inspection_verdict": _("verdict given"),
    "command.inspection_decide": _("decided about “not fit”"),
    "command.evidence_add": _("file attached"),
    "command.evidence_place": _("file put at a point"),
    "command.evidence_remove": _("file taken away"),
    "command.contact_add": _("contact recorded"),
    "command.client_decision": _("client's decision recorded"),
    "command.price_set": _("price agreed on"),
    "command.payment_record": _("payment recorded"),
    "command.payment_correct": _("payment taken back"),
    "command.payout_ask": _("refund or compensation asked for"),
    "command.money_keep_ask": _("asked that the client's money stays"),
    "command.payout_approved": _("refund or compensation approved"),
    "command.payout_pay": _("refund or compensation paid out"),
    "command.logistics_record": _("shipment recorded"),
    "command.tracking_record": _("the parcel looked for"),
    "command.blocker_open": _("something stands in the way"),
    "command.blocker_resolve": _("out of the way"),
    "command.blocker_pass": _("what stands in the way passed on"),
    "command.approval_ask": _("approval asked for"),
    "command.approval_decide": _("approval decided"),
    "command.approval_withdraw": _("request withdrawn"),
    "approval.withdrawn": _("request does not count any more"),
    "approval.expired": _("request expired"),
    "command.opinion_add": _("legal opinion given"),
    "command.claim_open": _("claim recorded"),
    "command.claim_settle": _("claim settled"),
    "task.opened": _("AI-ROP gave a task"),
    "command.terms_draft": _("terms of deals drafted"),
    "command.terms_publish": _("terms of deals put in force"),
    "command.template_draft": _("points drafted"),
    "command.template_publish": _("points put in force"),
    "command.manager_add": _("became a manager"),
    "command.manager_set": _("manager changed"),
    "command.person_set_active": _("access opened or closed"),
    "command.person_set_roles": _("roles changed"),
    "command.absence_add": _("absence recorded"),
    "command.absence_end": _("absence ended"),
    "command.absence_remove": _("absence removed"),
    "command.weekly_shifts_set": _("weekly shifts changed"),
    "command.shift_add": _("shift added"),
    "command.shift_remove": _("shift removed"),
    "command.shift_start": _("shift started"),
    "command.shift_end": _("shift ended"),
    "command.matrix_draft": _("matrix drafted"),
    "command.matrix_publish": _("matrix put in force"),
    "command.weights_publish": _("weights put in force"),
    "command.calendar_draft": _("calendar drafted"),
    "command.calendar_publish": _("calendar put in force"),
    "command.key_issue": _("key issued"),
    "command.key_revoke": _("key revoked"),
    "command.link_confirm": _("Telegram linked"),
    "command.link_drop": _("Telegram unlinked"),
    "command.group_connect": _("group connected"),
    "command.message_retry": _("message sent again"),
    "command.message_dismiss": _("message put aside"),
    "command.quarantine_retry": _("looked at again"),
    "bot.update_dead": _("an update could not be handled"),
    "message.dead": _("message not delivered"),
    "message.unreachable": _("can't be reached in Telegram"),
}


def _full_name(users: QuerySet[User]) -> Subquery:
    """As `str(user)`: whoever has no name is called by the user name."""
    name = NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value(""))
    return Subquery(users.values(name=Coalesce(name, "username"))[:1])


def with_names(rows: QuerySet[Any], *, person: str, kind: str = "") -> Any:
    """Each with `name_of_actor`: of the user whose id stands in `person`, or of the key when `kind` says agent."""
    user = _full_name(User.objects.filter(pk=OuterRef(person)))
    if not kind:
        return rows.annotate(name_of_actor=user)
    key = Subquery(ApiKey.objects.filter(pk=OuterRef(person)).values("name")[:1])
    by_kind = Case(
        When(**{kind: ActorKind.PERSON}, then=user),
        When(**{kind: ActorKind.AGENT}, then=key),
        output_field=CharField(),
    )
    return rows.annotate(name_of_actor=by_kind)


def who(row: Any, *, kind: str = ActorKind.PERSON) -> str:
    """Who acted, of a row read by `with_names`."""
    name: str = (row.name_of_actor or "").strip()
    if name:
        return name
    return str(ActorKind(kind).label) if kind in ActorKind.values else kind


def pretty(value: Any) -> SafeString:
    """A stored value, indented."""
    return format_html(
        '<pre class="stored">{}</pre>', json.dumps(value, ensure_ascii=False, indent=2, default=str)
    )


class EntryKindFilter(SimpleListFilter):
    title = _("what")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return list(ENTRY_KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class OrderFilter(SimpleListFilter):
    """Has no face: links from an order's page ask by it."""

    title = "order"
    parameter_name = "order"
    template = "panel/orders/no_filter.html"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("", "")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(order_id=int(value)) if value and value.isdecimal() else queryset
