"""What happened, as people say it. A new kind of entry is one function and one line in `_ENTRIES`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actors import Door
from core.models import Entry, Message, MessageStatus
from orders import gate
from orders.models import StatusEvent
from orders.statuses import Severity, Status, Step
from rop.timeline import dealt, inspecting, ladder
from rop.timeline.names import Names
from rop.timeline.refused import refused, was_refused
from rop.words import BECAUSE, ENDED_BECAUSE, TEMPLATES, moment, number, word
from sla.models import ClockKind


@dataclass(frozen=True, slots=True)
class Said:
    kind: str
    title: str
    detail: str


def sentence(row: StatusEvent | Entry | Message, names: Names) -> Said:
    """`kind` is a route, an entry's kind, or `message`."""
    if isinstance(row, StatusEvent):
        return Said(row.route, *_event(row))
    if isinstance(row, Entry):
        say = refused if was_refused(row) else _ENTRIES.get(row.kind, _other)
        return Said(row.kind, *say(row, names))
    return Said("message", *_message(row, names))


# ── status events ──


def _event(event: StatusEvent) -> tuple[str, str]:
    title = str(gate.ROUTE_LABELS.get(event.route, event.route))
    to = str(Status(event.to_status).label)
    detail = f"{Status(event.from_status).label} → {to}" if event.from_status else to
    through = _("through: %(door)s") % {"door": Door(event.door).label}
    return title, "; ".join(filter(None, [detail, event.reason, through]))


# ── messages ──


def _message(message: Message, names: Names) -> tuple[str, str]:
    whom = names.person(message.person_id) if message.person_id else str(_("a group"))
    title = _("%(what)s → %(whom)s") % {"what": word(message.template, TEMPLATES), "whom": whom}
    state = str(MessageStatus(message.status).label)
    at = message.sent_at or message.ended_at
    return title, f"{state}, {moment(at, now=at)}" if at else state


# ── the journal ──

Sentence = Callable[[Entry, Names], tuple[str, str]]


def _other(entry: Entry, names: Names) -> tuple[str, str]:
    return entry.kind, ""


def _assigned(entry: Entry, names: Names) -> tuple[str, str]:
    title = _("Given to %(to)s") % {"to": names.person(entry.inputs.get("to"))}
    came_from, round_ = entry.inputs.get("from"), names.rounds.get(entry.inputs.get("round", 0))
    before = _("it was with %(name)s before") % {"name": names.person(came_from)} if came_from else ""
    return title, "; ".join(filter(None, [round_.reason if round_ else "", before]))


def _severity(entry: Entry, names: Names) -> tuple[str, str]:
    before, after = Severity(entry.inputs["from"]).label, Severity(entry.output["to"]).label
    return _("Severity changed"), f"{before} → {after}"


def _note(entry: Entry, names: Names) -> tuple[str, str]:
    return _("A note"), names.notes.get(entry.output.get("note") or 0, "")


_TASKS = {
    "command.task_add": gettext_lazy("A task was given"),
    "command.task_done": gettext_lazy("A task is done"),
    "command.task_cancelled": gettext_lazy("A task was cancelled"),
}


def _task(entry: Entry, names: Names) -> tuple[str, str]:
    return str(_TASKS[entry.kind]), names.tasks.get(entry.output.get("task") or 0, "")


def _quarantined(entry: Entry, names: Names) -> tuple[str, str]:
    return _("AI-ROP could not look at the order"), str(entry.output.get("error", ""))


def _quarantine_retry(entry: Entry, names: Names) -> tuple[str, str]:
    return _("AI-ROP was asked to look again"), ""


def _message_dead(entry: Entry, names: Names) -> tuple[str, str]:
    """Whom it was for says the message's own line."""
    what = word(str(entry.inputs.get("template", "")), TEMPLATES)
    goes_on = entry.output.get("then") == "to_the_next"
    return _("A message did not arrive: %(what)s") % {"what": what}, _(
        "the lead is told instead"
    ) if goes_on else ""


_MESSAGES = {
    "command.message_retry": gettext_lazy("The message that did not arrive is sent again"),
    "command.message_dismiss": gettext_lazy("The message that did not arrive was put aside"),
}


def _message_decided(entry: Entry, names: Names) -> tuple[str, str]:
    return str(_MESSAGES[entry.kind]), ""


def _plan(entry: Entry, names: Names) -> tuple[str, str]:
    first, *others = _decided(entry, names) or [_("AI-ROP looked at the order")]
    return first, "; ".join(others)


def _decided(entry: Entry, names: Names) -> list[str]:
    """What this decision did, the most important first."""
    plan = entry.output
    return [
        *_release(plan, names),
        *_new_owner(entry, names),
        *_marks(entry),
        *ladder.climbed(entry),
        *([_("The order is closed")] if plan.get("close") else []),
        *_ends(entry),
        *_starts(plan, entry.at),
        *_step(entry, names),
    ]


