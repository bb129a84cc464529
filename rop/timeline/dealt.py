"""The rest of a deal as people say it: what the client decided, the money, the shipment, what stands in the way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.models import Entry
from orders.approval_words import asked_for
from orders.models import (
    Approval,
    ApprovalAction,
    Blocker,
    BlockerKind,
    Claim,
    ClaimKind,
    ClaimOutcome,
    ClientDecision,
    ClientSaid,
    ContactChannel,
    DeclineReason,
    Logistics,
    Opinion,
    OpinionVerdict,
    Payment,
    Payout,
    PayoutKind,
    PriceChange,
    TrackingCheck,
    WayState,
)
from orders.words import money
from rop.timeline.names import Names
from rop.words import moment, word

CLIENT: Mapping[str, object] = {
    ClientSaid.CONFIRMED: gettext_lazy("The client has confirmed the deal"),
    ClientSaid.THINKS: gettext_lazy("The client wants to think"),
    ClientSaid.DECLINED: gettext_lazy("The client has declined"),
}


def client_decided(entry: Entry, names: Names) -> tuple[str, str]:
    said = names.row(ClientDecision, entry.output["decision"])
    lines: list[str] = []
    if said is not None:
        if said.until is not None:
            lines.append(_("until %(at)s") % {"at": moment(said.until, now=entry.at)})
        lines.append(word(said.reason_code, dict(DeclineReason.choices)) if said.reason_code else "")
        lines.append(str(ContactChannel(said.channel).label) if said.channel else "")
        lines.append(said.text)
    return word(entry.output["said"], CLIENT), _joined(lines)


# ── money ──


def price_set(entry: Entry, names: Names) -> tuple[str, str]:
    change = names.row(PriceChange, entry.output["price"])
    if change is None:
        return _("The price was agreed on"), ""
    before = money(change.price_before, change.currency_before)
    lines = [_("before it was %(price)s") % {"price": before} if before else "", change.reason]
    title = _("The price was agreed on: %(price)s") % {"price": money(change.price, change.currency)}
    return title, _joined(lines)


def paid(entry: Entry, names: Names) -> tuple[str, str]:
    payment = names.row(Payment, entry.output["payment"])
    if payment is None:
        return _("A payment was recorded"), ""
    said = {"amount": money(payment.amount, payment.currency)}
    lines = [
        _("document %(document)s") % {"document": payment.document},
        _("paid at %(at)s") % {"at": moment(payment.paid_at, now=entry.at)},
        payment.comment,
    ]
    return _("A payment was recorded: %(amount)s") % said, _joined(lines)


def payment_taken_back(entry: Entry, names: Names) -> tuple[str, str]:
    counter = names.row(Payment, entry.output["payment"])
    if counter is None:
        return _("A payment was taken back"), ""
    said = {"amount": money(-counter.amount, counter.currency)}
    document = _("document %(document)s") % {"document": counter.document}
    return _("A payment was taken back: %(amount)s") % said, _joined([document, counter.comment])


PAYOUTS: Mapping[str, Mapping[str, object]] = {
    "command.payout_approved": {
        PayoutKind.REFUND: gettext_lazy("Finance has to pay out a refund: %(amount)s"),
        PayoutKind.COMPENSATION: gettext_lazy("Finance has to pay out a compensation: %(amount)s"),
    },
    "command.payout_pay": {
        PayoutKind.REFUND: gettext_lazy("A refund was paid out: %(amount)s"),
        PayoutKind.COMPENSATION: gettext_lazy("A compensation was paid out: %(amount)s"),
    },
}


def payout(entry: Entry, names: Names) -> tuple[str, str]:
    found = names.row(Payout, entry.output["payout"])
    if found is None:
        return _("Money for the client"), ""
    title = word(found.kind, PAYOUTS[entry.kind]) % {"amount": money(found.amount, found.currency)}
    is_paid = entry.kind == "command.payout_pay"
    return title, _("document %(document)s") % {"document": found.document} if is_paid else found.reason


# ── the shipment ──

LOGISTICS: Mapping[str, object] = {
    "seller_date": gettext_lazy("the date with the seller: %(value)s"),
    "carrier": gettext_lazy("the carrier: %(value)s"),
    "tracking": gettext_lazy("the tracking number: %(value)s"),
    "promised_date": gettext_lazy("the promised date: %(value)s"),
    "cost": gettext_lazy("the cost: %(value)s"),
    "delivered_at": gettext_lazy("delivered at: %(value)s"),
    "comment": gettext_lazy("the comment: %(value)s"),
}
"""What of a shipment was recorded, by its field."""


def shipment_recorded(entry: Entry, names: Names) -> tuple[str, str]:
    record = names.row(Logistics, entry.output["logistics"])
    lines = list(_of_shipment(record, entry.output["fields"], at=entry.at)) if record is not None else []
    return _("The shipment was recorded"), _joined(lines)


def _of_shipment(record: Logistics, fields: Sequence[str], *, at: datetime) -> Iterator[str]:
    for name in fields:
        value = getattr(record, name, None)
        if name not in LOGISTICS or value in (None, ""):
            continue
        if isinstance(value, datetime):
            value = moment(value, now=at)
        elif isinstance(value, Decimal):
            value = money(value, record.cost_currency)
        elif not isinstance(value, str):
            value = date_format(value, "SHORT_DATE_FORMAT")
        yield word(name, LOGISTICS) % {"value": value}


def looked_for(entry: Entry, names: Names) -> tuple[str, str]:
    check = names.row(TrackingCheck, entry.output["tracking"])
    state = word(entry.output["state"], dict(WayState.choices))
    return _("Where the parcel is: %(state)s") % {"state": state}, check.text if check is not None else ""


# ── what stands in the way ──


def blocked(entry: Entry, names: Names) -> tuple[str, str]:
    blocker = names.row(Blocker, entry.output["blocker"])
    title = _("Something stands in the way: %(kind)s")
    if blocker is None:
        return title % {"kind": ""}, ""
    kind = word(blocker.kind, dict(BlockerKind.choices))
    whose = _("%(name)s removes it") % {"name": names.person(entry.output["owner"])}
    return title % {"kind": kind}, _joined([blocker.text, whose])


def unblocked(entry: Entry, names: Names) -> tuple[str, str]:
    blocker = names.row(Blocker, entry.output["blocker"])
    lines = [blocker.text, blocker.resolution] if blocker is not None else []
    return _("It does not stand in the way any more"), _joined(lines)


def blocker_passed(entry: Entry, names: Names) -> tuple[str, str]:
    blocker = names.row(Blocker, entry.output["blocker"])
    due = moment(datetime.fromisoformat(entry.output["due_at"]), now=entry.at)
    said = {"name": names.person(entry.output["owner"]), "due": due}
    title = _("What stands in the way: %(name)s removes it, until %(due)s") % said
    return title, _joined([blocker.text if blocker is not None else "", entry.output.get("reason", "")])


# ── four eyes ──

ANSWERS: Mapping[str, object] = {
    "approve": gettext_lazy("Approved — %(what)s"),
    "decline": gettext_lazy("Not approved — %(what)s"),
}


def approval_asked(entry: Entry, names: Names) -> tuple[str, str]:
    approval = _approval(entry, names)
    title = _("An approval is asked for — %(what)s") % {"what": _what(approval, entry)}
    return title, approval.reason if approval is not None else ""


def approval_decided(entry: Entry, names: Names) -> tuple[str, str]:
    approval = _approval(entry, names)
    title = word(entry.output["answer"], ANSWERS) % {"what": _what(approval, entry)}
    return title, approval.decision_reason if approval is not None else ""


def approval_withdrawn(entry: Entry, names: Names) -> tuple[str, str]:
    what = _what(_approval(entry, names), entry)
    return _("An approval is not asked for any more — %(what)s") % {"what": what}, ""


def approval_expired(entry: Entry, names: Names) -> tuple[str, str]:
    what = _what(_approval(entry, names), entry)
    return _("Nobody decided in time — %(what)s") % {"what": what}, ""


def _approval(entry: Entry, names: Names) -> Approval | None:
    return names.row(Approval, entry.output.get("approval"))


def _what(approval: Approval | None, entry: Entry) -> str:
    """Exactly what was asked for: the step, the price, the amount."""
    if approval is None:
        return word(str(entry.output.get("action", "")), dict(ApprovalAction.choices))
    return asked_for(approval)


def opinion(entry: Entry, names: Names) -> tuple[str, str]:
    said = names.row(Opinion, entry.output["opinion"])
    verdict = word(entry.output["verdict"], dict(OpinionVerdict.choices))
    return _("AI-GRC: %(opinion)s") % {"opinion": verdict}, said.text if said is not None else ""


# ── after the delivery ──


def claimed(entry: Entry, names: Names) -> tuple[str, str]:
    claim = names.row(Claim, entry.output["claim"])
    title = _("The client complains: %(kind)s")
    if claim is None:
        return title % {"kind": ""}, ""
    return title % {"kind": word(claim.kind, dict(ClaimKind.choices))}, claim.text


def claim_settled(entry: Entry, names: Names) -> tuple[str, str]:
    claim = names.row(Claim, entry.output["claim"])
    outcome = word(entry.output["outcome"], dict(ClaimOutcome.choices))
    resolution = claim.resolution if claim is not None else ""
    return _("The claim was settled: %(outcome)s") % {"outcome": outcome}, resolution


# ── what AI-РОП asks of people ──

OPENED: Mapping[str, object] = {
    "follow_up": pgettext_lazy("task", "AI-ROP: ask the client, step %(number)s"),
    "decide_undecided": pgettext_lazy("task", "AI-ROP: the client has not decided, a lead decides"),
    "track": pgettext_lazy("task", "AI-ROP: look where the parcel is"),
}


def task_opened(entry: Entry, names: Names) -> tuple[str, str]:
    title = word(entry.inputs["kind"], OPENED)
    if "%(" in title:
        title %= {"number": entry.inputs["number"]}
    return title, _("whose: %(name)s") % {"name": names.person(entry.output["owner"])}


def _joined(lines: Sequence[str]) -> str:
    return "; ".join(filter(None, lines))
