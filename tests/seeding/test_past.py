"""The past of a demonstration, as it was lived through: real services, the real loop, a simulated clock."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from PIL import Image
from pytest_django.plugin import DjangoDbBlocker

import assignment.selectors
import core.selectors
import orders.selectors.deals
import sla.selectors
from assignment.models import Assignment, Manager
from core import actors, clock
from core.models import ApiKey, Entry, Message, User
from core.roles import FINANCE
from orders.evidence_files import open_kept
from orders.models import (
    Approval,
    Claim,
    ClientDecision,
    Contact,
    Evidence,
    Inspection,
    Note,
    Order,
    Payment,
    Payout,
    StatusEvent,
    Task,
)
from orders.statuses import Status
from panel.management.commands.seed import DEMO
from panel.seeding.installing import install
from panel.simulation.following import takes_it_up
from panel.simulation.running import NotEmpty, simulate
from panel.simulation.world import World
from rop.audit import audit
from rop.replaying import decisions, replay
from sla.models import Clock, Violation

NOW = datetime(2026, 3, 4, 20, 37, tzinfo=UTC)
START = NOW - timedelta(days=DEMO.days)

# The first of them lives through all of it.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module", autouse=True)
def past(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Lived through once for all tests of this file, which only look at it."""
    # Before the fixtures of any single test: the rules of another test are still known here.
    policies = (sla.selectors.matrix, assignment.selectors.weights, core.selectors.calendar)
    for cached in (*policies, orders.selectors.deals.terms):
        cached.cache_clear()
    with django_db_blocker.unblock(), transaction.atomic():
        install(file=tmp_path_factory.mktemp("run") / "seed.json", demo=timedelta(days=DEMO.days), now=NOW)
        simulate(DEMO, until=NOW)
        yield
        transaction.set_rollback(True)


def test_orders_have_come_in_and_people_have_behaved_as_people_do() -> None:
    assert 30 < Order.objects.count() < 100
    ended = Counter(Assignment.objects.values_list("state", flat=True))
    assert ended["accepted"] > 20
    assert ended["silent"] > 0
    assert ended["closed"] > 0
    assert Order.objects.filter(status="cancelled").exclude(cancel_reason="").exists()
    assert Message.objects.filter(template="sla_reminder").exists()
    assert Note.objects.exists()
    assert Task.objects.exists()
    routes = set(StatusEvent.objects.values_list("route", flat=True))
    assert {"intake", "accept", "cancel"} <= routes


def test_orders_have_come_everywhere_and_some_are_over() -> None:
    assert set(Order.objects.values_list("status", flat=True)) >= set(Status.values) - {"pending_manager"}
    assert Order.objects.filter(closed_at__isnull=False).exists()
    forward = {"complete_inspection", "release_to_ship", "ship", "deliver"}
    assert forward <= set(StatusEvent.objects.values_list("route", flat=True))
    # Most of what was inspected went on to the client.
    assert Inspection.objects.filter(verdict__in=["pass", "remarks"]).count() > Order.objects.count() / 2


def test_the_deals_were_made_by_those_who_may_make_them() -> None:
    said = set(ClientDecision.objects.values_list("decision", flat=True))
    assert said == {"confirmed", "thinks", "declined"}
    finance = set(User.objects.filter(groups__name=FINANCE).values_list("pk", flat=True))
    assert set(Payment.objects.values_list("by", flat=True)) <= finance
    decided = Approval.objects.exclude(decided_by=None)
    assert decided.filter(state="approved").exists()
    assert decided.filter(state="declined").exists()
    assert not decided.filter(decided_by=F("asked_by")).exists()
    for task in Task.objects.filter(kind="follow_up", status="done"):
        assert Contact.objects.filter(order=task.order, whom="client", at=task.ended_at).exists() or (
            ClientDecision.objects.filter(order=task.order, at=task.ended_at).exists()
        )


