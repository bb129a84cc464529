"""An inspection as its page shows it: points with their answers and files, what is missing, what may be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.actors import Actor
from orders import gate
from orders.guards import inspection_missing
from orders.inspection_words import answers_of, files_said, norm_said, proof_said, value_said
from orders.models import (
    AnswerKind,
    Decision,
    Evidence,
    InspectionAnswer,
    InspectionItem,
    InspectionVerdict,
    Order,
    ProofRule,
    Task,
    TaskStatus,
    VerdictCode,
)
from orders.selectors import GroupView, InspectionView, PointView, inspection_view
from orders.services import DECIDE
from orders.statuses import Status
from panel.inspection.repeats import Repeated, repeats_of


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote that was not taken, and why."""

    value: str = ""
    remark: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    title: str
    is_norm: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FileShown:
    file: Evidence
    repeated: Repeated | None


@dataclass(frozen=True, slots=True)
class PointShown:
    """One point. `typed` is what was refused just now, None otherwise."""

    view: PointView
    files: Sequence[FileShown]
    typed: Typed | None = None

    @property
    def item(self) -> InspectionItem:
        return self.view.item

    @property
    def number(self) -> int:
        return self.view.item.number

    @property
    def answer(self) -> InspectionAnswer | None:
        return self.view.answer

    @property
    def said(self) -> str:
        return value_said(self.item, self.answer.value) if self.answer else ""

    @property
    def value(self) -> str:
        """What stands in a field that one writes into."""
        return self.typed.value if self.typed else self.said_plainly

    @property
    def said_plainly(self) -> str:
        """The answer without its unit, which stands beside the field."""
        if self.answer is None:
            return ""
        if self.item.kind == AnswerKind.NUMBER:
            return self.said.removesuffix(self.item.unit).strip()
        return self.answer.value

    @property
    def remark(self) -> str:
        if self.typed is not None:
            return self.typed.remark
        return self.answer.remark if self.answer else ""

    @property
    def seen(self) -> int:
        """The answer that is looked at; 0 where there is none."""
        return self.answer.pk if self.answer else 0

    @property
    def choices(self) -> list[Choice]:
        chosen = self.answer.value if self.answer else None
        return [
            Choice(code, title, is_norm=code in self.item.normal, is_chosen=code == chosen)
            for code, title in answers_of(self.item)
        ]

    @property
    def norm(self) -> str:
        """Said only where one can't see it on the buttons."""
        return "" if self.item.normal else norm_said(self.item)

    @property
    def wants(self) -> str:
        """The files that are still missing."""
        return files_said(self.item.proof, self.view.needs_files) if self.view.needs_files else ""

    @property
    def rules(self) -> list[str]:
        """When files would be wanted, as long as that is open: before the answer, or whenever one likes."""
        is_open = self.answer is None or self.item.proof_rule == ProofRule.OPTIONAL
        return proof_said(self.item) if is_open and not self.view.needs_files and not self.files else []

    @property
    def state(self) -> str:
        if self.answer is None:
            return "open"
        if self.view.needs_files:
            return "files"
        return "done" if self.answer.is_normal else "exception"


@dataclass(frozen=True, slots=True)
class GroupShown:
    view: GroupView
    points: Sequence[PointShown]

    @property
    def percent(self) -> int:
        return round(self.view.answered / len(self.points) * 100)

    @property
    def exceptions(self) -> int:
        return sum(point.answer is not None and not point.answer.is_normal for point in self.points)


@dataclass(frozen=True, slots=True)
class MissingShown:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page. `view` is None before the first inspection of the order."""

    order: Order
    view: InspectionView | None
    may_work: bool
    may_decide: bool
    now: datetime
    groups: Sequence[GroupShown] = ()
    unplaced: Sequence[FileShown] = ()
    missing: Sequence[MissingShown] = ()
    task: Task | None = None
    wrong: Sequence[str] = field(default=())

    @property
    def points(self) -> Iterator[PointShown]:
        return (point for group in self.groups for point in group.points)

    @property
    def next_point(self) -> PointShown | None:
        """Where the work goes on: the first point that lacks something."""
        return next((point for point in self.points if not point.view.is_done), None)

    @property
    def lacking(self) -> Sequence[PointShown]:
        """Points that lack files: where a file without a point most likely belongs."""
        return [point for point in self.points if point.view.needs_files]

    @property
    def others(self) -> Sequence[PointShown]:
        return [point for point in self.points if not point.view.needs_files]

    @property
    def verdict(self) -> InspectionVerdict | None:
        return self.view.verdict if self.view else None

    @property
    def exceptions(self) -> Sequence[int]:
        return self.view.progress.exceptions if self.view else ()

    @property
    def waits_for_lead(self) -> bool:
        verdict = self.verdict
        return verdict is not None and verdict.verdict == VerdictCode.FAIL and not verdict.decision

    @property
    def may_complete(self) -> bool:
        """Whether the order can leave the inspection: the gate will ask the same again."""
        verdict = self.verdict
        if not self.may_work or self.missing or verdict is None:
            return False
        return verdict.verdict != VerdictCode.FAIL or verdict.decision == Decision.GO_ON


def shown(order: Order, *, actor: Actor, now: datetime, typed: Mapping[int, Typed] | None = None) -> Shown:
    """A fixed number of queries: at most nine."""
    view = inspection_view(order.pk)
    under_inspection = order.status == Status.UNDER_INSPECTION and (view is None or view.is_current)
    may_work = under_inspection and gate.may_act(actor, owner_id=order.assigned_manager_id)
    may_decide = may_work and actor.may("orders.act_on_any")
    if view is None:
        return Shown(order, None, may_work, may_decide, now)
    files = [file for point in view.points for file in point.files] + list(view.unplaced)
    repeated = repeats_of(files, actor=actor)
    found = inspection_missing([point.item for point in view.points], view.progress)
    return Shown(
        order=order,
        view=view,
        may_work=may_work,
        may_decide=may_decide,
        now=now,
        groups=[_group(group, repeated, typed or {}) for group in view.groups],
        unplaced=[FileShown(file, repeated.get(file.pk)) for file in view.unplaced],
        missing=[MissingShown(int(one.code.partition(":")[2]), one.text) for one in found],
        task=_decision_task(order) if _is_unfit(view) else None,
    )


def _group(view: GroupView, repeated: Mapping[int, Repeated], typed: Mapping[int, Typed]) -> GroupShown:
    points = [
        PointShown(
            point,
            [FileShown(file, repeated.get(file.pk)) for file in point.files],
            typed.get(point.number),
        )
        for point in view.points
    ]
    return GroupShown(view, points)


def _is_unfit(view: InspectionView) -> bool:
    return view.verdict is not None and view.verdict.verdict == VerdictCode.FAIL


def _decision_task(order: Order) -> Task | None:
    open_tasks = Task.objects.filter(order=order, kind=DECIDE, status=TaskStatus.OPEN)
    return open_tasks.select_related("owner").first()
