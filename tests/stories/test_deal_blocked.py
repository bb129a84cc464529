"""Something stands in the way of a shipment: its owner and deadline, how it climbs, and what goes on afterwards."""

from datetime import timedelta

import pytest

from assignment.models import Manager
from orders.gate import NotAllowed, RouteRefused
from orders.models import Blocker
from orders.services import DealRefused, blocker_open, blocker_pass, blocker_resolve
from rop.replaying import decisions, replay
from sla.models import Clock
from tests.stories.company import HOUR, Company, moment, owner_of
from tests.stories.dealing import awaiting, block, fix_carrier, ready, step, take


@pytest.fixture
def boris(company: Company) -> Manager:
    """The blockers are his; Anna has the orders. Pavel is on duty, the admins have a group."""
    company.admins()
    company.on_duty("Pavel", moment("00:00"), moment("00:00", day=3))
    company.manager("Anna", capacity=30)
    return company.manager("Boris", capacity=0)


def resolve(company: Company, blocker: Blocker, who: Manager) -> None:
    blocker_resolve(
        blocker_id=blocker.pk, resolution="Another lorry", actor=company.actor(who), now=company.now
    )
    company.commit()


def test_a_blocked_shipment_climbs_until_it_is_out_of_the_way_and_then_goes_on(
    company: Company, boris: Manager
) -> None:
    order = ready(company)
    fix_carrier(company, order)
    blocker = block(company, order, boris.user, moment("15:00"))
    assert owner_of(order) == "Anna"
    assert step(order) == ("resolve_blocker", "person", [f"blocker:{blocker.pk}"])
    assert (order.next_action_user, order.next_action_due) == (boris.user, moment("15:00"))

    with pytest.raises(RouteRefused) as refused:
        take(company, order, "ship")
    assert refused.value.lacks() == [f"blocker:{blocker.pk}"]
    assert "The lorry broke down" in str(refused.value)

    company.go_to(moment("09:00", day=1))
    assert company.heard("blocker", "sla_reminder", "sla_breach", "escalation", "stuck") == [
        ("Boris", "blocker", "02 12:00"),
        # Three quarters of three hours.
        ("Boris", "sla_reminder", "02 14:15"),
        ("Boris", "sla_breach", "02 15:00"),
        ("Olga", "escalation", "02 15:00"),
        ("Pavel", "escalation", "02 16:00"),
        ("admins", "escalation", "02 17:00"),
        # Half of the sixteen working hours that the stage has.
        ("Anna", "sla_reminder", "02 20:00"),
        ("admins", "escalation", "02 21:00"),
        # At one o'clock it was quiet.
        ("admins", "escalation", "03 08:00"),
    ]

    resolve(company, blocker, boris)
    assert step(order)[0] == "ship"
    take(company, order, "ship")
    company.go_to(moment("20:00", day=1))
    assert len(company.escalated()) == 5
    assert company.audit() == {}
    assert [found for entry in decisions() if (found := replay(entry))] == []


def test_the_breach_is_of_whoever_had_to_remove_it(company: Company, boris: Manager) -> None:
    order = ready(company)
    block(company, order, boris.user, moment("15:00"))
    company.go_to(moment("15:00"))
    clock = Clock.objects.get(subject_type="blocker")
    assert clock.breached_at == moment("15:00")
    assert clock.violation.owner_id == boris.user_id


def test_whoever_gets_it_back_is_told_again(company: Company, boris: Manager) -> None:
    vera = company.manager("Vera", capacity=0)
    order = ready(company)
    blocker = block(company, order, boris.user, moment("15:00"))
    for owner in (vera, boris):
        blocker_pass(
            blocker_id=blocker.pk,
            owner_id=owner.user_id,
            due_at=moment("15:00"),
            reason="Back again",
            actor=company.actor(company.lead),
            now=company.now,
        )
        company.commit()
    assert [who for who, _what, _when in company.heard("blocker")] == ["Boris", "Vera", "Boris"]


