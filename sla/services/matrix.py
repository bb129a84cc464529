from datetime import datetime

from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from core.refusals import NotAllowed, Refusal
from orders.statuses import Severity
from sla.models import Matrix, Rule
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
    """The next version, as a draft with the rules of the one in force; the draft that there is, if there is one.

    Raises NotAllowed.
    """
    with work.command("command.matrix_draft", actor=actor, now=now):
        _check(actor, "sla.add_matrix")
        return _draft(actor=actor, now=now)


def _draft(*, actor: Actor, now: datetime) -> Matrix:
    newest = Matrix.objects.select_for_update().order_by("-version").first()
    if newest is not None and newest.published_at is None:
        return newest
    draft = Matrix.objects.create(
        version=newest.version + 1 if newest else 1, title=newest.title if newest else ""
    )
    rules = list(Rule.objects.filter(matrix=newest)) if newest else []
    Rule.objects.bulk_create(
        Rule(
            matrix=draft,
            kind=rule.kind,
            stage=rule.stage,
            severity=rule.severity,
            target_seconds=rule.target_seconds,
            mode=rule.mode,
            warn_at=rule.warn_at,
        )
        for rule in rules
    )
    record = journal.Record(kind="command.matrix_draft", output={"version": draft.version})
    journal.write([record], actor=actor, now=now)
    return draft


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
