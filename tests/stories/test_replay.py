"""Decisions are explained by what they were made of: decided again, they come out the same."""

from copy import deepcopy
from decimal import Decimal

from core.models import Entry
from orders.services import DECIDE, order_set_severity
from rop.replaying import Changes, decisions, replay
from tests.stories.company import Company, moment
from tests.stories.inspecting import answer, answers, attach_all, complete, conclude, under_inspection


def a_working_day(company: Company) -> None:
    """Offers, acceptances, silence, a return, an absence, a wave, an evening without anybody."""
    anna = company.manager("Anna", capacity=6)
    company.manager("Boris", capacity=4)
    first, second, _third = company.receive("A-1", "A-2", "A-3")
    company.receive("C-1", "C-2", severity="critical")
    company.accept(first)
    company.accept(second)
    company.go_to(moment("12:40"))
    company.return_to_queue(first)
    company.absent(anna, moment("14:00"), moment("16:00"))
    company.go_to(moment("17:00"))
    company.cancel(second)
    company.go_to(moment("22:00"))
    company.order("late")


def test_every_decision_of_a_day_comes_out_the_same(company: Company) -> None:
    a_working_day(company)

    found = list(decisions())
    assert len(found) > 20
    assert [difference for entry in found if (difference := replay(entry)) is not None] == []


def test_with_a_changed_weight_exactly_the_decisions_that_it_touches_differ(company: Company) -> None:
    a_working_day(company)
    changes = Changes(stages={}, severities={"critical": Decimal(3)})

    differing = {
        difference.order_id
        for entry in decisions()
        if entry.kind == "decision.plan" and (difference := replay(entry, changes)) is not None
    }

    # The plan says what the order weighs: only the critical ones weigh otherwise, as long as they weigh anything.
    critical = set(
        Entry.objects.filter(kind="decision.plan", inputs__facts__severity="critical").values_list(
            "order_id", flat=True
        )
    )
    assert differing == critical


def an_inspection(company: Company) -> None:
    """One that is not fit, is decided about by nobody, is done again and completed; another is only accepted."""
    company.manager("Anna")
    under_inspection(company, "A-1")
    order = under_inspection(company, "A-2")
    answer(company, order, answers(p7="", p12=""))
    company.go_to(moment("13:00"))
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order, "fail", remarks="Bent")
    company.go_to(moment("14:30"))
    conclude(company, order, "remarks", remarks="Bent a little")
    order_set_severity(
        order_id=order.pk,
        severity="high",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    order_set_severity(
        order_id=order.pk,
        severity="normal",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    complete(company, order)


def test_every_decision_of_an_inspection_comes_out_the_same(company: Company) -> None:
    an_inspection(company)

    found = list(decisions())
    assert len(found) > 12
    assert [difference for entry in found if (difference := replay(entry)) is not None] == []


def as_before_inspections(entry: Entry) -> Entry:
    """As the entry was written when the facts of an order had no inspection, and a lead's task no kind."""
    entry.inputs = deepcopy(entry.inputs)
    facts = entry.inputs.get("facts", {})
    facts.pop("inspection", None)
    for task in facts.get("tasks", ()):
        if task.get("kind") == DECIDE:
            del task["kind"]
    return entry


def test_decisions_from_before_there_were_inspections_come_out_the_same(company: Company) -> None:
    """Then an order under inspection waited for a talk with the seller, whatever had been recorded."""
    a_working_day(company)

    found = [as_before_inspections(entry) for entry in decisions()]
    assert {"contact_seller"} <= {
        entry.output.get("step", {}).get("code") for entry in found if entry.output.get("step")
    }
    assert [difference for entry in found if (difference := replay(entry)) is not None] == []


def test_without_the_facts_of_the_inspection_only_its_own_steps_would_differ(company: Company) -> None:
    an_inspection(company)

    differing = {
        entry.output["step"]["code"]
        for entry in map(as_before_inspections, decisions())
        if replay(entry) is not None
    }

    assert differing == {"fill_inspection", "attach_evidence", "complete_inspection"}
