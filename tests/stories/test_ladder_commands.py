"""What leads and owners answer to the ladder: who may, what is refused, what stays written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.models import Entry
from core.roles import LEAD
from orders.gate import NotAllowed, Refusal, StaleVersion
from orders.models import Order
from rop.models import Escalation, Proposal, Snooze
from rop.selectors import escalation_counts, open_escalations, proposals_of, snooze_of
from rop.services import (
    EscalationRefused,
    escalation_acknowledge,
    escalation_resolve,
    order_snooze,
    order_unsnooze,
    proposal_accept,
    proposal_dismiss,
)
from tests.factories import EscalationFactory, ProposalFactory
from tests.stories.company import HOUR, Company, owner_of

DAY = timedelta(days=1)


def escalated(company: Company, **more: object) -> Order:
    """An order in work whose stage is too late, as the ladder would write it."""
    order = company.accept(company.order())
    clock = f"{order.status_sequence}:{order.version}"
    EscalationFactory(
        order=order, generation=clock, opened_at=company.now, owner=order.assigned_manager, **more
    )
    return order


def code_of(command: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        command()
    return refused.value.code


def entries(order: Order, *, refused: bool = False) -> list[str]:
    """What was done, or what was refused."""
    found = Entry.objects.filter(order_id=order.pk, kind__startswith="command.").exclude(
        kind__in=["command.intake", "command.route"]
    )
    return [
        entry.kind for entry in found.order_by("pk") if (entry.output.get("result") == "refused") is refused
    ]


def test_an_acknowledgement_holds_for_an_hour_unless_somebody_says_otherwise(company: Company) -> None:
    company.manager("Anna")
    order = escalated(company)
    lead = company.actor(company.lead)

    escalation_acknowledge(order_id=order.pk, actor=lead, now=company.now)
    (row,) = open_escalations([order.pk])[order.pk]
    assert (row.state, row.acknowledged_by_id) == ("acknowledged", company.lead.pk)
    assert row.acknowledged_until == company.now + HOUR

    later = company.now + 3 * HOUR
    escalation_acknowledge(order_id=order.pk, actor=lead, until=later, now=company.now)
    (row,) = open_escalations([order.pk])[order.pk]
    assert row.acknowledged_until == later
    assert entries(order) == ["command.acknowledge", "command.acknowledge"]


def test_its_owner_acknowledges_and_nobody_elses_does(company: Company) -> None:
    anna = company.manager("Anna")
    order = escalated(company)
    boris = company.manager("Boris")
    finance = company.person("Fyodor", "finance")

    for stranger in (boris, finance):
        actor = company.actor(stranger)
        assert (
            code_of(lambda a=actor: escalation_acknowledge(order_id=order.pk, actor=a, now=company.now))
            == "not_yours"
        )
    escalation_acknowledge(order_id=order.pk, actor=company.actor(anna), now=company.now)
    assert open_escalations([order.pk])[order.pk][0].acknowledged_by_id == anna.user_id


def test_only_a_lead_resolves_and_snoozes_and_decides(company: Company) -> None:
    anna = company.manager("Anna")
    order = escalated(company)
    boris = company.manager("Boris")
    proposal = ProposalFactory(order=order, from_user=anna.user, to_user=boris.user, created_at=company.now)
    owner, now = company.actor(anna), company.now

    commands: list[Callable[[], object]] = [
        lambda: escalation_resolve(order_id=order.pk, reason="solved", actor=owner, now=now),
        lambda: order_snooze(order_id=order.pk, until=now + HOUR, why="later", actor=owner, now=now),
        lambda: order_unsnooze(order_id=order.pk, actor=owner, now=now),
        lambda: proposal_accept(proposal_id=proposal.pk, seen_version=None, actor=owner, now=now),
        lambda: proposal_dismiss(proposal_id=proposal.pk, actor=owner, now=now),
    ]
    for command in commands:
        with pytest.raises(NotAllowed):
            command()
    assert entries(order) == []
    assert entries(order, refused=True) == [
        "command.resolve",
        "command.snooze",
        "command.unsnooze",
        "command.proposal_accept",
        "command.proposal_dismiss",
    ]
    assert Snooze.objects.count() == 0


def test_a_resolved_escalation_is_resolved_once_and_says_why(company: Company) -> None:
    company.manager("Anna")
    order = escalated(company, times_told=3)
    lead = company.actor(company.lead)

    def resolve(reason: str = "solved") -> list[Escalation]:
        return escalation_resolve(order_id=order.pk, reason=reason, actor=lead, now=company.now)

    assert code_of(lambda: resolve("  ")) == "reason_missing"
    resolve()
    assert open_escalations([order.pk]) == {}
    assert code_of(resolve) == "already_resolved"
    assert (
        code_of(lambda: escalation_acknowledge(order_id=order.pk, actor=lead, now=company.now))
        == "nothing_to_acknowledge"
    )
    found = Escalation.objects.get()
    assert (found.state, found.reason, found.resolved_at) == ("resolved", "solved", company.now)
    assert escalation_counts([order.pk]) == {order.pk: 2}


@pytest.mark.parametrize(
    ("ahead", "code"),
    [
        (timedelta(0), "snooze_in_past"),
        (-HOUR, "snooze_in_past"),
        (DAY + timedelta(seconds=1), "snooze_too_long"),
    ],
)
def test_a_snooze_ends_within_a_day(company: Company, ahead: timedelta, code: str) -> None:
    company.manager("Anna")
    order = escalated(company)
    lead = company.actor(company.lead)
    until = company.now + ahead

    snooze = lambda: order_snooze(order_id=order.pk, until=until, why="later", actor=lead, now=company.now)  # noqa: E731
    assert code_of(snooze) == code
    acknowledge = lambda: escalation_acknowledge(order_id=order.pk, until=until, actor=lead, now=company.now)  # noqa: E731
    assert code_of(acknowledge) == code


def test_snoozing_anew_ends_the_snooze_before(company: Company) -> None:
    company.manager("Anna")
    order = escalated(company)
    lead = company.actor(company.lead)

    order_snooze(order_id=order.pk, until=company.now + HOUR, why="client_asked", actor=lead, now=company.now)
    company.now += timedelta(minutes=10)
    order_snooze(order_id=order.pk, until=company.now + DAY, why="Till tomorrow", actor=lead, now=company.now)

    row = snooze_of([order.pk])[order.pk]
    assert (row.until, row.why, row.by_id) == (company.now + DAY, "Till tomorrow", company.lead.pk)
    first = Snooze.objects.order_by("pk")[0]
    assert (first.ended_at, first.ended_by_id) == (company.now, company.lead.pk)

    order_unsnooze(order_id=order.pk, actor=lead, now=company.now)
    assert snooze_of([order.pk]) == {}
    assert code_of(lambda: order_unsnooze(order_id=order.pk, actor=lead, now=company.now)) == "not_snoozed"
    assert entries(order) == ["command.snooze", "command.snooze", "command.unsnooze"]


def test_the_ladder_moves_no_version_and_no_deadline(company: Company) -> None:
    company.manager("Anna")
    order = escalated(company)
    lead = company.actor(company.lead)
    before = Order.objects.values("version", "due_at", "next_action_due").get()

    escalation_acknowledge(order_id=order.pk, actor=lead, now=company.now)
    order_snooze(order_id=order.pk, until=company.now + HOUR, why="later", actor=lead, now=company.now)
    escalation_resolve(order_id=order.pk, reason="solved", actor=lead, now=company.now)

    assert Order.objects.values("version", "due_at", "next_action_due").get() == before
    assert company.audit() == {}


def test_a_closed_order_has_nothing_to_snooze(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    company.cancel(order)
    lead, now = company.actor(company.lead), company.now

    for command in (
        lambda: order_snooze(order_id=order.pk, until=now + HOUR, why="later", actor=lead, now=now),
        lambda: escalation_acknowledge(order_id=order.pk, actor=lead, now=now),
        lambda: escalation_resolve(order_id=order.pk, reason="solved", actor=lead, now=now),
    ):
        assert code_of(command) == "order_closed"


def test_a_proposal_is_accepted_once_and_only_as_it_was_seen(company: Company) -> None:
    anna = company.manager("Anna")
    order = escalated(company)
    boris = company.manager("Boris")
    proposal = ProposalFactory(order=order, from_user=anna.user, to_user=boris.user, created_at=company.now)
    lead, now = company.actor(company.lead), company.now

    with pytest.raises(StaleVersion):
        proposal_accept(proposal_id=proposal.pk, seen_version=order.version - 1, actor=lead, now=now)
    assert proposals_of([order.pk])[order.pk].to_user_id == boris.user_id

    proposal_accept(proposal_id=proposal.pk, seen_version=order.version, actor=lead, now=now)
    company.commit()

    assert owner_of(order) == "Boris"
    decided = Proposal.objects.get()
    assert (decided.state, decided.decided_by_id) == ("accepted", company.lead.pk)
    again = lambda: proposal_accept(proposal_id=proposal.pk, seen_version=None, actor=lead, now=now)  # noqa: E731
    assert code_of(again) == "stale"
    assert entries(order) == ["command.proposal_accept", "command.assign"]


def test_a_dismissed_proposal_leaves_the_order_where_it_is(company: Company) -> None:
    anna = company.manager("Anna")
    order = escalated(company)
    boris = company.manager("Boris")
    proposal = ProposalFactory(order=order, from_user=anna.user, to_user=boris.user, created_at=company.now)
    other_lead = company.actor(company.person("Pavel", LEAD))

    proposal_dismiss(proposal_id=proposal.pk, actor=other_lead, now=company.now)

    assert owner_of(order) == "Anna"
    assert proposals_of([order.pk]) == {}
    with pytest.raises(EscalationRefused):
        proposal_dismiss(proposal_id=proposal.pk, actor=other_lead, now=company.now)