def _release(plan: Mapping[str, Any], names: Names) -> Iterator[str]:
    if release := plan.get("release"):
        yield _("Taken from %(name)s: %(because)s") % {
            "name": names.person(release["user_id"]),
            "because": word(release["state"], ENDED_BECAUSE),
        }


def _new_owner(entry: Entry, names: Names) -> Iterator[str]:
    if not entry.output.get("new_owner"):
        return
    round_ = names.rounds.get(entry.inputs["facts"]["rounds"] + 1)
    because = ", ".join(word(str(code), BECAUSE) for code in round_.because) if round_ else ""
    title = _("Given to %(to)s") % {"to": names.person(entry.output["owner_id"])}
    yield f"{title}: {because}" if because else title
    if round_ is not None and round_.load_before is not None:
        yield _("the load before it was %(load)s") % {"load": number(float(round_.load_before))}


def _marks(entry: Entry) -> Iterator[str]:
    kinds = {clock["id"]: clock["kind"] for clock in entry.inputs["facts"]["clocks"]}
    for mark in entry.output.get("clocks_mark", ()):
        clock = _clock(kinds.get(mark["clock_id"], ""))
        if mark["breached"]:
            yield _("The time %(clock)s is over") % {"clock": clock}
        else:
            yield _("%(share)s %% of the time %(clock)s is used") % {"share": mark["warned"], "clock": clock}


def _ends(entry: Entry) -> Iterator[str]:
    clocks = {clock["id"]: clock for clock in entry.inputs["facts"]["clocks"]}
    for end in entry.output.get("clocks_end", ()):
        if (clock := clocks.get(end["id"])) and end["outcome"] == "met":
            yield _("the time %(clock)s was kept") % {"clock": _clock(clock["kind"])}


def _starts(plan: Mapping[str, Any], at: datetime) -> Iterator[str]:
    for start in plan.get("clocks_start", ()):
        due = moment(datetime.fromisoformat(start["due_at"]), now=at)
        yield _("time %(clock)s: until %(due)s") % {"clock": _clock(start["kind"]), "due": due}


def _step(entry: Entry, names: Names) -> Iterator[str]:
    step = entry.output.get("step")
    if step and step["code"] != entry.inputs["facts"]["step"]:
        yield _("next step: %(step)s") % {"step": Step(step["code"]).label}


def _clock(kind: str) -> str:
    return str(ClockKind(kind).label) if kind in ClockKind.values else kind


_ENTRIES: Mapping[str, Sentence] = {
    "command.assign": _assigned,
    "command.severity": _severity,
    "command.note": _note,
    **dict.fromkeys(_TASKS, _task),
    "command.inspection_answer": inspecting.answered,
    "command.inspection_verdict": inspecting.verdict_given,
    "command.inspection_decide": inspecting.decided,
    "command.evidence_add": inspecting.attached,
    "command.evidence_place": inspecting.placed,
    "command.evidence_remove": inspecting.taken_away,
    "command.contact_add": inspecting.contacted,
    "command.client_decision": dealt.client_decided,
    "command.price_set": dealt.price_set,
    "command.payment_record": dealt.paid,
    "command.payment_correct": dealt.payment_taken_back,
    **dict.fromkeys(dealt.PAYOUTS, dealt.payout),
    "command.logistics_record": dealt.shipment_recorded,
    "command.tracking_record": dealt.looked_for,
    "command.blocker_open": dealt.blocked,
    "command.blocker_resolve": dealt.unblocked,
    "command.blocker_pass": dealt.blocker_passed,
    "command.approval_ask": dealt.approval_asked,
    "command.approval_decide": dealt.approval_decided,
    "command.approval_withdraw": dealt.approval_withdrawn,
    "approval.withdrawn": dealt.approval_withdrawn,
    "approval.expired": dealt.approval_expired,
    "command.opinion_add": dealt.opinion,
    "command.claim_open": dealt.claimed,
    "command.claim_settle": dealt.claim_settled,
    "task.opened": dealt.task_opened,
    "command.quarantine_retry": _quarantine_retry,
    "loop.quarantined": _quarantined,
    "message.dead": _message_dead,
    **dict.fromkeys(_MESSAGES, _message_decided),
    "command.acknowledge": ladder.acknowledged,
    "command.resolve": ladder.resolved,
    "command.snooze": ladder.snoozed,
    "command.unsnooze": ladder.unsnoozed,
    **dict.fromkeys(ladder.PROPOSALS, ladder.proposal),
    "escalation.untold": ladder.untold,
    "decision.plan": _plan,
}
