from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from core.refusals import NotAllowed, Refusal
from orders.statuses import Severity
from sla.models import Matrix, Rule, Rung, StuckRule
from sla.policies.ladder import DEFAULT_LADDER, default_stuck
from sla.policies.required import REQUIRED_RULES


class MatrixInvalid(Refusal):
    """The matrix can't be published: rules that every order may need are missing. `missing` lists them."""

    code = "matrix_invalid"

    def __init__(self, missing: list[tuple[str, str, str]]) -> None:
        self.missing = missing
        names = ", ".join("/".join(rule) for rule in missing[:10])
        super().__init__(_("Rules are missing: %(rules)s.") % {"rules": names})

    def lacks(self) -> list[str]:
        return ["/".join(rule) for rule in self.missing]


def matrix_draft(*, actor: Actor, now: datetime) -> Matrix:
    """The next version, as a draft with the rules and the ladder of the newest; the draft that there is, if any.

    Raises NotAllowed.
    """
    with work.command("command.matrix_draft", actor=actor, now=now):
        _check(actor, "sla.add_matrix")
        return _draft(actor=actor, now=now)


def _draft(*, actor: Actor, now: datetime) -> Matrix:
    newest = Matrix.objects.select_for_update().order_by("-version").first()
    if newest is not None and newest.published_at is None:
        return newest
    draft = Matrix(version=newest.version + 1 if newest else 1)
    if newest is not None:
        draft.title, draft.quiet_from, draft.quiet_until = newest.title, newest.quiet_from, newest.quiet_until
    draft.save()
    if newest is not None:
        Rule.objects.bulk_create(_copies(newest.rules.all(), draft))
    ladder_copy(newest, draft)
    record = journal.Record(kind="command.matrix_draft", output={"version": draft.version})
    journal.write([record], actor=actor, now=now)
    return draft


def ladder_copy(source: Matrix | None, draft: Matrix) -> None:
    """The draft gets the rungs and thresholds that are in force with `source`: the default ones where it has none."""
    rungs = _copies(source.rungs.all(), draft) if source else []
    Rung.objects.bulk_create(rungs or _default_rungs(draft))
    stuck = {(row.stage, row.level): row.after_seconds for row in source.stuck_rules.all()} if source else {}
    StuckRule.objects.bulk_create(
        StuckRule(matrix=draft, stage=stage, level=level, after_seconds=seconds)
        for (stage, level), seconds in {**default_stuck(), **stuck}.items()
    )


Row = TypeVar("Row", Rule, Rung)


def _copies(rows: Iterable[Row], draft: Matrix) -> list[Row]:
    copies = []
    for row in rows:
        row.pk, row.matrix = None, draft
        row._state.adding = True
        copies.append(row)
    return copies


def _default_rungs(draft: Matrix) -> list[Rung]:
    return [
        Rung(matrix=draft, **{field.name: getattr(rung, field.name) for field in fields(rung) if field.init})
        for rung in DEFAULT_LADDER
    ]


def matrix_publish(*, matrix_id: int, actor: Actor, now: datetime) -> Matrix:
    """Put this version in force for clocks that start from now on. It can't be changed any more.

    Raises NotAllowed, MatrixInvalid; publishing twice is publishing once.
    """
    with work.command("command.matrix_publish", actor=actor, now=now, inputs={"matrix": matrix_id}):
        _check(actor, "sla.change_matrix")
        return _publish(matrix_id, actor=actor, now=now)


def _publish(matrix_id: int, *, actor: Actor, now: datetime) -> Matrix:
    matrix = Matrix.objects.select_for_update().get(pk=matrix_id)
    if matrix.published_at is not None:
        return matrix
    there = set(Rule.objects.filter(matrix=matrix).values_list("kind", "stage", "severity"))
    needed = [(kind, stage, severity) for kind, stage in REQUIRED_RULES for severity in Severity.values]
    if missing := [rule for rule in needed if rule not in there]:
        raise MatrixInvalid(missing)
    matrix.published_at = now
    matrix.save(update_fields=["published_at"])
    record = journal.Record(kind="command.matrix_publish", output={"version": matrix.version})
    journal.write([record], actor=actor, now=now)
    return matrix


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise NotAllowed(_("Only a lead changes the matrix."))