def test_everybody_finds_something_to_do_when_it_ends() -> None:
    open_orders = Order.objects.filter(closed_at__isnull=True)
    assert set(open_orders.values_list("status", flat=True)) >= {
        *("under_inspection", "awaiting_payment", "ready_for_shipment", "in_transit", "delivered")
    }
    # Finance has a payment to expect and money to pay out; a second person has both kinds of things to decide.
    steps = set(open_orders.values_list("next_action", "next_action_whose"))
    assert {
        ("confirm_payment", "finance"),
        ("decide_approval", "lead"),
        ("resolve_blocker", "person"),
    } <= steps
    assert Payout.objects.filter(state="approved").exists()
    assert set(Approval.objects.filter(state="open").values_list("action", flat=True)) >= {"price", "route"}
    assert Claim.objects.filter(settled_at__isnull=True).exists()


def test_every_photo_is_another_one_and_can_be_looked_at() -> None:
    assert (
        Evidence.objects.filter(purpose="delivery").count()
        >= Order.objects.filter(status="delivered").count()
    )
    assert not Evidence.objects.filter(repeats__isnull=False).exists()
    some = Evidence.objects.order_by("pk").first()
    assert some is not None
    with open_kept(some.stored_as) as file, Image.open(file) as photo:
        assert photo.size == (some.width, some.height)


def test_no_message_is_left_for_the_sender() -> None:
    assert Message.objects.count() > 0
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert not Message.objects.filter(sent_at__isnull=True).exists()


def test_it_breaks_no_invariant() -> None:
    assert {name: count for name, count in audit(now=NOW).counts.items() if count} == {}


def test_everything_happened_between_its_beginning_and_now() -> None:
    lived = [
        *Order.objects.values_list("created_at", flat=True),
        *StatusEvent.objects.values_list("at", flat=True),
        *Entry.objects.filter(order_id__isnull=False).values_list("at", flat=True),
        *Assignment.objects.values_list("assigned_at", flat=True),
        *Clock.objects.values_list("started_at", flat=True),
        *Violation.objects.values_list("breached_at", flat=True),
        *Message.objects.values_list("created_at", flat=True),
        *Note.objects.values_list("at", flat=True),
    ]
    assert min(lived) >= START
    assert max(lived) <= NOW
    assert not Order.objects.filter(closed_at__isnull=True, wake_at__lte=NOW).exists()


def test_history_is_in_order() -> None:
    for order in Order.objects.all():
        moments = list(order.status_events.order_by("sequence").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[0] == order.created_at


def test_people_act_through_their_own_door_and_ai_rop_through_its_own() -> None:
    doors = set(StatusEvent.objects.values_list("actor_kind", "door"))
    assert doors == {("agent", "simulation"), ("person", "simulation")}
    intake = ApiKey.objects.get(name="intake")
    assert set(StatusEvent.objects.filter(route="intake").values_list("actor_id", flat=True)) == {intake.pk}
    managers = set(Manager.objects.values_list("user_id", flat=True))
    accepted_by = set(StatusEvent.objects.filter(route="accept").values_list("actor_id", flat=True))
    assert accepted_by <= managers
    assert set(Entry.objects.filter(kind="decision.plan").values_list("actor_kind", "door")) == {
        ("rop", "loop")
    }


def test_every_decision_can_be_replayed() -> None:
    found = list(decisions())
    assert len(found) > 100
    assert [difference for entry in found if (difference := replay(entry)) is not None] == []


def test_a_past_is_not_mixed_into_real_orders() -> None:
    with pytest.raises(NotEmpty):
        simulate(DEMO, until=NOW)
    with pytest.raises(CommandError):
        call_command("simulate", days=1.0, verbosity=0)


def test_an_order_that_was_left_lying_goes_on_when_its_owner_takes_it_up() -> None:
    order = Order.objects.filter(next_action="contact_seller").earliest("status_since")
    owner, another = order.assigned_manager_id, Manager.objects.exclude(user=order.assigned_manager).first()
    assert owner is not None
    assert another is not None
    nobody = actors.rop()
    world = World(seed=1, now=NOW, end=NOW, intake=nobody, grc=nobody, external_ids={order.pk: "A-1"})
    world.meet(since=START)
    with transaction.atomic(), clock.fixed(NOW):
        takes_it_up(order.pk, another.user_id, world)
        assert not Contact.objects.filter(order=order, whom="seller", at=NOW).exists()
        takes_it_up(order.pk, owner, world)
        assert Contact.objects.get(order=order, whom="seller", at=NOW).by_id == owner
        transaction.set_rollback(True)
