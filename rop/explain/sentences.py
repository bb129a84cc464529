"""An explanation as people say it: for `/why` in Telegram and for the order's page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rop.explain.gathering import explanation
from rop.explain.values import AssignmentSeen, CandidateSeen, ClockSeen, NextThing, Whom
from rop.words import BECAUSE, EXCLUDED, SEGMENTS, about, moment, number, span, word
from sla.models import ClockKind, ClockState

NEXT = {
    "remind": gettext_lazy("%(at)s: %(whom)s gets a reminder, %(share)s %% of the time %(clock)s is used"),
    "breach": gettext_lazy("%(at)s: the time %(clock)s is over, %(whom)s is told"),
    "stuck": gettext_lazy("%(at)s: the order stands still, %(whom)s is told"),
    "escalate": gettext_lazy("%(at)s: escalation to %(whom)s, %(about)s"),
    "escalate_again": gettext_lazy("%(at)s: escalation to %(whom)s again, %(about)s"),
    "propose": gettext_lazy("%(at)s: %(whom)s proposes another manager to the lead"),
    "snooze_ends": gettext_lazy("%(at)s: the snooze ends, what is still true is told"),
    "take_away": gettext_lazy("%(at)s: the order is taken away from %(whom)s"),
    "assign_next": gettext_lazy("%(at)s: %(whom)s gives the order to the next manager"),
    "assign_when_free": gettext_lazy("%(whom)s gives the order to the first manager who can have it"),
    "ask_client": gettext_lazy("%(at)s: %(whom)s has to ask the client"),
    "lead_decides": gettext_lazy("%(at)s: if the client has not decided, %(whom)s decides"),
    "look_for_parcel": gettext_lazy("%(at)s: %(whom)s has to look where the parcel is"),
    "promised_date_over": gettext_lazy("%(at)s: the promised date is over, %(whom)s finds out what happened"),
    "approval_expires": gettext_lazy("%(at)s: the request that nobody has decided about expires"),
    "close": gettext_lazy("%(at)s: %(whom)s closes the order"),
}
"""What will happen, by the codes of `next`."""


FORETOLD = 6
"""So many things to come fit a message; the order's page shows more."""


def next_sentence(thing: NextThing, *, now: datetime) -> str:
    again = thing.what == "escalate" and thing.times > 1
    return str(NEXT["escalate_again" if again else thing.what]) % {
        "at": moment(thing.at, now=now),
        "whom": thing.whom.name,
        "clock": str(ClockKind(thing.clock).label) if thing.clock in ClockKind.values else "",
        "about": about(thing.clock),
        "share": thing.share,
    }


def next_sentences(things: Sequence[NextThing], *, now: datetime) -> list[tuple[datetime, str]]:
    """What will happen and when. What a rung repeats is said along with its first time, not line by line."""
    said: list[tuple[datetime, str]] = []
    spoken = set[tuple[str, str, Whom]]()
    for thing in things:
        if thing.rung and (speaker := (thing.rung, thing.clock, thing.whom)) in spoken:
            continue
        if thing.rung:
            spoken.add(speaker)
        said.append((thing.at, ", ".join(filter(None, [next_sentence(thing, now=now), _repeats(thing)]))))
    return said


def _repeats(thing: NextThing) -> str:
    if not thing.more:
        return ""
    text = ngettext("then %(n)d more time in %(span)s", "then %(n)d more times, every %(span)s", thing.more)
    return text % {"n": thing.more, "span": span(timedelta(seconds=thing.every_seconds))}


def explain_sentences(order_id: int, now: datetime) -> list[str]:
    """Whose it is and why, until when and why, what happens next. Raises Order.DoesNotExist."""
    found = explanation(order_id, now=now)
    running = [clock for clock in found.clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    return [
        *_whose(found.assignment),
        *(_deadline(clock, now=now) for clock in running),
        *(text for _at, text in next_sentences(found.next, now=now)[:FORETOLD]),
    ]


def _whose(seen: AssignmentSeen) -> Iterator[str]:
    if seen.owner is None:
        reasons = Counter(
            word(candidate.excluded_because, EXCLUDED)
            for candidate in seen.candidates
            if candidate.excluded_because
        )
        if reasons:
            listed = ", ".join(f"{reason}: {count}" for reason, count in reasons.most_common())
            yield _("Nobody has the order: of %(all)s managers %(reasons)s.") % {
                "all": len(seen.candidates),
                "reasons": listed,
            }
        elif seen.candidates:
            yield _("Nobody has the order yet.")
        else:
            yield _("Nobody has the order: there are no managers.")
        return
    because = ", ".join(word(code, BECAUSE) for code in seen.because)
    chosen = next((one for one in seen.candidates if one.manager == seen.owner), None)
    if chosen is None or seen.load_before is None:
        yield _("%(name)s has the order: %(because)s.") % {"name": seen.owner.name, "because": because}
    else:
        yield _("%(name)s has the order: %(because)s, %(load)s of %(capacity)s before it.") % {
            "name": seen.owner.name,
            "because": because,
            "load": number(seen.load_before),
            "capacity": number(chosen.capacity),
        }
    if seen.reason:
        yield _("It was given with the words: %(reason)s") % {"reason": seen.reason}
    yield from _others(seen)


def _others(seen: AssignmentSeen) -> Iterator[str]:
    """The next in line, and how many were no choice at all."""
    others = [one for one in seen.candidates if one.manager != seen.owner]
    able = [one for one in others if not one.excluded_because]
    if able:
        following = min(able, key=_share)
        yield _("The next one was %(name)s: %(load)s of %(capacity)s.") % {
            "name": following.manager.name,
            "load": number(following.load),
            "capacity": number(following.capacity),
        }
    reasons = Counter(word(one.excluded_because, EXCLUDED) for one in others if one.excluded_because)
    if reasons:
        listed = ", ".join(f"{reason}: {count}" for reason, count in reasons.most_common())
        yield _("No choice were: %(reasons)s.") % {"reasons": listed}


def _share(candidate: CandidateSeen) -> float:
    return candidate.load / candidate.capacity if candidate.capacity else float("inf")


def _deadline(clock: ClockSeen, *, now: datetime) -> str:
    passed = Counter[str]()
    for segment in clock.segments:
        if segment.kind != "counted":
            passed[word(segment.kind, SEGMENTS)] += segment.seconds
    said = {
        "clock": str(ClockKind(clock.kind).label),
        "due": moment(clock.due_at, now=now),
        "target": span(timedelta(seconds=clock.target_seconds)),
        "start": moment(clock.started_at, now=now),
    }
    if not passed:
        return _("Time %(clock)s: until %(due)s, which is %(target)s from %(start)s.") % said
    pieces = ", ".join(f"{kind} {span(timedelta(seconds=seconds))}" for kind, seconds in passed.items())
    return _("Time %(clock)s: until %(due)s, which is %(target)s from %(start)s without %(pieces)s.") % {
        **said,
        "pieces": pieces,
    }
