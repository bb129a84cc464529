"""An order comes in: at once it has an owner, a deadline, a next step, and its manager a message."""

from core import actors
from core.models import Entry, Message
from orders.models import Order
from orders.services import NewOrder, orders_intake
from tests.stories.company import Company, loads, moment, owner_of, rounds_of, running_clock


def test_a_new_order_has_an_owner_a_deadline_a_next_step_and_a_message_row(company: Company) -> None:
    company.manager("Anna")

    order = company.order()

    assert owner_of(order) == "Anna"
    assert rounds_of(order) == [("Anna", "offered")]
    assert (order.next_action, order.next_action_whose) == ("accept_order", "person")
    assert order.next_action_user == order.assigned_manager
    # 30 minutes of Anna's shift from noon; the first thing to happen is the warning at 50 %.
    assert order.due_at == order.next_action_due == moment("12:30")
    assert order.wake_at == moment("12:15")
    clock = running_clock(order)
    assert (clock.kind, clock.due_at, clock.policy_version) == ("accept", moment("12:30"), 1)
    assert [share for share, _at in clock.warnings] == [50, 75, 90]
    message = Message.objects.get()
    assert (message.template, message.person, message.order_id, message.status) == (
        "order_new",
        order.assigned_manager,
        order.pk,
        "queued",
    )
    assert loads() == {"Anna": (1, 1, 1)}
    assert company.audit() == {}


def test_it_is_written_down_who_decided_and_because_of_what(company: Company) -> None:
    anna = company.manager("Anna")
    boris = company.manager("Boris", capacity=60)

    order = company.order()

    # 1 of 60 is less than 1 of 30.
    held = order.assignments.get()
    assert held.manager == boris.user
    assert held.by_kind == "rop"
    assert held.because == ["least_loaded"]
    assert held.load_before == 0
    assert held.snapshot is not None
    assert {row["manager_id"] for row in held.snapshot.candidates} == {anna.user_id, boris.user_id}
    kinds = list(Entry.objects.filter(order_id=order.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["command.intake", "decision.plan"]


def test_the_intake_of_many_is_one_entry_that_spans_their_numbers(company: Company) -> None:
    company.manager("Anna")

    rows = [NewOrder(external_id=name, client_name="Client", item="Goods") for name in "CAB"]
    received = orders_intake(rows=rows, actor=actors.rop(), now=company.now)

    numbers = sorted(item.order_id for item in received)
    entry = Entry.objects.get(kind="command.intake")
    assert entry.order_id is None
    assert entry.output == {"orders": 3, "first": numbers[0], "last": numbers[-1]}


def test_the_same_intake_twice_makes_no_second_order(company: Company) -> None:
    company.manager("Anna")
    order = company.order("A-1")
    version, messages = order.version, Message.objects.count()

    company.now = moment("12:05")
    again = company.order("A-1")

    assert again.pk == order.pk
    assert Order.objects.count() == 1
    assert again.version == version
    assert Message.objects.count() == messages
    assert rounds_of(again) == [("Anna", "offered")]
