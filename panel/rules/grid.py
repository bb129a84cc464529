"""A version of the matrix as a lead reads it: stages down, severities across."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.statuses import Severity, Status
from sla.models import ClockKind, Matrix, Mode, Rule
from sla.policies.required import REQUIRED_RULES


@dataclass(frozen=True, slots=True)
class Cell:
    """None where the version says nothing of this severity."""

    severity: str
    rule: Rule | None
    changed: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    kind: str
    stage: str
    cells: Sequence[Cell]

    @property
    def modes(self) -> list[str]:
        """How it is counted; one word unless severities differ."""
        found = {cell.rule.mode for cell in self.cells if cell.rule}
        return [str(Mode(mode).label) for mode in Mode.values if mode in found]

    @property
    def warnings(self) -> str:
        found = {tuple(cell.rule.warn_at) for cell in self.cells if cell.rule}
        return " / ".join(", ".join(f"{share} %" for share in shares) or "—" for shares in sorted(found))


def grid(matrix: Matrix) -> list[GridRow]:
    """Its rules in the order of the work; a cell is marked where the version before said something else."""
    rules = _rules(matrix)
    before = (
        Matrix.objects.filter(version__lt=matrix.version, published_at__isnull=False)
        .order_by("-version")
        .first()
    )
    old = _rules(before) if before else rules
    more = sorted({key[:2] for key in rules} - set(REQUIRED_RULES))
    wanted = sorted([*REQUIRED_RULES, *more], key=lambda asked: Status.values.index(asked[1]))
    return [
        GridRow(
            str(ClockKind(kind).label),
            str(Status(stage).label),
            [_cell(rules, old, kind, stage, severity) for severity in Severity.values],
        )
        for kind, stage in wanted
    ]


def _cell(
    rules: dict[tuple[str, str, str], Rule],
    old: dict[tuple[str, str, str], Rule],
    kind: str,
    stage: str,
    severity: str,
) -> Cell:
    rule, before = rules.get((kind, stage, severity)), old.get((kind, stage, severity))
    return Cell(severity, rule, changed=_said(rule) != _said(before))


def _said(rule: Rule | None) -> tuple[object, ...] | None:
    return (rule.target_seconds, rule.mode, tuple(rule.warn_at)) if rule else None


def _rules(matrix: Matrix) -> dict[tuple[str, str, str], Rule]:
    return {(rule.kind, rule.stage, rule.severity): rule for rule in Rule.objects.filter(matrix=matrix)}
