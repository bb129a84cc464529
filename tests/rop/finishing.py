"""Doing what the next step says, as whoever's turn it is: the way of any order to its end."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from assignment.services import order_assign
from core.models import User
from orders.gate import RouteData
from orders.models import Approval, Inspection, Order, Payout, PayoutState, Purpose, Task, TaskStatus
from orders.selectors.deals import approvals_open, blockers_open, claims_open, deal_of, today
from orders.services import (
    ApprovalRefused,
    GivenLogistics,
    approval_decide,
    blocker_resolve,
    claim_settle,
    client_decision_record,
    contact_add,
    inspection_answer,
    inspection_decide,
    inspection_verdict,
    logistics_record,
    order_route,
    payment_record,
    payout_ask,
    payout_pay,
    price_set,
    route_ask,
    task_done,
    tracking_record,
)
from orders.services.inspecting import inspection_recount
from rop import loop
from tests.factories import EvidenceFactory
from tests.stories.company import Company
from tests.stories.inspecting import answers

DAY = timedelta(days=1)
PRICE = Decimal(1000)
STEPS_AT_MOST = 60
_documents = count(1)


class Stuck(AssertionError):
    """What the next step says can't be done, or leads nowhere."""


class Finisher:
    """Does the next step of one order. `leads`: two of them, so that each decides what the other asks for."""

    def __init__(
        self, company: Company, order_id: int, *, leads: tuple[User, User], finance: User, managers: list[int]
    ) -> None:
        self.company = company
        self.order_id = order_id
        self.leads = leads
        self.finance = finance
        self.managers = managers

    # ── what is there ──

    @property
    def now(self) -> datetime:
        return self.company.now

    def order(self) -> Order:
        return Order.objects.get(pk=self.order_id)

    def whose(self, order: Order) -> User:
        """The person whose turn it is; for a role, somebody who has it."""
        if order.next_action_whose == "person":
            assert order.next_action_user is not None
            return order.next_action_user
        return {"lead": self.leads[0], "finance": self.finance}[order.next_action_whose]

    # ── doing ──

    def finish(self) -> int:
        """Until the order is closed. Returns in how many steps. Raises Stuck."""
        for step in range(STEPS_AT_MOST):
            if self.order().closed_at is not None:
                return step
            self.step()
        raise Stuck(f"not closed after {STEPS_AT_MOST} steps: {self.said()}")

    def reach(self, status: str) -> bool:
        """Until the order stands there; False when it is over before."""
        for _step in range(STEPS_AT_MOST):
            order = self.order()
            if order.status == status:
                return True
            if order.closed_at is not None or order.status in ("delivered", "cancelled", "rejected"):
                return False
            self.step()
        raise Stuck(f"never got to {status}: {self.said()}")

    def step(self) -> None:
        order = self.order()
        before = (order.version, self.now)
        by = _STEPS.get(order.next_action)
        if by is None:
            raise Stuck(f"nobody knows how to do it: {self.said()}")
        by(self, order)
        self.company.commit()
        order.refresh_from_db()
        if (order.version, self.now) == before:
            raise Stuck(f"nothing came of it: {self.said()}")

    def said(self) -> str:
        order = self.order()
        return f"{order.status}: {order.next_action} of {order.next_action_whose} {order.next_action_missing}"

    # ── each step ──

    def _assign(self, order: Order) -> None:
        """AI-РОП does it; where nobody is left, a lead."""
        self.company.go(timedelta(minutes=1))
        if self.order().assigned_manager_id is None:
            by = self.company.actor(self.leads[0])
            order_assign(
                order_id=order.pk, manager_id=self.managers[0], actor=by, seen_version=None, now=self.now
            )

    def _route(self, order: Order, route: str, *, reason_code: str = "", by: User | None = None) -> None:
        actor = self.company.actor(by or self.whose(order))
        data = RouteData(reason="So it is", reason_code=reason_code)
        order_route(order_id=order.pk, route=route, actor=actor, seen_version=None, now=self.now, data=data)

    def _accept(self, order: Order) -> None:
        self._route(order, "accept")

    def _contact_seller(self, order: Order) -> None:
        self._contact(order, "seller")

    def _contact(self, order: Order, whom: str) -> None:
        contact_add(
            order_id=order.pk,
            whom=whom,
            channel="phone",
            outcome="reached",
            actor=self.company.actor(self.whose(order)),
            now=self.now,
        )

    def _fill(self, order: Order) -> None:
        wanted = {int(code.partition(":")[2]) for code in order.next_action_missing}
        given = [one for one in answers() if one.point in wanted]
        inspection_answer(
            order_id=order.pk, answers=given, actor=self.company.actor(self.whose(order)), now=self.now
        )

    def _attach(self, order: Order) -> None:
        """As rows: opening each takes a third of a second."""
        inspection = Inspection.objects.get(order=order, ended_at__isnull=True)
        for code in order.next_action_missing:
            item = inspection.template.items.get(number=int(code.partition(":")[2]))
            for _photo in range(item.proof_count):
                EvidenceFactory(
                    order=order,
                    inspection=inspection,
                    item=item,
                    kind=item.proof,
                    purpose="inspection",
                    added_by=self.whose(order),
                    at=self.now,
                )
        inspection_recount(order, inspection)
        order.save_facts(now=self.now)
        loop.look([order.pk], self.now)

    def _complete_inspection(self, order: Order) -> None:
        actor = self.company.actor(self.whose(order))
        if order.next_action_missing == ["verdict"]:
            inspection_verdict(
                order_id=order.pk, verdict="remarks", remarks="No papers", actor=actor, now=self.now
            )
        elif order.next_action_missing == ["lead_decision"]:
            inspection_decide(
                order_id=order.pk, decision="go_on", reason="It will do", actor=actor, now=self.now
            )
        else:
            self._route(order, "complete_inspection")

    def _follow_up(self, order: Order) -> None:
        self._contact(order, "client")

    def _client_decision(self, order: Order) -> None:
        if order.next_action_missing == ["client_decision"]:
            client_decision_record(
                order_id=order.pk,
                decision="confirmed",
                actor=self.company.actor(self.whose(order)),
                now=self.now,
            )
        else:
            assert order.next_action_missing in (["cancel"], ["lead_decision"])
            reason = "client_refused" if order.next_action_missing == ["cancel"] else "undecided"
            self.ask_or_take(order, "cancel", reason_code=reason)

    def ask_or_take(
        self, order: Order, route: str, *, reason_code: str = "", by: User | None = None
    ) -> Approval | None:
        """Take the route, or ask for it where it is at risk."""
        actor = self.company.actor(by or self.whose(order))
        data = RouteData(reason="So it is", reason_code=reason_code)
        try:
            return route_ask(order_id=order.pk, route=route, actor=actor, now=self.now, data=data)
        except ApprovalRefused as refusal:
            if refusal.code != "no_approval_needed":
                raise
            self._route(order, route, reason_code=reason_code, by=by)
            return None

    def _confirm_payment(self, order: Order) -> None:
        if "price" in order.next_action_missing:
            price_set(
                order_id=order.pk,
                price=PRICE,
                currency=order.currency,
                reason="Agreed",
                actor=self.company.actor(self.whose(order)),
                now=self.now,
            )
            return
        deal = deal_of(order.pk)
        assert deal.price is not None
        self.pay(deal.price - deal.paid, deal.currency)

    def pay(self, amount: Decimal, currency: str = "RUB") -> None:
        payment_record(
            order_id=self.order_id,
            amount=amount,
            currency=currency,
            paid_at=self.now,
            document=f"{next(_documents)}",
            actor=self.company.actor(self.finance),
            now=self.now,
        )

    def logistics(self, order: Order, **given: object) -> None:
        logistics_record(
            order_id=order.pk,
            given=GivenLogistics(**given),  # type: ignore[arg-type]
            actor=self.company.actor(self.whose(order)),
            now=self.now,
        )

    def _agree_date(self, order: Order) -> None:
        self.logistics(order, seller_date=today(self.now) + DAY)

    def _release(self, order: Order) -> None:
        self._route(order, "release_to_ship")

    def _fix_logistics(self, order: Order) -> None:
        facts = {"carrier": "CDEK", "tracking": "10 2345", "promised_date": today(self.now) + 5 * DAY}
        self.logistics(order, **{name: facts[name] for name in order.next_action_missing})

    def _ship(self, order: Order) -> None:
        self._route(order, "ship")

    def _track(self, order: Order) -> None:
        if order.next_action_missing == ["tracking_check"]:
            tracking_record(
                order_id=order.pk,
                state="moving",
                actor=self.company.actor(self.whose(order)),
                now=self.now,
            )
        else:
            self._delivery(order)

    def _delivery(self, order: Order) -> None:
        if "delivery_date" in order.next_action_missing:
            self.logistics(order, delivered_at=self.now)
        elif "proof" in order.next_action_missing:
            EvidenceFactory(
                order=order,
                purpose=Purpose.DELIVERY,
                inspection=None,
                item=None,
                added_by=self.whose(order),
                at=self.now,
            )
            order.save_facts(now=self.now)
            loop.look([order.pk], self.now)
        else:
            self._route(order, "deliver")

    def _settle_claim(self, order: Order) -> None:
        if order.next_action_missing == ["payout"]:
            self._pay_out(order)
            return
        for claim in claims_open(order.pk):
            claim_settle(
                claim_id=claim.pk,
                outcome="repaired",
                resolution="Mended",
                actor=self.company.actor(self.whose(order)),
                now=self.now,
            )

    def _close(self, order: Order) -> None:
        assert order.next_action_due is not None
        self.company.go_to(order.next_action_due)

    def _resolve_blocker(self, order: Order) -> None:
        blocker = blockers_open(order.pk)[0]
        assert order.next_action_missing == [f"blocker:{blocker.pk}"]
        blocker_resolve(
            blocker_id=blocker.pk,
            resolution="Gone",
            actor=self.company.actor(self.whose(order)),
            now=self.now,
        )

    def _decide_approval(self, order: Order) -> None:
        approval = approvals_open(order.pk)[0]
        assert order.next_action_missing == [f"approval:{approval.pk}"]
        self.decide(approval)

    def decide(self, approval: Approval) -> bool:
        """Approve; decline what can't be approved any more. Returns whether it was carried out."""
        decider = next(lead for lead in self.leads if lead.pk != approval.asked_by_id)
        by = {"approval_id": approval.pk, "actor": self.company.actor(decider), "now": self.now}
        try:
            approval_decide(answer="approve", **by)
        except ApprovalRefused:
            approval_decide(answer="decline", reason="The order has changed", **by)
            return False
        return True

    def _do_task(self, order: Order) -> None:
        found = Task.objects.filter(order=order, status=TaskStatus.OPEN).order_by("due_at", "pk").first()
        assert found is not None
        if found.kind == "pay_out" and self._pay_out(order):
            return
        if found.kind == "settle_money" and deal_of(order.pk).holds_money:
            self._refund(order)
            return
        if found.kind in ("contact_seller", "contact_client"):
            self._contact(order, found.kind.removeprefix("contact_"))
            return
        if found.kind.startswith("contact_"):
            self._contact(order, found.kind.removeprefix("contact_"))
            return
        task_done(task_id=found.pk, actor=self.company.actor(self.whose(order)), now=self.now)

    def _pay_out(self, order: Order) -> bool:
        approved = list(Payout.objects.filter(order=order, state=PayoutState.APPROVED))
        for payout in approved:
            payout_pay(
                payout_id=payout.pk,
                document=f"{next(_documents)}",
                paid_at=self.now,
                actor=self.company.actor(self.finance),
                now=self.now,
            )
        return bool(approved)

    def _refund(self, order: Order) -> None:
        currency, amount = next((c, a) for c, a in deal_of(order.pk).held.items() if a > 0)
        payout_ask(
            order_id=order.pk,
            kind="refund",
            amount=amount,
            currency=currency,
            reason="The deal is off",
            actor=self.company.actor(self.whose(order)),
            now=self.now,
        )


_STEPS: Mapping[str, Callable[[Finisher, Order], None]] = {
    "assign_manager": Finisher._assign,
    "accept_order": Finisher._accept,
    "contact_seller": Finisher._contact_seller,
    "fill_inspection": Finisher._fill,
    "attach_evidence": Finisher._attach,
    "complete_inspection": Finisher._complete_inspection,
    "follow_up_client": Finisher._follow_up,
    "record_client_decision": Finisher._client_decision,
    "confirm_payment": Finisher._confirm_payment,
    "agree_date_with_seller": Finisher._agree_date,
    "release": Finisher._release,
    "fix_logistics": Finisher._fix_logistics,
    "ship": Finisher._ship,
    "track_shipment": Finisher._track,
    "confirm_delivery": Finisher._delivery,
    "settle_claim": Finisher._settle_claim,
    "close": Finisher._close,
    "resolve_blocker": Finisher._resolve_blocker,
    "decide_approval": Finisher._decide_approval,
    "do_task": Finisher._do_task,
}
"""How each next step is done; `look_again` is nobody's but the loop's."""
