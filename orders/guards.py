"""What has to be true before a route may be taken: one function for each guard, by the name that routes carry.

A guard reads the raw facts of the order, asks all it wants to know, and names everything that is missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.models import Decision, InspectionItem, Order, Proof, VerdictCode
from orders.policies.inspection import Progress
from orders.selectors import InspectionView, inspection_view
from orders.statuses import CancelReason


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


Guard = Callable[[Order, RouteData], list[Missing]]


def _owner_set(order: Order, data: RouteData) -> list[Missing]:
    if order.assigned_manager_id is not None:
        return []
    return [Missing("owner", _("The order has no owner yet."))]


def _reason_given(order: Order, data: RouteData) -> list[Missing]:
    return [] if data.reason.strip() else [Missing("reason", _("Say why: the reason is required."))]


def _cancel_reason_given(order: Order, data: RouteData) -> list[Missing]:
    if data.reason_code in CancelReason.values:
        return []
    return [Missing("reason_code", _("Choose the reason for cancelling."))]


def _inspection_done(order: Order, data: RouteData) -> list[Missing]:
    view = inspection_view(order.pk)
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


def _not_recorded(*codes_and_texts: tuple[str, Any]) -> Guard:
    """A guard whose facts can't be recorded yet: it refuses and says what it waits for."""

    def guard(order: Order, data: RouteData) -> list[Missing]:
        return [
            Missing(code, _("Not recorded yet: %(what)s.") % {"what": what}) for code, what in codes_and_texts
        ]

    return guard


GUARDS: Mapping[str, Guard] = {
    "owner_set": _owner_set,
    "reason_given": _reason_given,
    "cancel_reason_given": _cancel_reason_given,
    "inspection_done": _inspection_done,
    "paid_and_agreed": _not_recorded(
        ("client_decision", gettext_lazy("the client's confirmation")),
        ("payment", gettext_lazy("the payment of the agreed price")),
        ("seller_date", gettext_lazy("the date agreed with the seller")),
    ),
    "logistics_recorded": _not_recorded(
        ("carrier", gettext_lazy("the carrier")),
        ("tracking", gettext_lazy("the tracking number")),
        ("promised_date", gettext_lazy("the promised date")),
    ),
    "delivery_proved": _not_recorded(
        ("delivery_date", gettext_lazy("the date of delivery")),
        ("proof", gettext_lazy("the proof of delivery")),
    ),
    "legal_opinion": _not_recorded(("legal_opinion", gettext_lazy("the opinion of AI-GRC"))),
}
