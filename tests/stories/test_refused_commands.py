"""What is refused changes nothing and is known: each command's refusal is in the journal, whatever is rolled back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from assignment.models import Absence, Manager, Shift, WeightTable
from assignment.services import (
    absence_add,
    absence_end,
    absence_remove,
    manager_add,
    manager_set,
    order_assign,
    person_set_active,
    person_set_roles,
    shift_add,
    shift_end_now,
    shift_remove,
    shift_start_now,
    weekly_shifts_set,
    weights_publish,
)
from core.actors import Actor
from core.models import ApiKey, Calendar, Entry, Message, User
from core.refusals import NotAllowed, Refusal
from core.roles import LEAD, OBSERVER
from core.services.calendars import calendar_draft, calendar_publish
from core.services.keys import key_issue, key_revoke
from core.services.linking import link_confirm
from core.services.messages import message_dismiss, message_retry
from core.work import unit_of_work
from orders.models import (
    Contact,
    Evidence,
    Inspection,
    InspectionAnswer,
    InspectionTemplate,
    InspectionVerdict,
    Note,
    Order,
    Task,
)
from orders.services import (
    GivenAnswer,
    IntakeConflict,
    NewOrder,
    TaskRefused,
    contact_add,
    evidence_add,
    evidence_place,
    evidence_remove,
    inspection_answer,
    inspection_answer_group,
    inspection_decide,
    inspection_verdict,
    note_add,
    order_route,
    order_set_severity,
    orders_intake,
    task_add,
    task_cancel,
    task_done,
    template_draft,
    template_publish,
)
from rop.services import quarantine_retry
from rop.timeline import timeline
from sla.models import Matrix
from sla.services import matrix_draft, matrix_publish
from tests.factories import EvidenceFactory, InspectionTemplateFactory, MessageFactory
from tests.stories.company import HOUR, MINUTE, SEVERITY_WEIGHTS, WEIGHTS, Company

DAY = timedelta(days=1)


class Stage:
    """A company in which everything that a command needs is there, and a manager who may do none of it."""

    def __init__(self, company: Company) -> None:
        self.company, self.now = company, company.now
        self.anna = company.manager("Anna")
        self.order = company.order("A-1")
        self.task = task_add(
            order_id=self.order.pk,
            title="Ask",
            owner_id=company.lead.pk,
            due_at=self.now + HOUR,
            actor=company.actor(company.lead),
            now=self.now,
        )
        self.absence = absence_add(
            manager_id=self.anna.pk,
            starts_at=self.now + DAY,
            ends_at=self.now + 2 * DAY,
            actor=company.actor(company.lead),
            now=self.now,
        )
        self.message = MessageFactory(status="dead", ended_at=self.now, order_id=self.order.pk)
        self.draft = Matrix.objects.create(version=99)
        self.points = InspectionTemplateFactory()
        self.file = EvidenceFactory(order=self.order)
        key, _plain = key_issue(name="a", source="a", scopes=[], now=self.now)
        self.key_id = key.pk
        self.stranger = company.manager("Boris")
        self.by = {"actor": company.actor(self.stranger), "now": self.now}

    def facts(self) -> tuple[object, ...]:
        """Everything that one of the commands could have changed."""
        tables = (
            *(Order, Task, Note, Manager, Shift, Absence, WeightTable, Matrix, Calendar),
            *(Message, User, ApiKey, Contact, Evidence),
            *(Inspection, InspectionAnswer, InspectionVerdict, InspectionTemplate),
        )
        return tuple(sorted(map(repr, table.objects.values_list())) for table in tables)


COMMANDS: dict[str, Callable[[Stage], object]] = {
    "command.route": lambda s: order_route(order_id=s.order.pk, route="accept", seen_version=None, **s.by),
    "command.assign": lambda s: order_assign(
        order_id=s.order.pk, manager_id=s.stranger.user_id, seen_version=None, **s.by
    ),
    "command.severity": lambda s: order_set_severity(
        order_id=s.order.pk, severity="critical", seen_version=None, **s.by
    ),
    "command.note": lambda s: note_add(order_id=s.order.pk, text="Hello", **s.by),
    "command.task_add": lambda s: task_add(
        order_id=s.order.pk, title="Ask", owner_id=s.anna.user_id, due_at=s.now + HOUR, **s.by
    ),
    "command.task_done": lambda s: task_done(task_id=s.task.pk, **s.by),
    "command.task_cancelled": lambda s: task_cancel(task_id=s.task.pk, **s.by),
    "command.inspection_answer": lambda s: inspection_answer(
        order_id=s.order.pk, answers=[GivenAnswer(1, "yes")], **s.by
    ),
    "command.inspection_verdict": lambda s: inspection_verdict(order_id=s.order.pk, verdict="pass", **s.by),
    "command.inspection_decide": lambda s: inspection_decide(
        order_id=s.order.pk, decision="go_on", reason="Why not", **s.by
    ),
    "command.evidence_add": lambda s: evidence_add(order_id=s.order.pk, content=b"", name="", **s.by),
    "command.evidence_place": lambda s: evidence_place(evidence_id=s.file.pk, point=1, **s.by),
    "command.evidence_remove": lambda s: evidence_remove(evidence_id=s.file.pk, **s.by),
    "command.contact_add": lambda s: contact_add(
        order_id=s.order.pk, whom="seller", channel="phone", outcome="reached", **s.by
    ),
    "command.template_draft": lambda s: template_draft(**s.by),
    "command.template_publish": lambda s: template_publish(template_id=s.points.pk, **s.by),
    "command.manager_add": lambda s: manager_add(user_id=s.company.lead.pk, capacity=Decimal(1), **s.by),
    "command.manager_set": lambda s: manager_set(manager_id=s.anna.pk, active=False, **s.by),
    "command.absence_add": lambda s: absence_add(
        manager_id=s.anna.pk, starts_at=s.now, ends_at=s.now + HOUR, **s.by
    ),
    "command.absence_remove": lambda s: absence_remove(absence_id=s.absence.pk, **s.by),
    "command.absence_end": lambda s: absence_end(
        absence_id=s.absence.pk, **{**s.by, "now": s.now + 30 * HOUR}
    ),
    "command.person_set_active": lambda s: person_set_active(user_id=s.anna.user_id, active=False, **s.by),
    "command.person_set_roles": lambda s: person_set_roles(user_id=s.anna.user_id, roles=[LEAD], **s.by),
    "command.weekly_shifts_set": lambda s: weekly_shifts_set(manager_id=s.anna.pk, rows=[], **s.by),
    "command.shift_add": lambda s: shift_add(
        manager_id=s.anna.pk, starts_at=s.now + DAY, ends_at=s.now + DAY + HOUR, **s.by
    ),
    "command.shift_remove": lambda s: shift_remove(
        shift_id=s.anna.shifts.get(starts_at__gt=s.now).pk, **s.by
    ),
    "command.shift_start": lambda s: shift_start_now(manager_id=s.anna.pk, **s.by),
    "command.shift_end": lambda s: shift_end_now(manager_id=s.anna.pk, **s.by),
    "command.weights_publish": lambda s: weights_publish(
        stages={stage: Decimal(weight) for stage, weight in WEIGHTS.items()},
        severities={severity: Decimal(weight) for severity, weight in SEVERITY_WEIGHTS.items()},
        **s.by,
    ),
    "command.matrix_draft": lambda s: matrix_draft(**s.by),
    "command.matrix_publish": lambda s: matrix_publish(matrix_id=s.draft.pk, **s.by),
    "command.calendar_draft": lambda s: calendar_draft(code="default", **s.by),
    "command.calendar_publish": lambda s: calendar_publish(calendar_id=Calendar.objects.get().pk, **s.by),
    "command.message_retry": lambda s: message_retry(message_id=s.message.pk, **s.by),
    "command.message_dismiss": lambda s: message_dismiss(message_id=s.message.pk, **s.by),
    "command.key_issue": lambda s: key_issue(name="b", source="b", scopes=[], **s.by),
    "command.key_revoke": lambda s: key_revoke(key_id=s.key_id, **s.by),
    "command.quarantine_retry": lambda s: quarantine_retry(order_id=s.order.pk, **s.by),
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_the_service_itself_refuses_whoever_may_not_and_says_so_in_the_journal(
    company: Company, kind: str
) -> None:
    stage = Stage(company)
    before = stage.facts()

    with pytest.raises(Refusal) as refused:
        COMMANDS[kind](stage)

    entry = Entry.objects.get(kind=kind, output__result="refused")
    assert refused.value.code == "not_yours"
    assert entry.output == {"result": "refused", "code": "not_yours", "missing": []}
    assert (entry.actor_id, entry.door) == (stage.stranger.user_id, "bot")
    assert stage.facts() == before


def test_the_norm_of_a_group_is_an_answer_too(company: Company) -> None:
    stage = Stage(company)

    with pytest.raises(NotAllowed):
        inspection_answer_group(order_id=stage.order.pk, group="body", **stage.by)

    assert Entry.objects.get(kind="command.inspection_answer").output["code"] == "not_yours"


def test_what_somebody_has_a_right_to_may_be_refused_too(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order("A-1")
    by = {"actor": company.actor(company.lead), "now": company.now}

    with pytest.raises(TaskRefused):
        task_add(order_id=order.pk, title="Ask", owner_id=anna.user_id, due_at=company.now - MINUTE, **by)
    with pytest.raises(IntakeConflict):
        orders_intake(
            rows=[NewOrder(external_id="A-1", client_name="Another", item="Another")],
            actor=by["actor"],
            now=company.now,
        )
    with pytest.raises(Refusal):
        link_confirm(user=company.lead, invitation_id=1, **by)

    refused = Entry.objects.filter(output__result="refused").order_by("pk")
    assert [(entry.kind, entry.order_id, entry.output["code"]) for entry in refused] == [
        ("command.task_add", order.pk, "task_refused"),
        ("command.intake", None, "external_id_conflict"),
        ("command.link_confirm", None, "nothing_to_confirm"),
    ]


def test_whoever_only_watches_writes_no_notes(company: Company) -> None:
    order = company.order()
    watcher = company.actor(company.person("Viktor", OBSERVER))

    with pytest.raises(NotAllowed):
        note_add(order_id=order.pk, text="Hello", actor=watcher, now=company.now)


def test_a_refusal_outlives_the_unit_that_was_rolled_back_with_it(company: Company) -> None:
    anna = company.manager("Anna")
    lead, stranger = company.actor(company.lead), company.actor(anna)

    def both(actor: Actor) -> None:
        with unit_of_work(company.now):
            manager_set(manager_id=anna.pk, capacity=Decimal(7), actor=lead, now=company.now)
            manager_set(manager_id=anna.pk, capacity=Decimal(8), actor=actor, now=company.now)

    with pytest.raises(NotAllowed):
        both(stranger)

    anna.refresh_from_db()
    assert anna.capacity == 30
    (entry,) = Entry.objects.filter(kind="command.manager_set")
    assert entry.output["code"] == "not_yours"
    assert entry.actor_id == anna.user_id


def test_a_unit_that_goes_on_after_a_refusal_keeps_the_rest(company: Company) -> None:
    anna = company.manager("Anna")
    lead, stranger = company.actor(company.lead), company.actor(anna)

    with unit_of_work(company.now):
        manager_set(manager_id=anna.pk, capacity=Decimal(7), actor=lead, now=company.now)
        with pytest.raises(NotAllowed):
            manager_set(manager_id=anna.pk, capacity=Decimal(8), actor=stranger, now=company.now)

    anna.refresh_from_db()
    assert anna.capacity == 7
    outputs = Entry.objects.filter(kind="command.manager_set").order_by("pk").values_list("output", flat=True)
    assert [output.get("result") for output in outputs] == [None, "refused"]


def test_the_orders_history_says_what_was_refused_to_whom_and_why(company: Company) -> None:
    stage = Stage(company)
    for kind in ("command.assign", "command.severity", "command.task_done", "command.route"):
        with pytest.raises(Refusal):
            COMMANDS[kind](stage)

    with translation.override("en"):
        lines = {item.title: (item.actor, item.detail) for item in timeline(stage.order.pk) if item.refused}

    assert lines == {
        "Refused: Give to a manager": ("Boris", "Boris: no right to it"),
        "Refused: Set the severity": ("Boris", "critical: no right to it"),
        "Refused: End a task": ("Boris", "Ask: no right to it"),
        "Refused: Accept": ("Boris", "no right to it"),
    }
