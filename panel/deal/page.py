"""The deal on an order's page: the present stage's forms are open, the rest is folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.forms import Form
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actors import Actor
from core.models import User
from orders import gate
from orders.approval_words import sums
from orders.models import ClaimOutcome, ClientSaid, Order
from orders.selectors.deals import Deal, terms_in_force
from orders.services.approvals import DECIDE
from orders.services.money import RECORD
from orders.statuses import BEFORE_A_DEAL, CALLED_OFF, FINAL, IN_A_DEAL, Status, Step
from orders.words import money
from panel.deal.acts import ACTS, ROW_ACTS
from panel.deal.facts import DealFacts, left_of

BLOCKER_AHEAD = timedelta(hours=24)
"""The deadline of a blocker unless another one is chosen."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do about the deal."""

    act: bool
    record: bool
    ask_money: bool
    lead: bool
    decide: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the card that can be folded: its template is called by its code. `said`: what it is about, folded."""

    code: str
    title: str | Promise
    icon: str
    said: str
    is_open: bool

    @property
    def template(self) -> str:
        return f"panel/deal/{self.code}.html"


TITLES: Mapping[str, tuple[str | Promise, str]] = {
    "client": (gettext_lazy("The client's decision"), "record_voice_over"),
    "payment": (gettext_lazy("Payment"), "payments"),
    "shipment": (gettext_lazy("Shipment"), "local_shipping"),
    "way": (gettext_lazy("On the way"), "route"),
    "claims": (gettext_lazy("Claims"), "report"),
    "payouts": (gettext_lazy("Refunds and compensations"), "undo"),
    "price": (gettext_lazy("Price"), "sell"),
    "opinions": (gettext_lazy("Legal opinions"), "balance"),
    "decided": (gettext_lazy("What was asked for and decided"), "how_to_vote"),
}
"""The parts in their order."""

STEPS: Mapping[str, str] = {
    Step.FOLLOW_UP_CLIENT: "client",
    Step.RECORD_CLIENT_DECISION: "client",
    Step.CONFIRM_PAYMENT: "payment",
    Step.AGREE_DATE_WITH_SELLER: "shipment",
    Step.FIX_LOGISTICS: "shipment",
    Step.TRACK_SHIPMENT: "way",
    Step.CONFIRM_DELIVERY: "way",
    Step.SETTLE_CLAIM: "claims",
    Step.RESOLVE_BLOCKER: "blockers",
    Step.DECIDE_APPROVAL: "approvals",
}
"""Where on the page a next step is done."""

OTHER_PLACES = {
    "blockers": gettext_lazy("What stands in the way"),
    "approvals": gettext_lazy("What is asked for"),
}


def context(
    order: Order,
    facts: DealFacts,
    by: Actor,
    *,
    people: Sequence[User],
    now: datetime,
    refused: Mapping[str, Form],
) -> dict[str, Any]:
    at = STEPS.get(order.next_action, "") if order.closed_at is None else ""
    return {
        "deal": facts,
        "deal_may": rights(order, facts, by),
        "deal_parts": parts(order, facts, by, refused=refused),
        "deal_is_on": order.status not in BEFORE_A_DEAL,
        "deal_at": at,
        "deal_at_title": OTHER_PLACES.get(at) or TITLES.get(at, ("",))[0],
        "row_refused": {name: form for name, form in refused.items() if name.partition(":")[0] in ROW_ACTS},
        "claim_outcomes": ClaimOutcome.choices,
        "claims_until": _claims_until(order),
        **_forms(order, facts, people, now=now, refused=refused),
    }


def _claims_until(order: Order) -> datetime | None:
    """None while there can be none."""
    if order.status != Status.DELIVERED:
        return None
    return order.status_since + timedelta(seconds=terms_in_force().claim_window)


def rights(order: Order, facts: DealFacts, by: Actor) -> Rights:
    """Of an order that is closed only what came in since is still to be decided about."""
    is_open = order.closed_at is None
    may_act = gate.may_act(by, owner_id=order.assigned_manager_id)
    may_record = by.may(RECORD)
    is_about_money = is_open or facts.holds_late_money(order)
    return Rights(
        act=is_open and may_act,
        record=may_record,
        ask_money=is_about_money and (may_act or may_record),
        lead=is_about_money and by.may("orders.act_on_any"),
        decide=by.may(DECIDE),
    )


def parts(order: Order, facts: DealFacts, by: Actor, *, refused: Mapping[str, Form]) -> list[Part]:
    """Those of the present stage first and open; then what else there is, folded."""
    first = _first(order, facts)
    there = [*first, *(code for code in TITLES if code not in first and _is_there(code, order, facts, by))]
    return [
        Part(
            code,
            *TITLES[code],
            said=_said(code, order, facts),
            is_open=code in first or any(name.startswith(FORMS_OF.get(code, ())) for name in refused),
        )
        for code in there
    ]


FORMS_OF: Mapping[str, tuple[str, ...]] = {
    "client": ("client_form",),
    "payment": ("payment_form", "payments/"),
    "shipment": ("seller_date_form", "shipment_form"),
    "way": ("tracking_form", "delivery_form"),
    "claims": ("claim_form", "claims/"),
    "payouts": ("payout_form", "keep_money_form", "payouts/"),
    "price": ("price_form",),
}
"""A part whose form was refused is open, by how the names of its forms and of the acts of its rows begin."""


def _first(order: Order, facts: DealFacts) -> tuple[str, ...]:
    if order.closed_at is not None:
        return ()
    if order.status == Status.AWAITING_PAYMENT:
        return ("payment", "shipment") if facts.deal.decision == ClientSaid.CONFIRMED else ("client",)
    if order.status in CALLED_OFF:
        return ("payouts",)
    if order.status == Status.DELIVERED:
        return ("claims", "payouts") if facts.claims_open else ("claims",)
    if order.status == Status.READY_FOR_SHIPMENT and facts.deal.has_price and not facts.deal.is_paid:
        return ("payment", "shipment")
    return {
        Status.READY_FOR_SHIPMENT: ("shipment",),
        Status.IN_TRANSIT: ("way",),
    }.get(Status(order.status), ())


def _is_there(code: str, order: Order, facts: DealFacts, by: Actor) -> bool:
    status, is_open = Status(order.status), order.closed_at is None
    in_deal = status in IN_A_DEAL
    return {
        "client": bool(facts.decisions) or status == Status.AWAITING_PAYMENT,
        "payment": bool(facts.payments) or in_deal or by.may(RECORD),
        "shipment": facts.logistics is not None or in_deal,
        "way": bool(facts.checks) or status == Status.IN_TRANSIT or facts.deal.delivered_at is not None,
        "claims": bool(facts.claims) or status == Status.DELIVERED,
        "payouts": bool(facts.payouts)
        or (is_open and (facts.deal.holds_money or status in FINAL))
        or facts.holds_late_money(order),
        "price": order.price is not None or is_open,
        "opinions": bool(facts.opinions),
        "decided": bool(facts.decided),
    }[code]


def _said(code: str, order: Order, facts: DealFacts) -> str:
    """In a line; "" where nothing is to be said."""
    deal = facts.deal
    if code == "client":
        return _client_said(facts)
    if code == "payment":
        if deal.price is None or not deal.has_price:
            return sums(deal.held)
        return _("%(paid)s of %(price)s") % {
            "paid": money(deal.paid, deal.currency),
            "price": money(deal.price, deal.currency),
        }
    if code == "shipment":
        return " ".join(filter(None, [deal.carrier, deal.tracking]))
    if code == "way":
        return str(facts.checks[0].get_state_display()) if facts.checks else ""
    if code == "price":
        return money(order.price, order.currency) if order.price is not None else _("not agreed on")
    numbers: Mapping[str, int] = {
        "claims": len(facts.claims_open),
        "payouts": len(facts.payouts),
        "opinions": len(facts.opinions),
        "decided": len(facts.decided),
    }
    return str(numbers[code]) if numbers[code] else ""


def _client_said(facts: DealFacts) -> str:
    said = facts.deal.decision
    return str(ClientSaid(said).label) if said in ClientSaid.values else ""


def _forms(
    order: Order, facts: DealFacts, people: Sequence[User], *, now: datetime, refused: Mapping[str, Form]
) -> dict[str, Form]:
    initial = _initial(order, facts.deal, now=now)
    blank = {
        f"{name.replace('-', '_')}_form": act.filled(people=people, initial=initial.get(name, {}))
        for name, act in ACTS.items()
    }
    return {**blank, **{name: form for name, form in refused.items() if name in blank}}


def _initial(order: Order, deal: Deal, *, now: datetime) -> dict[str, dict[str, Any]]:
    """What is probably meant."""
    here = timezone.localtime(now).replace(second=0, microsecond=0)
    left = left_of(deal) or None
    seen = {"version": order.version}
    return {
        "client": seen,
        "price": {**seen, "price": order.price, "currency": order.currency},
        "payment": {"amount": left, "currency": order.currency, "paid_at": here},
        "payout": {"currency": order.currency},
        "seller-date": {**seen, "seller_date": deal.seller_date},
        "shipment": {
            **seen,
            "carrier": deal.carrier,
            "tracking": deal.tracking,
            "promised_date": deal.promised_date,
            "cost_currency": order.currency,
        },
        "delivery": {**seen, "delivered_at": deal.delivered_at or here},
        "blocker": {"owner": order.assigned_manager_id, "due_at": here + BLOCKER_AHEAD},
    }