def test_whoever_has_it_is_told_of_another_deadline(company: Company, boris: Manager) -> None:
    order = ready(company)
    blocker = block(company, order, boris.user, moment("15:00"))
    for due in ("14:00", "14:00"):
        blocker_pass(
            blocker_id=blocker.pk,
            owner_id=boris.user_id,
            due_at=moment(due),
            reason="The carrier leaves at two",
            actor=company.actor(company.lead),
            now=company.now,
        )
        company.commit()
    # Once when it became his, once when the lead moved it; the same again is no news.
    assert [who for who, _what, _when in company.heard("blocker")] == ["Boris", "Boris"]


def test_a_lead_passes_it_on_with_another_deadline(company: Company, boris: Manager) -> None:
    vera = company.manager("Vera", capacity=0)
    order = ready(company)
    blocker = block(company, order, boris.user, moment("15:00"))
    passed = {
        "blocker_id": blocker.pk,
        "owner_id": vera.user_id,
        "due_at": moment("18:00"),
        "reason": "He is away",
    }
    with pytest.raises(NotAllowed):
        blocker_pass(**passed, actor=company.actor(boris), now=company.now)
    blocker_pass(**passed, actor=company.actor(company.lead), now=company.now)
    company.commit()
    company.go_to(moment("18:00"))
    assert company.heard("blocker", "sla_breach") == [
        ("Boris", "blocker", "02 12:00"),
        ("Vera", "blocker", "02 12:00"),
        ("Vera", "sla_breach", "02 18:00"),
    ]
    assert step(order) == ("resolve_blocker", "person", [f"blocker:{blocker.pk}"])
    assert order.next_action_user == vera.user


def test_it_is_removed_by_its_owner_or_whoever_may_act_on_the_order_and_once(
    company: Company, boris: Manager
) -> None:
    vera = company.manager("Vera", capacity=0)
    order = ready(company)
    blocker = block(company, order, boris.user, moment("15:00"))
    with pytest.raises(NotAllowed):
        resolve(company, blocker, vera)
    with pytest.raises(DealRefused) as refused:
        blocker_resolve(blocker_id=blocker.pk, resolution=" ", actor=company.actor(boris), now=company.now)
    assert (refused.value.code, refused.value.field) == ("required", "resolution")
    resolve(company, blocker, boris)
    company.go(HOUR)
    resolve(company, blocker, boris)
    blocker.refresh_from_db()
    assert blocker.resolved_at == moment("12:00")


def test_no_blocker_is_without_a_person_here_and_a_deadline_ahead(company: Company, boris: Manager) -> None:
    order = ready(company)
    given = {
        "order_id": order.pk,
        "kind": "carrier",
        "text": "The lorry broke down",
        "owner_id": boris.user_id,
        "due_at": moment("15:00"),
    }
    by = {"actor": company.actor(company.lead), "now": company.now}
    for changed, code in (
        ({"kind": "weather"}, "unknown"),
        ({"text": " "}, "required"),
        ({"text": "x" * 1001}, "too_long"),
        ({"owner_id": 10_000_000}, "unknown"),
        ({"due_at": moment("12:00")}, "in_past"),
        ({"due_at": moment("12:01", day=90)}, "too_late"),
    ):
        with pytest.raises(DealRefused) as refused:
            blocker_open(**{**given, **changed}, **by)
        assert refused.value.code == code
    boris.user.is_active = False
    boris.user.save()
    with pytest.raises(DealRefused):
        blocker_open(**given, **by)
    assert not Blocker.objects.exists()


def test_an_order_that_is_over_has_nothing_in_its_way(company: Company, boris: Manager) -> None:
    order = awaiting(company)
    blocker = block(company, order, boris.user, moment("15:00"), kind="seller")
    company.cancel(order)
    blocker.refresh_from_db()
    assert (blocker.resolved_by, blocker.resolved_at) == (company.lead, company.now)
    order.refresh_from_db()
    assert order.closed_at == company.now
    company.go(timedelta(hours=6))
    assert company.heard("sla_breach") == []
