"""A look twice is a look once; its queries don't grow with the orders."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from core import actors
from core.models import Entry, Message, User
from orders.models import Approval, Order, Task
from orders.selectors.deals import today
from orders.services import NewOrder, orders_intake
from rop import loop
from rop.models import Escalation
from rop.services import escalation_acknowledge, order_snooze
from sla.models import Clock
from tests.factories import ApprovalFactory, BlockerFactory, LogisticsFactory, OrderFactory
from tests.stories.company import Company, moment

SIZES = (1, 100, 500)
TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET CONSTRAINTS")


def statements(ids: list[int], now: datetime) -> list[str]:
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        transaction.atomic(),
    ):
        loop.look(ids, now)
    return [row["sql"] for row in captured.captured_queries if not row["sql"].startswith(TRANSACTION)]


def fresh(company: Company, count: int, settings: Settings) -> list[int]:
    """Orders that nobody has looked at yet."""
    settings.ROP_LOOK = "tests.stories.failing.look"
    rows = [NewOrder(external_id=f"{count}-{n}", client_name="Client", item="Camera") for n in range(count)]
    received = orders_intake(rows=rows, actor=actors.agent(1), now=company.now)
    settings.ROP_LOOK = "rop.loop.look"
    return [row.order_id for row in received]


def test_the_number_of_queries_is_the_same_for_1_100_and_500_orders(
    company: Company, settings: Settings
) -> None:
    for name in ("Anna", "Boris", "Vera"):
        company.manager(name, capacity=1000)
    # The first look of a process also reads the rules in force.
    statements(fresh(company, 2, settings), company.now)
    batches = [fresh(company, size, settings) for size in SIZES]

    finding_owners = [len(statements(batch, company.now)) for batch in batches]
    nothing_to_do = [len(statements(batch, company.now)) for batch in batches]
    reminding = [len(statements(batch, moment("12:15"))) for batch in batches]
    taking_away = [len(statements(batch, moment("12:30"))) for batch in batches]

    for counted in (finding_owners, nothing_to_do, reminding, taking_away):
        assert len(set(counted)) == 1, (finding_owners, nothing_to_do, reminding, taking_away)
    company.commit()
    assert Order.objects.filter(assigned_manager__isnull=True).count() == 0
    assert Message.objects.filter(template="order_taken").count() == sum(SIZES)


def test_climbing_costs_the_same_number_of_queries_for_1_100_and_500_orders(
    company: Company, settings: Settings
) -> None:
    """Nobody is there to take them: their time to find an owner ends at 12:10, and the ladder begins."""
    company.admins()
    statements(fresh(company, 2, settings), company.now)
    batches = [fresh(company, size, settings) for size in SIZES]
    waiting = [len(statements(batch, company.now)) for batch in batches]
    assert len(set(waiting)) == 1

    opening = [len(statements(batch, moment("12:10"))) for batch in batches]
    climbing = [len(statements(batch, moment("12:20"))) for batch in batches]
    to_the_group = [len(statements(batch, moment("12:40"))) for batch in batches]
    nothing_to_do = [len(statements(batch, moment("12:41"))) for batch in batches]

    for counted in (opening, climbing, to_the_group, nothing_to_do):
        assert len(set(counted)) == 1, (opening, climbing, to_the_group, nothing_to_do)
    company.commit()
    assert Escalation.objects.filter(level=4).count() == sum(SIZES)
    assert Message.objects.filter(group__isnull=False).count() == sum(SIZES)


def test_what_a_deal_brings_costs_the_same_number_of_queries_for_1_20_and_100_orders(
    company: Company,
) -> None:
    """Asked, nobody has decided, a request expires, what stands in the way is late, the way is looked at."""
    company.admins()
    anna = company.manager("Anna", capacity=1000)
    # The first look of a process also reads the rules in force.
    statements(in_deals(company, anna.user, 1), company.now)
    batches = [in_deals(company, anna.user, size) for size in (1, 20, 100)]

    asking = [len(statements(batch, company.now)) for batch in batches]
    nothing_to_do = [len(statements(batch, company.now)) for batch in batches]
    late = [len(statements(batch, moment("13:00"))) for batch in batches]
    looking = [len(statements(batch, moment("12:00", day=2))) for batch in batches]
    undecided = [len(statements(batch, moment("12:00", day=3))) for batch in batches]

    for counted in (asking, nothing_to_do, late, looking, undecided):
        assert len(set(counted)) == 1, (asking, nothing_to_do, late, looking, undecided)
    assert nothing_to_do[0] <= 11
    company.commit()
    opened = Task.objects.filter(stage__isnull=False).values_list("kind").annotate(Count("pk"))
    assert dict(opened) == {"follow_up": 122, "track": 121, "decide_undecided": 121}
    assert Approval.objects.filter(state="expired").count() == 121


def in_deals(company: Company, manager: User, size: int) -> list[int]:
    """As many that await the client's decision, with a request and something in their way, and as many on the way."""
    of_now = {
        "owned": True,
        "assigned_manager": manager,
        "status_since": company.now,
        "moved_at": company.now,
    }
    waiting = OrderFactory.create_batch(size, status="awaiting_payment", **of_now)
    sent = OrderFactory.create_batch(size, status="in_transit", **of_now)
    for order in waiting:
        BlockerFactory(order=order, owner=manager, opened_at=company.now, due_at=moment("13:00"))
        ApprovalFactory(
            order=order,
            asked_by=manager,
            asked_at=company.now,
            due_at=moment("13:00"),
            expires_at=moment("12:00", day=2),
        )
    for order in sent:
        promised = today(moment("12:00", day=5))
        LogisticsFactory(order=order, promised_date=promised, carrier="CDEK", tracking="10", by=manager)
    return [order.pk for order in (*waiting, *sent)]


