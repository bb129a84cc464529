"""The ladder of a version as a picture: moments across, people from the owner up, what is done where they meet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.statuses import Severity, Status
from panel import words
from panel.rules.durations import write
from sla.models import Action, Matrix, Trigger, Whom
from sla.policies.ladder import DEFAULT_LADDER, Rung, default_stuck, rungs_for
from sla.selectors import rung_of


@dataclass(frozen=True, slots=True)
class Tread:
    """What is done for somebody at a moment."""

    action: str
    text: str
    again: str


@dataclass(frozen=True, slots=True)
class Level:
    """Who, and what at each moment of the axis (None where nothing is)."""

    whom: str
    cells: Sequence[Tread | None]


@dataclass(frozen=True, slots=True)
class Stairs:
    """The ladder of some triggers that have the same one, for orders of a kind."""

    titles: Sequence[str]
    orders: str
    moments: Sequence[str]
    levels: Sequence[Level]


@dataclass(frozen=True, slots=True)
class StuckRow:
    stage: str
    spans: Sequence[str]


Variant = tuple[str, str]
"""Stage and severity; "" for every one."""


def staircase(matrix: Matrix) -> list[Stairs]:
    """The rungs of this version, or the default ones where it has none. Triggers that climb alike stand together."""
    rungs = [rung_of(row) for row in matrix.rungs.all()] or list(DEFAULT_LADDER)
    alike: dict[tuple[Variant, tuple[Rung, ...]], list[str]] = {}
    for trigger in Trigger.values:
        for stage, severity in _variants(rungs, trigger):
            found = rungs_for(rungs, trigger=trigger, stage=stage, severity=severity)
            same = tuple(sorted(map(_without_trigger, found), key=_place))
            alike.setdefault(((stage, severity), same), []).append(words.about(trigger))
    return [_stairs(titles, variant, rungs) for (variant, rungs), titles in alike.items()]


def _variants(rungs: Sequence[Rung], trigger: str) -> list[Variant]:
    found = {(rung.stage, rung.severity) for rung in rungs if rung.trigger == trigger}
    order = ["", *Severity.values]
    return sorted(found, key=lambda variant: (variant[0], order.index(variant[1])))


def _without_trigger(rung: Rung) -> Rung:
    return Rung(
        trigger="",
        whom=rung.whom,
        action=rung.action,
        share=rung.share,
        after_seconds=rung.after_seconds,
        repeat_seconds=rung.repeat_seconds,
        at_most=rung.at_most,
    )


def _place(rung: Rung) -> tuple[int, int, int, str]:
    """Shares of the target come before the deadline, and what follows it after."""
    when = (0, rung.share or 0) if rung.after_seconds is None else (1, rung.after_seconds)
    return (*when, Whom.values.index(rung.whom), rung.action)


def _stairs(titles: Sequence[str], variant: Variant, rungs: Sequence[Rung]) -> Stairs:
    moments = list(dict.fromkeys(_moment(rung) for rung in rungs))
    levels = []
    for whom in reversed(Whom.values):
        cells = [_tread(rungs, whom, moment) for moment in moments]
        if any(cells):
            levels.append(Level(str(Whom(whom).label), cells))
    return Stairs(titles, _orders(variant), moments, levels)


def _moment(rung: Rung) -> str:
    if rung.after_seconds is None:
        return _("%(share)d %% of the time") % {"share": rung.share or 0}
    return _("at once") if rung.after_seconds == 0 else f"+{write(rung.after_seconds)}"


def _tread(rungs: Sequence[Rung], whom: str, moment: str) -> Tread | None:
    here = [rung for rung in rungs if rung.whom == whom and _moment(rung) == moment]
    if not here:
        return None
    repeats = [rung for rung in here if rung.repeat_seconds is not None and rung.at_most > 1]
    again = _("again every %(span)s, %(n)d times in all")
    return Tread(
        action=here[0].action,
        text=", ".join(str(Action(rung.action).label) for rung in here),
        again=again % {"span": write(repeats[0].repeat_seconds or 0), "n": repeats[0].at_most}
        if repeats
        else "",
    )


def _orders(variant: Variant) -> str:
    stage, severity = variant
    said = [
        _("stage: %(stage)s") % {"stage": Status(stage).label} if stage else "",
        _("severity: %(severity)s") % {"severity": Severity(severity).label} if severity else "",
    ]
    return ", ".join(filter(None, said)) or _("every order")


def stuck_rows(matrix: Matrix) -> list[StuckRow]:
    """When an order of each stage stands still, and when it has for long."""
    own = {(rule.stage, rule.level): rule.after_seconds for rule in matrix.stuck_rules.all()}
    spans = {**default_stuck(), **own}
    stages = [stage for stage in Status.values if (stage, 1) in spans or (stage, 2) in spans]
    return [
        StuckRow(
            str(Status(stage).label),
            [write(spans[stage, level]) if (stage, level) in spans else "—" for level in (1, 2)],
        )
        for stage in stages
    ]
