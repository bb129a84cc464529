"""Decisions are explained by what they were made of: decided again, they come out the same."""

from decimal import Decimal

from core.models import Entry
from rop.replaying import Changes, decisions, replay
from tests.stories.company import Company, moment


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
