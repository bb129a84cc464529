"""What has to be true before a route may be taken: one function for each guard, by the name that routes carry.

A guard reads the raw facts of the order, asks all it wants to know, and names everything that is missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import (
    Blocker,
    ClientSaid,
    Decision,
    Inspection,
    InspectionItem,
    Opinion,
    OpinionVerdict,
    Order,
    Proof,
    VerdictCode,
)
from orders.policies.inspection import Progress
from orders.selectors import InspectionView, inspection_view
from orders.selectors.deals import ZERO, Deal, blockers_open, deal_of
from orders.selectors.kinds import KINDS, Kinds
from orders.statuses import CancelReason
from orders.words import money


@dataclass(frozen=True, slots=True)
class RouteData:
    """What the person gave along with the request to take a route."""

    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: a stable code for agents, a sentence for people."""

    code: str
    text: str


class Known:
    """What guards ask besides the order's own row, each read once however many routes are looked at.

    `kinds`: of which there is anything about the order, where that was read already.
    """

    def __init__(self, order: Order, kinds: Kinds = frozenset(KINDS)) -> None:
        self._order = order
        self._kinds = kinds

    @cached_property
    def deal(self) -> Deal:
        return deal_of(self._order.pk)

    @cached_property
    def inspection(self) -> InspectionView | None:
        return inspection_view(self._order.pk) if Inspection in self._kinds else None

    @cached_property
    def blockers(self) -> Sequence[Blocker]:
        return blockers_open(self._order.pk) if Blocker in self._kinds else ()

    @cached_property
    def opinion(self) -> Opinion | None:
        """The last one."""
        if Opinion not in self._kinds:
            return None
        return Opinion.objects.filter(order=self._order).order_by("-pk").first()


Guard = Callable[[Order, RouteData, Known], list[Missing]]


def _owner_set(order: Order, data: RouteData, known: Known) -> list[Missing]:
    if order.assigned_manager_id is not None:
        return []
    return [Missing("owner", _("The order has no owner yet."))]


def _reason_given(order: Order, data: RouteData, known: Known) -> list[Missing]:
    return [] if data.reason.strip() else [Missing("reason", _("Say why: the reason is required."))]


def _cancel_reason_given(order: Order, data: RouteData, known: Known) -> list[Missing]:
    if data.reason_code in CancelReason.values:
        return []
    return [Missing("reason_code", _("Choose the reason for cancelling."))]


def _inspection_done(order: Order, data: RouteData, known: Known) -> list[Missing]:
    view = known.inspection
    if view is None or not view.is_current:
        return [Missing("inspection", _("The inspection has not begun."))]
    return inspection_lacks(view)


def inspection_lacks(view: InspectionView) -> list[Missing]:
    """All that keeps an inspection from being completed."""
    missing = inspection_missing([point.item for point in view.points], view.progress)
    if view.verdict is None:
        missing.append(Missing("verdict", _("The verdict of the inspection is missing.")))
    elif view.verdict.verdict == VerdictCode.FAIL and view.verdict.decision != Decision.GO_ON:
        missing.append(Missing("lead_decision", _("The goods are not fit: a lead has to decide.")))
    return missing


def inspection_missing(items: Iterable[InspectionItem], progress: Progress) -> list[Missing]:
    """What an inspection lacks, point by point."""
    missing: list[Missing] = []
    for item in items:
        who = {"number": item.number, "title": item.title}
        if item.number in progress.points_open:
            text = _("Point %(number)s “%(title)s” has no answer.") % who
            missing.append(Missing(f"point:{item.number}", text))
        if count := progress.proof_open.get(item.number, 0):
            text = _("Point %(number)s “%(title)s” lacks %(files)s.")
            missing.append(Missing(f"file:{item.number}", text % {**who, "files": files(count, item.proof)}))
    return missing


def files(count: int, proof: str) -> str:
    """“a photo”, “3 photos”: so many files of this kind, as the object of a sentence."""
    words = {
        Proof.PHOTO: ngettext("a photo", "%(count)s photos", count),
        Proof.VIDEO: ngettext("a video", "%(count)s videos", count),
        Proof.DOCUMENT: ngettext("a document", "%(count)s documents", count),
    }
    return words[Proof(proof)] % {"count": count}


def _paid_and_agreed(order: Order, data: RouteData, known: Known) -> list[Missing]:
    deal = known.deal
    missing: list[Missing] = []
    if deal.decision != ClientSaid.CONFIRMED:
        missing.append(Missing("client_decision", _("The client has not confirmed the deal yet.")))
    if not deal.has_price:
        missing.append(Missing("price", _("The price is not agreed on.")))
    elif not deal.is_paid:
        missing.append(Missing("payment", _payment_lacks(deal)))
    if deal.seller_date is None:
        missing.append(Missing("seller_date", _("The date is not agreed on with the seller.")))
    return missing


def _payment_lacks(deal: Deal) -> str:
    """How much of the price is there, and what came in another currency and does not count."""
    text = _("Paid %(paid)s of %(price)s.") % {
        "paid": money(deal.paid, deal.currency),
        "price": money(deal.price or ZERO, deal.currency),
    }
    others = [
        money(amount, currency)
        for currency, amount in sorted(deal.held.items())
        if currency != deal.currency and amount > 0
    ]
    if others:
        text += " " + _("%(others)s came in another currency and does not count.") % {
            "others": ", ".join(others)
        }
    return text


def _logistics_recorded(order: Order, data: RouteData, known: Known) -> list[Missing]:
    deal = known.deal
    facts = (
        ("carrier", deal.carrier, _("The carrier is not recorded.")),
        ("tracking", deal.tracking, _("The tracking number is not recorded.")),
        ("promised_date", deal.promised_date, _("The date promised by the carrier is not recorded.")),
    )
    missing = [Missing(code, text) for code, known, text in facts if not known]
    # The money may have gone back since it was released.
    if deal.has_price and not deal.is_paid:
        missing.append(Missing("payment", _payment_lacks(deal)))
    for blocker in known.blockers:
        text = _("Something stands in the way: %(what)s") % {"what": blocker.text}
        missing.append(Missing(f"blocker:{blocker.pk}", text))
    return missing


def _delivery_proved(order: Order, data: RouteData, known: Known) -> list[Missing]:
    deal = known.deal
    missing: list[Missing] = []
    if deal.delivered_at is None:
        missing.append(Missing("delivery_date", _("It is not recorded when the goods were delivered.")))
    if not deal.has_proof:
        missing.append(Missing("proof", _("A file that proves the delivery is missing.")))
    return missing


def _legal_opinion(order: Order, data: RouteData, known: Known) -> list[Missing]:
    missing = _reason_given(order, data, known)
    last = known.opinion
    if last is None:
        missing.append(Missing("legal_opinion", _("The opinion of AI-GRC is missing.")))
    elif last.verdict != OpinionVerdict.GROUNDS:
        missing.append(Missing("legal_opinion", _("AI-GRC sees no legal grounds to reject the order.")))
    return missing


GUARDS: Mapping[str, Guard] = {
    "owner_set": _owner_set,
    "reason_given": _reason_given,
    "cancel_reason_given": _cancel_reason_given,
    "inspection_done": _inspection_done,
    "paid_and_agreed": _paid_and_agreed,
    "logistics_recorded": _logistics_recorded,
    "delivery_proved": _delivery_proved,
    "legal_opinion": _legal_opinion,
}