def test_an_unchanged_look_is_nine_queries_at_most(company: Company) -> None:
    company.manager("Anna", capacity=1000)
    orders = company.receive("A-1", "A-2")
    company.accept(orders[0])
    ids = [order.pk for order in orders]
    statements(ids, company.now)

    assert len(statements(ids, company.now)) <= 9


def test_looking_again_writes_nothing(company: Company) -> None:
    company.manager("Anna", capacity=2)
    pending, accepted, waiting = company.receive("A-1", "A-2", "A-3")
    company.accept(accepted)
    ids = [pending.pk, accepted.pk, waiting.pk]

    for at in ("12:00", "12:01", "12:04"):
        sqls = statements(ids, moment(at))
        assert [sql for sql in sqls if sql.split()[0] in ("INSERT", "UPDATE", "DELETE")] == []


def test_looking_again_at_what_climbs_is_snoozed_or_acknowledged_writes_nothing(company: Company) -> None:
    company.manager("Anna")
    climbing, snoozed, acknowledged = [company.accept(o) for o in company.receive("A-1", "A-2", "A-3")]
    company.go_to(moment("20:01"))
    lead, until = company.actor(company.lead), moment("21:30")
    order_snooze(order_id=snoozed.pk, until=until, why="later", actor=lead, now=company.now)
    escalation_acknowledge(order_id=acknowledged.pk, actor=lead, until=until, now=company.now)
    ids = [climbing.pk, snoozed.pk, acknowledged.pk]

    for at in ("20:01", "20:02", "20:59"):
        sqls = statements(ids, moment(at))
        assert [sql for sql in sqls if sql.split()[0] in ("INSERT", "UPDATE", "DELETE")] == []


def test_at_another_time_without_news_only_what_came_due_changes(company: Company) -> None:
    company.manager("Anna")
    order = company.order()
    entries = Entry.objects.count()
    before = Order.objects.values().get(pk=order.pk)

    company.go_to(moment("12:15"))

    after = Order.objects.values().get(pk=order.pk)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"wake_at"}
    assert after["wake_at"] == moment("12:22").replace(second=30)
    assert Clock.objects.get(order_id=order.pk).warned == 50
    assert Entry.objects.count() == entries + 1
