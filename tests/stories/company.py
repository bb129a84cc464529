"""A small company on a virtual clock: real services, the real loop, a real database, round numbers.

Targets are chosen so that deadlines can be worked out in one's head: to accept 30 minutes of the manager's
shifts (20 high, 10 critical), to assign 10 working minutes, an inspection 8 working hours, each with warnings
at 50, 75 and 90 %. The team works every day from 09:00 to 21:00 in Moscow (UTC+3 all year).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min

from assignment.models import Absence, Assignment, Manager, ManagerLoad, Shift, WeightTable
from assignment.services import absence_add, manager_set
from core import actors
from core.actors import Actor, Door
from core.models import Calendar, ChatGroup, Duty, Message, Team, TelegramLink, User
from core.roles import LEAD, MANAGER, user_set_roles
from orders.gate import RouteData
from orders.models import Order
from orders.services import NewOrder, order_route, orders_intake
from orders.statuses import Severity
from rop import loop
from rop.audit import audit
from sla.models import Clock, Matrix, Rule, Rung
from sla.services import matrix_publish

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = date(2026, 3, 2)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

TARGETS_IN_MINUTES = (
    # clock, stage, counted by, normal / high / critical
    ("assign", "pending_manager", "business", (10, 10, 10)),
    ("accept", "pending_manager", "shift", (30, 20, 10)),
    ("stage", "under_inspection", "business", (480, 240, 120)),
    ("stage", "awaiting_payment", "elapsed", (4320, 2880, 1440)),
    ("stage", "ready_for_shipment", "business", (960, 480, 240)),
    ("stage", "in_transit", "elapsed", (14400, 10080, 7200)),
)
WEIGHTS = {
    "pending_manager": "1",
    "under_inspection": "1",
    "awaiting_payment": "0.2",
    "ready_for_shipment": "0.5",
    "in_transit": "0.1",
}
SEVERITY_WEIGHTS = {"normal": "1", "high": "1.5", "critical": "2"}


def moment(clock: str, *, day: int = 0) -> datetime:
    """A wall clock's time in Moscow, `day` days after Monday, 2 March 2026; in UTC, as the database's clock tells."""
    local = datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(clock), tzinfo=MOSCOW)
    return local.astimezone(UTC)


@dataclass
class Company:
    quiet_hours: ClassVar[dict[str, None]] = {}
    """Those of a new matrix, unless these are given."""

    now: datetime = field(default_factory=lambda: moment("12:00"))
    lead: User = field(init=False)
    team: Team = field(init=False)

    def __post_init__(self) -> None:
        founded = moment("00:00", day=-30)
        Calendar.objects.create(
            code="default",
            version=1,
            title="Hours",
            time_zone="Europe/Moscow",
            hours={"week": [[["09:00", "21:00"]]] * 7, "exceptions": {}},
            published_at=founded,
        )
        self.publish_matrix(version=1)
        self.publish_weights(version=1)
        self.lead = self.person("Olga", LEAD)
        self.team = Team.objects.create(name="Moscow", lead=self.lead)

    def publish_matrix(
        self,
        *,
        version: int,
        targets: Sequence[tuple[str, str, str, tuple[int, int, int]]] = TARGETS_IN_MINUTES,
        rungs: Sequence[dict[str, Any]] = (),
    ) -> None:
        """With the default ladder unless there are rungs."""
        matrix = Matrix.objects.create(version=version, **self.quiet_hours)
        Rung.objects.bulk_create(Rung(matrix=matrix, **rung) for rung in rungs)
        Rule.objects.bulk_create(
            Rule(
                matrix=matrix,
                kind=kind,
                stage=stage,
                severity=severity,
                target_seconds=minutes * 60,
                mode=mode,
                warn_at=[50, 75, 90],
            )
            for kind, stage, mode, by_severity in targets
            for severity, minutes in zip(Severity.values, by_severity, strict=True)
        )
        founder = replace(actors.rop(), permissions=frozenset({"sla.change_matrix"}))
        matrix_publish(matrix_id=matrix.pk, actor=founder, now=self.now)

    def publish_weights(self, *, version: int, **stages: str) -> None:
        WeightTable.objects.create(
            version=version, stages={**WEIGHTS, **stages}, severities=SEVERITY_WEIGHTS, published_at=self.now
        )

    # ── people ──

    def person(self, name: str, role: str) -> User:
        user = User.objects.create(
            username=name.lower(), first_name=name, email=f"{name.lower()}@rop.example"
        )
        user_set_roles(user=user, roles=[role])
        return user

    def manager(
        self,
        name: str,
        *shifts: tuple[datetime, datetime],
        capacity: int = 30,
        offers_cap: int | None = None,
        linked: bool = True,
    ) -> Manager:
        """On shift from 09:00 to 21:00 on Monday and Tuesday unless other shifts are given."""
        user = self.person(name, MANAGER)
        user.team = self.team
        user.save(update_fields=["team"])
        if linked:
            TelegramLink.objects.create(
                user=user, telegram_id=7000 + user.pk, chat_id=7000 + user.pk, linked_at=self.now
            )
        manager = Manager.objects.create(
            user=user, capacity=Decimal(capacity), offers_cap=offers_cap, created_at=self.now
        )
        for starts_at, ends_at in shifts or [
            (moment("09:00"), moment("21:00")),
            (moment("09:00", day=1), moment("21:00", day=1)),
        ]:
            Shift.objects.create(manager=manager, starts_at=starts_at, ends_at=ends_at, source="weekly")
        return manager

    def admins(self) -> ChatGroup:
        """The group that the ladder ends in."""
        return ChatGroup.objects.create(code="admins", title="Admins", chat_id=-100_500)

    def on_duty(self, name: str, starts_at: datetime, ends_at: datetime) -> User:
        """Another lead, who is on duty then."""
        lead = self.person(name, LEAD)
        Duty.objects.create(user=lead, starts_at=starts_at, ends_at=ends_at)
        return lead

    def actor(self, who: Manager | User) -> Actor:
        user = who.user if isinstance(who, Manager) else who
        return actors.person(User.objects.get(pk=user.pk), door=Door.BOT)

    # ── what happens ──

    def receive(self, *external_ids: str, severity: str = "normal") -> list[Order]:
        """These orders come in now, in one batch, with AI-РОП's look at them."""
        return self.intake(*((external_id, severity) for external_id in external_ids))

    def intake(self, *orders: tuple[str, str]) -> list[Order]:
        """As `receive`, of (external id, severity)."""
        rows = [
            NewOrder(external_id=external_id, client_name="Client", item="Camera", severity=severity)
            for external_id, severity in orders
        ]
        orders_intake(rows=rows, actor=actors.agent(1), now=self.now)
        self.commit()
        return [Order.objects.get(external_id=external_id) for external_id, _severity in orders]

    def order(self, external_id: str = "A-1", *, severity: str = "normal") -> Order:
        return self.receive(external_id, severity=severity)[0]

    def accept(self, order: Order, who: Manager | None = None) -> Order:
        order.refresh_from_db()
        user = who.user if who else order.assigned_manager
        assert user is not None
        moved = order_route(
            order_id=order.pk,
            route="accept",
            actor=self.actor(user),
            seen_version=order.version,
            now=self.now,
        )
        self.commit()
        return moved

    def cancel(self, order: Order, *, reason: str = "duplicate") -> Order:
        """By the lead."""
        moved = order_route(
            order_id=order.pk,
            route="cancel",
            actor=self.actor(self.lead),
            seen_version=None,
            now=self.now,
            data=RouteData(reason_code=reason),
        )
        self.commit()
        return moved

    def return_to_queue(self, order: Order, *, reason: str = "Too far away") -> Order:
        """By its owner."""
        order.refresh_from_db()
        assert order.assigned_manager is not None
        moved = order_route(
            order_id=order.pk,
            route="return_to_queue",
            actor=self.actor(order.assigned_manager),
            seen_version=order.version,
            now=self.now,
            data=RouteData(reason=reason),
        )
        self.commit()
        return moved

    def absent(self, who: Manager, starts_at: datetime, ends_at: datetime) -> Absence:
        absence = absence_add(
            manager_id=who.pk, starts_at=starts_at, ends_at=ends_at, actor=self.actor(self.lead), now=self.now
        )
        self.commit()
        return absence

    def capacity(self, who: Manager, capacity: Decimal | int) -> None:
        manager_set(manager_id=who.pk, capacity=Decimal(capacity), actor=self.actor(self.lead), now=self.now)
        self.commit()

    def go_to(self, until: datetime) -> None:
        """Let time pass: the loop sweeps at every moment at which something is due, and at `until`."""
        while (due := self._next_due()) is not None and due <= until:
            before = due
            self.now = max(due, self.now)
            self.sweep()
            if self._next_due() == before:
                raise AssertionError(f"what was due at {before} is still due after the sweep")
        self.now = until
        self.sweep()

    def sweep(self) -> None:
        """AI-РОП looks at what is due now."""
        loop.sweep(self.now)
        self.commit()

    def go(self, passed: timedelta) -> None:
        self.go_to(self.now + passed)

    def commit(self) -> None:
        """What COMMIT would check: the deferred constraints and triggers."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _next_due(self) -> datetime | None:
        moments = [
            Order.objects.filter(closed_at__isnull=True).aggregate(at=Min("wake_at"))["at"],
            Absence.objects.filter(begun_at__isnull=True).aggregate(at=Min("starts_at"))["at"],
            Shift.objects.filter(starts_at__gt=self.now).aggregate(at=Min("starts_at"))["at"],
        ]
        return min((at for at in moments if at is not None), default=None)

    # ── what is seen ──

    def audit(self) -> dict[str, int]:
        """The invariants that are broken now, by name."""
        return {name: count for name, count in audit(now=self.now).counts.items() if count}

    def told(self, who: Manager | User) -> list[str]:
        """The templates of what this person was told, oldest first."""
        user = who.user if isinstance(who, Manager) else who
        return list(Message.objects.filter(person=user).order_by("pk").values_list("template", flat=True))

    def heard(self, *templates: str) -> list[tuple[str, str, str]]:
        """(who, template, when in Moscow as "day hh:mm") of these, oldest first; edits of cards left out."""
        found = Message.objects.filter(template__in=templates, edits=False)
        return [
            (
                message.person.first_name if message.person else "admins",
                message.template,
                f"{message.created_at.astimezone(MOSCOW):%d %H:%M}",
            )
            for message in found.select_related("person").order_by("created_at", "pk")
        ]

    def escalated(self) -> list[tuple[str, str]]:
        """(who, when) of each telling above the owner."""
        return [(who, when) for who, _template, when in self.heard("escalation")]

    def told_in_all(self, template: str) -> int:
        return Message.objects.filter(template=template).count()


def owner_of(order: Order) -> str:
    """The owner's first name, "" while it has none."""
    order.refresh_from_db()
    return order.assigned_manager.first_name if order.assigned_manager else ""


def rounds_of(order: Order) -> list[tuple[str, str]]:
    """Who has had the order and how that ended, first to last."""
    return [
        (held.manager.first_name, str(held.state))
        for held in Assignment.objects.filter(order=order).select_related("manager").order_by("round")
    ]


def running_clock(order: Order) -> Clock:
    """The one clock of the order itself that runs."""
    return Clock.objects.get(subject_type="order", subject_id=order.pk, state="running")


def loads() -> dict[str, tuple[Decimal, int, int]]:
    """(load, unaccepted, open orders) by first name."""
    return {
        counted.manager.user.first_name: (counted.load, counted.offers, counted.open_orders)
        for counted in ManagerLoad.objects.select_related("manager__user")
    }
