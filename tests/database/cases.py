"""Each rule that the database holds by itself, and attempts to break it.

A rule is a constraint, a unique index or a trigger, by its name in PostgreSQL. Whoever adds one adds a line here:
a test compares the table with what the database has.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from orders.models import Order
from orders.statuses import Severity, Status, Step, Whose
from sla.models import ClockState
from tests.database.broken import (
    NEW_ID,
    active_assignment,
    breached_clock,
    delivered_order,
    ended_assignment,
    ended_clock,
    event_after_a_gap,
    event_from_elsewhere,
    event_off_every_route,
    file_in_place,
    intake_before_the_intake,
    intake_event,
    negative,
    new_file,
    new_order,
    owned_order,
    proposal_to_its_owner,
    published_item,
    published_matrix,
    published_rule,
    published_rung,
    published_stuck_rule,
    published_template,
    same,
    same_file_at_its_point,
    second_active_assignment,
    second_first_round,
    second_intake,
    second_membership,
    second_permission,
    whole,
)
from tests.database.deals import DEALS
from tests.database.rules import Case, add, append_only, change, remove
from tests.factories import (
    FACTORIES,
    HOUR,
    NOW,
    AbsenceFactory,
    ApiKeyFactory,
    AssignmentFactory,
    CalendarFactory,
    ChatGroupFactory,
    ClockFactory,
    ContactFactory,
    DialogueFactory,
    DutyFactory,
    EntryFactory,
    EscalationFactory,
    EvidenceFactory,
    IdempotencyRecordFactory,
    IncomingFileFactory,
    InspectionAnswerFactory,
    InspectionFactory,
    InspectionItemFactory,
    InspectionMeasureFactory,
    InspectionTemplateFactory,
    InspectionVerdictFactory,
    LinkTokenFactory,
    ManagerFactory,
    MatrixFactory,
    MessageFactory,
    OrderFactory,
    ProposalFactory,
    RouteFactory,
    RuleFactory,
    RungFactory,
    SavedViewFactory,
    ShiftFactory,
    SnapshotFactory,
    SnoozeFactory,
    StatusEventFactory,
    StuckRuleFactory,
    TaskFactory,
    TeamFactory,
    TelegramLinkFactory,
    UpdateFactory,
    UserFactory,
    ViolationFactory,
    WeeklyShiftFactory,
    WeightTableFactory,
)

NOT_NEGATIVE = (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)

IMPLIED = {
    "sla_rule_target_seconds_check": "rule_target_positive",
    "sla_rung_share_check": "rung_share_range",
    "sla_rung_at_most_check": "rung_at_most_positive",
    "sla_rung_repeat_seconds_check": "rung_repeat_not_sooner_than_a_minute",
    "sla_stuckrule_level_check": "stuck_rule_level",
    "sla_stuckrule_after_seconds_check": "stuck_rule_after_positive",
    "orders_inspectionitem_number_check": "inspection_item_number_known",
    "orders_inspectionitem_proof_count_check": "inspection_item_proof_count",
    "orders_followupstep_number_check": "follow_up_possible",
    "orders_followupstep_within_check": "follow_up_possible",
    "orders_terms_lead_within_check": "terms_times_positive",
    "orders_terms_think_within_check": "terms_think_within",
    "orders_terms_tracking_every_check": "terms_times_positive",
    "orders_terms_tracking_within_check": "terms_times_positive",
    "orders_terms_approval_within_check": "terms_times_positive",
    "orders_terms_approval_expires_check": "terms_approval_expires_after_due",
    "orders_terms_payout_within_check": "terms_times_positive",
    "orders_terms_claim_within_check": "terms_times_positive",
}
"""Constraints that Django makes although a stronger one of ours is there: no row can break them alone."""


def our_models() -> list[type[models.Model]]:
    """Of the apps of this project, with the tables between two models."""
    ours = [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    return [model for app in ours for model in app.get_models(include_auto_created=True)]


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────

HISTORY = [
    change("order_status_is_last_event", owned_order, status=Status.UNDER_INSPECTION),
    change("order_status_is_last_event", owned_order, status_sequence=2),
    add("order_begins_with_event", lambda: OrderFactory.build(pk=NEW_ID)),
    add("status_event_moves_order", lambda: StatusEventFactory.build(order=owned_order())),
    add("status_event_on_route", event_off_every_route),
    add("status_event_in_sequence", event_after_a_gap),
    add("status_event_in_sequence", event_from_elsewhere),
    add("status_event_in_sequence", intake_before_the_intake),
    add("status_event_sequence", second_intake),
    *append_only("order_status_events", intake_event, reason="because"),
    *append_only("core_entry", EntryFactory, kind="decision.other"),
    *append_only("ai_sla_violations", ViolationFactory, target_seconds=1),
    *append_only("assignment_snapshot", SnapshotFactory, candidates=[1]),
]

ORDER = [
    change("order_external_id_kept", owned_order, external_id="another"),
    change("order_created_at_kept", owned_order, created_at=NOW - HOUR),
    change("order_version_grows", lambda: OrderFactory(version=7), version=6),
    add("orders_order_external_id_key", new_order(like=["external_id"])),
    add("order_external_id_not_blank", new_order(external_id="")),
    change("order_status_known", owned_order, status="lost", without="order_status_is_last_event"),
    change("order_severity_known", owned_order, severity="urgent"),
    change("order_price_not_negative", owned_order, price=-1),
    change("order_open_is_supervised", owned_order, wake_at=None),
    change("order_open_is_supervised", owned_order, due_at=None),
    change("order_open_is_supervised", owned_order, next_action_due=None),
    change("order_open_is_supervised", owned_order, next_action=""),
    change("order_open_is_supervised", owned_order, next_action_whose=""),
    change(
        "order_open_has_owner",
        lambda: OrderFactory(owned=True, status=Status.UNDER_INSPECTION),
        assigned_manager=None,
        without="order_owner_is_assigned",
    ),
    change("order_unowned_is_being_assigned", OrderFactory, next_action=Step.ACCEPT_ORDER),
    change("order_unowned_is_being_assigned", OrderFactory, next_action_whose=Whose.LEAD),
    change("order_closed_is_final", OrderFactory, closed_at=NOW),
    add(
        "route_unique",
        lambda: RouteFactory.build(route="accept", from_status=Status.PENDING_MANAGER),
        by_rights=True,
    ),
    change("task_ended_when_not_open", TaskFactory, status="done"),
    change("task_ended_when_not_open", TaskFactory, ended_at=NOW),
]

ASSIGNMENT = [
    change("order_owner_is_assigned", OrderFactory, assigned_manager=UserFactory),
    change("order_owner_is_assigned", owned_order, assigned_manager=UserFactory),
    change(
        "order_owner_is_assigned",
        owned_order,
        assigned_manager=None,
        next_action=Step.ASSIGN_MANAGER,
        next_action_whose=Whose.ROP,
    ),
    change("order_owner_is_assigned", delivered_order, closed_at=NOW),
    add("order_begins_assigned", new_order(assigned_manager=UserFactory)),
    add(
        "assignment_begins_as_owner",
        lambda: AssignmentFactory.build(order=OrderFactory(), manager=UserFactory()),
    ),
    change("assignment_ends_with_ownership", active_assignment, state="silent", ended_at=NOW),
    change("assignment_decision_kept", active_assignment, because=["by_hand"]),
    change("assignment_decision_kept", active_assignment, reason="said later"),
    change("assignment_ended_kept", ended_assignment, state="silent"),
    add("assignment_one_active", second_active_assignment),
    add("assignment_round_unique", second_first_round),
    change("assignment_ended_when_not_held", active_assignment, state="silent"),
    change(
        "assignment_ended_when_not_held",
        active_assignment,
        ended_at=NOW,
        without="assignment_ends_with_ownership",
    ),
    add("assignment_manager_user_id_key", same(ManagerFactory, "user")),
    change("manager_capacity_not_negative", ManagerFactory, capacity=-1),
    add("weekly_shift_unique", same(WeeklyShiftFactory, "manager")),
    change("weekly_shift_weekday", WeeklyShiftFactory, weekday=7),
    change("shift_ends_after_start", ShiftFactory, ends_at=NOW),
    add("shift_no_overlap", same(ShiftFactory, "manager", starts_at=NOW + HOUR)),
    change("absence_ends_after_start", AbsenceFactory, ends_at=NOW),
    add("absence_no_overlap", same(AbsenceFactory, "manager", starts_at=NOW + HOUR)),
    *append_only("assignment_weighttable", WeightTableFactory, stages={}),
    add("assignment_weighttable_version_key", same(WeightTableFactory, "version")),
]

SLA = [
    change("matrix_published_kept", published_matrix, title="another"),
    change("matrix_published_kept", published_matrix, published_at=None),
    remove("matrix_published_kept", lambda: MatrixFactory(published_at=NOW)),
    add("rule_published_kept", lambda: RuleFactory.build(matrix=published_matrix(), severity=Severity.HIGH)),
    change("rule_published_kept", published_rule, target_seconds=1),
    change("rule_published_kept", published_rule, matrix=MatrixFactory),
    change("rule_published_kept", RuleFactory, matrix=lambda: MatrixFactory(published_at=NOW)),
    remove("rule_published_kept", published_rule),
    add("sla_matrix_version_key", same(MatrixFactory, "version")),
    add("rule_unique", same(RuleFactory, "matrix")),
    change("rule_target_positive", RuleFactory, target_seconds=0),
    change("clock_ended_kept", ended_clock, state=ClockState.MISSED),
    change("clock_ended_kept", ended_clock, state=ClockState.RUNNING, ended_at=None),
    change("clock_breach_kept", breached_clock, breached_at=None),
    change("clock_breach_kept", breached_clock, breached_at=NOW),
    add("clock_one_running", same(ClockFactory, "subject_id", generation="round:2")),
    add("clock_generation_unique", same(ClockFactory, "subject_id", ended=True)),
    change("clock_ended_when_not_running", ClockFactory, state=ClockState.MET),
    change("clock_ended_when_not_running", ClockFactory, ended_at=NOW),
    add("ai_sla_violations_clock_id_key", same(ViolationFactory, "clock")),
    change("matrix_quiet_both_or_neither", MatrixFactory, quiet_from=None),
    change("matrix_quiet_both_or_neither", MatrixFactory, quiet_until=None),
]

LADDER = [
    add("rung_published_kept", lambda: RungFactory.build(matrix=published_matrix(), severity=Severity.HIGH)),
    change("rung_published_kept", published_rung, after_seconds=60),
    remove("rung_published_kept", published_rung),
    add("stuck_rule_published_kept", lambda: StuckRuleFactory.build(matrix=published_matrix(), level=2)),
    change("stuck_rule_published_kept", published_stuck_rule, after_seconds=60),
    remove("stuck_rule_published_kept", published_stuck_rule),
    add("rung_unique", same(RungFactory, "matrix")),
    change("rung_one_moment", RungFactory, share=50),
    change("rung_one_moment", RungFactory, after_seconds=None),
    change("rung_share_range", RungFactory, share=0, after_seconds=None),
    change("rung_share_range", RungFactory, share=101, after_seconds=None),
    change("rung_stuck_has_no_share", lambda: RungFactory(trigger="stuck"), share=50, after_seconds=None),
    change("rung_reassign_unaccepted", RungFactory, whom="owner", action="reassign"),
    change("rung_reassign_unaccepted", lambda: RungFactory(trigger="accept"), action="reassign"),
    change("rung_propose_to_lead", RungFactory, whom="owner", action="propose"),
    change("rung_propose_to_lead", lambda: RungFactory(trigger="accept"), action="propose"),
    change("rung_at_most_positive", RungFactory, at_most=0),
    change("rung_repeat_not_sooner_than_a_minute", RungFactory, repeat_seconds=59),
    add("stuck_rule_unique", same(StuckRuleFactory, "matrix")),
    change("stuck_rule_level", StuckRuleFactory, level=3),
    change("stuck_rule_after_positive", StuckRuleFactory, after_seconds=0),
    add("escalation_generation_unique", same(EscalationFactory, "order", "generation")),
    change("escalation_ended_by_state", EscalationFactory, ended_at=NOW),
    change("escalation_ended_by_state", EscalationFactory, state="ended"),
    change("escalation_acknowledged_by_somebody", EscalationFactory, state="acknowledged"),
    change("escalation_resolved_by_somebody", EscalationFactory, state="resolved"),
    change("escalation_resolved_by_somebody", EscalationFactory, resolved_at=NOW),
    change("escalation_resolved_by_somebody", lambda: EscalationFactory(resolved=True), reason=""),
    change("escalation_ended_kept", lambda: EscalationFactory(ended=True), level=4),
    change(
        "escalation_resolved_kept", lambda: EscalationFactory(resolved=True), state="open", resolved_at=None
    ),
    add("snooze_one_active", same(SnoozeFactory, "order")),
    change("snooze_a_day_at_most", SnoozeFactory, until=NOW + 25 * HOUR),
    change("snooze_a_day_at_most", SnoozeFactory, until=NOW),
    change("snooze_says_why", SnoozeFactory, why=""),
    change("snooze_ended_kept", lambda: SnoozeFactory(ended=True), ended_at=None),
    add("proposal_one_open", same(ProposalFactory, "order")),
    change("proposal_decided_when_not_open", ProposalFactory, state="expired"),
    change("proposal_decided_when_not_open", ProposalFactory, decided_at=NOW),
    change("proposal_decided_by_somebody", ProposalFactory, state="accepted", decided_at=NOW),
    add("proposal_to_another", proposal_to_its_owner),
    change("proposal_decided_kept", lambda: ProposalFactory(dismissed=True), state="expired"),
]

INSPECTION = [
    change("template_published_kept", published_template, title="another"),
    change("template_published_kept", published_template, published_at=None),
    remove("template_published_kept", lambda: InspectionTemplateFactory(published_at=NOW)),
    add("item_published_kept", lambda: InspectionItemFactory.build(template=published_template(), number=2)),
    change("item_published_kept", published_item, title="another"),
    change("item_published_kept", published_item, template=InspectionTemplateFactory),
    change(
        "item_published_kept",
        InspectionItemFactory,
        template=lambda: InspectionTemplateFactory(published_at=NOW),
    ),
    remove("item_published_kept", published_item),
    add("orders_inspectiontemplate_version_key", same(InspectionTemplateFactory, "version")),
    add("inspection_item_number", same(InspectionItemFactory, "template")),
    change("inspection_item_number_known", InspectionItemFactory, number=0),
    change("inspection_item_number_known", InspectionItemFactory, number=29),
    change("inspection_item_proof_count", InspectionItemFactory, proof_count=0),
    change("inspection_item_proof_count", InspectionItemFactory, proof_count=11),
    add("inspection_number", same(InspectionFactory, "order", ended=True)),
    add("inspection_one_current", same(InspectionFactory, "order", number=2)),
    change("inspection_ended_kept", lambda: InspectionFactory(ended=True), verdict="pass"),
    change("inspection_ended_kept", lambda: InspectionFactory(ended=True), ended_at=None),
    add("inspection_answer_one_current", same(InspectionAnswerFactory, "inspection", value="no")),
    add("inspection_answer_not_blank", whole(InspectionAnswerFactory, value="")),
    add("answer_to_its_template", whole(InspectionAnswerFactory, item=published_item)),
    change("answer_kept", InspectionAnswerFactory, value="no"),
    change("answer_kept", InspectionAnswerFactory, by=UserFactory),
    change("answer_kept", lambda: InspectionAnswerFactory(replaced=True), replaced_at=None),
    add("inspection_verdict_one_current", same(InspectionVerdictFactory, "inspection")),
    add("inspection_verdict_says_why", whole(InspectionVerdictFactory, verdict="remarks", remarks="")),
    change(
        "inspection_decision_of_somebody", lambda: InspectionVerdictFactory(failed=True), decision="go_on"
    ),
    change("inspection_decision_of_somebody", InspectionVerdictFactory, decided_at=NOW),
    add(
        "inspection_decision_of_somebody",
        whole(InspectionVerdictFactory, decided=True, verdict="remarks", decided_by=UserFactory),
    ),
    add(
        "inspection_decision_of_somebody",
        whole(InspectionVerdictFactory, decided=True, decision_reason="", decided_by=UserFactory),
    ),
    change("verdict_kept", InspectionVerdictFactory, remarks="said later"),
    change("verdict_kept", lambda: InspectionVerdictFactory(decided=True), decision="again"),
    change("verdict_kept", lambda: InspectionVerdictFactory(replaced_at=NOW), replaced_at=None),
    add("orders_inspectionmeasure_inspection_id_key", same(InspectionMeasureFactory, "inspection")),
    *append_only("orders_inspectionmeasure", InspectionMeasureFactory, seconds=1),
    add("evidence_once_in_a_place", same(EvidenceFactory, "order", "sha256")),
    add("evidence_once_in_a_place", same_file_at_its_point),
    add("evidence_point_of_inspection", new_file(purpose="delivery")),
    add(
        "evidence_point_of_inspection",
        new_file(inspection=None),
        without="evidence_of_its_template",
    ),
    add("evidence_of_its_template", new_file(item=published_item)),
    change("evidence_of_its_template", file_in_place, item=published_item),
    change("evidence_removed_by_somebody", EvidenceFactory, removed_at=NOW),
    change("evidence_removed_by_somebody", EvidenceFactory, removed_by=UserFactory),
    change("evidence_kept", EvidenceFactory, sha256="0" * 64),
    change("evidence_kept", EvidenceFactory, name="another.jpg"),
    change("evidence_kept", lambda: EvidenceFactory(removed=True), removed_at=None, removed_by=None),
    add("contact_call_back_says_when", whole(ContactFactory, outcome="call_back")),
    *append_only("orders_contact", ContactFactory, text="another"),
]

CORE = [
    change("calendar_published_kept", lambda: CalendarFactory(published_at=NOW), hours={}),
    remove("calendar_published_kept", lambda: CalendarFactory(published_at=NOW)),
    add("calendar_version_unique", same(CalendarFactory, "code")),
    add("core_team_name_key", same(TeamFactory, "name")),
    add("core_user_username_key", same(UserFactory, "username")),
    add("core_user_groups_user_id_group_id_c82fcad1_uniq", second_membership),
    add("core_user_user_permissions_user_id_permission_id_73ea0daa_uniq", second_permission),
    add("core_chatgroup_code_key", same(ChatGroupFactory, "code")),
    add("core_linktoken_token_hash_key", same(LinkTokenFactory, "token_hash")),
    add("telegram_link_one_per_user", same(TelegramLinkFactory, "user")),
    add("telegram_link_one_per_account", same(TelegramLinkFactory, "telegram_id")),
    add("core_apikey_prefix_key", same(ApiKeyFactory, "prefix")),
    change("api_key_agent_or_person", ApiKeyFactory, user=UserFactory),
    change("api_key_agent_or_person", ApiKeyFactory, source=""),
    add("idempotency_record_unique", same(IdempotencyRecordFactory, "key", "idempotency_key")),
    add("core_message_dedup_key_key", same(MessageFactory, "dedup_key")),
    change("message_one_addressee", MessageFactory, person=None),
    change("message_one_addressee", MessageFactory, group=ChatGroupFactory),
    change("message_sending_has_lease", MessageFactory, status="sending"),
    change("message_ended_when_final", MessageFactory, status="sent"),
    change("message_ended_when_final", MessageFactory, ended_at=NOW),
    add("update_unique", same(UpdateFactory, "update_id")),
    add("dialogue_unique", same(DialogueFactory, "person", "order", in_hand=False)),
    add("dialogue_one_in_hand", same(DialogueFactory, "person")),
    change("dialogue_about_known", DialogueFactory, about="nothing"),
    change("dialogue_screen_known", DialogueFactory, screen="nowhere"),
    change("dialogue_awaits_known", DialogueFactory, awaits="miracles"),
    change("dialogue_point_named", DialogueFactory, screen="point"),
    add("telegram_bot_incomingfile_update_id_key", same(IncomingFileFactory, "update")),
    change("incoming_file_fetching_has_lease", IncomingFileFactory, state="fetching"),
    change("incoming_file_fetching_has_lease", lambda: IncomingFileFactory(fetching=True), order=None),
    change("incoming_file_kept_as_evidence", IncomingFileFactory, state="kept", ended_at=NOW),
    change("incoming_file_kept_as_evidence", IncomingFileFactory, evidence=EvidenceFactory),
    change("incoming_file_ended_when_final", IncomingFileFactory, state="refused"),
    change("incoming_file_ended_when_final", IncomingFileFactory, ended_at=NOW),
    change("duty_ends_after_start", DutyFactory, ends_at=NOW),
    add("duty_no_overlap", same(DutyFactory, "user", starts_at=NOW + HOUR)),
    add("saved_view_unique", same(SavedViewFactory, "user", "name")),
]


def never_negative() -> Iterator[Case]:
    """Django's own constraints on the columns that hold no negative numbers."""
    without = {
        "orders_order_status_sequence_check": "order_begins_with_event",
        "order_status_events_sequence_check": "status_event_in_sequence",
        "ai_assignments_round_check": "assignment_begins_as_owner",
        "orders_task_stage_check": "task_number_of_a_stage",
        "orders_task_number_check": "task_number_of_a_stage",
    }
    for model, found in FACTORIES.items():
        for column in model._meta.concrete_fields:
            rule = f"{model._meta.db_table}_{column.column}_check"
            if isinstance(column, NOT_NEGATIVE) and rule not in IMPLIED:
                make = (
                    new_order(**{column.name: -1})
                    if model is Order
                    else partial(negative, found, column.name)
                )
                yield add(rule, make, without=without.get(rule, ""))


CASES = [*HISTORY, *ORDER, *ASSIGNMENT, *SLA, *LADDER, *INSPECTION, *DEALS, *CORE, *never_negative()]
