"""Reading inspections: what was asked, what was answered, which files there are, what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Aggregate, Avg, Count, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from core.actors import Actor
from orders.models import (
    POINTS,
    Contact,
    Evidence,
    Inspection,
    InspectionAnswer,
    InspectionItem,
    InspectionMeasure,
    InspectionTemplate,
    InspectionVerdict,
    ProofRule,
    Purpose,
)
from orders.policies.inspection import Given, Point, Progress, progress, proof_needed
from orders.selectors.orders import orders_visible_to


class Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class NoTemplate(RuntimeError):
    """No template of inspections has been published. Migrations bring the first one."""


@dataclass(frozen=True, slots=True)
class PointView:
    """One point as people see it. `needs_files`: how many more. `asked`: whether a file is asked for at all."""

    item: InspectionItem
    answer: InspectionAnswer | None
    files: tuple[Evidence, ...]
    needs_files: int
    asked: bool

    @property
    def number(self) -> int:
        return self.item.number

    @property
    def needs_answer(self) -> bool:
        return self.answer is None

    @property
    def is_done(self) -> bool:
        return self.answer is not None and not self.needs_files


@dataclass(frozen=True, slots=True)
class GroupView:
    code: str
    title: str
    points: tuple[PointView, ...]

    @property
    def answered(self) -> int:
        return sum(point.answer is not None for point in self.points)

    @property
    def needs_files(self) -> int:
        return sum(point.needs_files for point in self.points)

    @property
    def is_done(self) -> bool:
        return all(point.is_done for point in self.points)

    @property
    def has_norms(self) -> bool:
        """Whether "the norm for the whole group" would answer something."""
        return any(point.needs_answer and point.item.normal for point in self.points)


@dataclass(frozen=True, slots=True)
class InspectionView:
    """A whole inspection: groups of points, files that belong to none yet, the verdict."""

    inspection: Inspection
    groups: tuple[GroupView, ...]
    unplaced: tuple[Evidence, ...]
    verdict: InspectionVerdict | None
    progress: Progress

    @property
    def points(self) -> tuple[PointView, ...]:
        return tuple(point for group in self.groups for point in group.points)

    @property
    def total(self) -> int:
        return POINTS

    @property
    def answered(self) -> int:
        return POINTS - len(self.progress.points_open)

    @property
    def files_missing(self) -> int:
        return sum(self.progress.proof_open.values())

    @property
    def is_current(self) -> bool:
        return self.inspection.ended_at is None

    def point(self, number: int) -> PointView | None:
        return next((point for point in self.points if point.number == number), None)

    def group(self, code: str) -> GroupView | None:
        return next((group for group in self.groups if group.code == code), None)


def template_in_force() -> InspectionTemplate:
    """The newest published one. Raises NoTemplate."""
    newest = InspectionTemplate.objects.filter(published_at__isnull=False).order_by("-version").first()
    if newest is None:
        raise NoTemplate
    return newest


@lru_cache(maxsize=32)
def _items(template_id: int) -> tuple[InspectionItem, ...]:
    """Published templates never change, so each process reads one once."""
    return tuple(InspectionItem.objects.filter(template_id=template_id).order_by("number"))


def items_of(template: InspectionTemplate) -> Sequence[InspectionItem]:
    """The points of a template, by number."""
    if template.published_at is None:
        return tuple(template.items.order_by("number"))
    return _items(template.pk)


def point_of(item: InspectionItem) -> Point:
    """The point as the policies take it."""
    return Point(
        number=item.number,
        group=item.group,
        kind=item.kind,
        choices=tuple(str(choice["code"]) for choice in item.choices),
        normal=tuple(item.normal),
        normal_from=item.normal_from,
        normal_to=item.normal_to,
        proof=item.proof,
        proof_rule=item.proof_rule,
        proof_answers=tuple(item.proof_answers),
        proof_count=item.proof_count,
        proof_from_severity=item.proof_from_severity,
    )


@lru_cache(maxsize=32)
def _points(template_id: int) -> tuple[Point, ...]:
    return tuple(point_of(item) for item in _items(template_id))


def points_of(template: InspectionTemplate) -> Sequence[Point]:
    """The points of a template as the policies take them, by number."""
    if template.published_at is None:
        return tuple(point_of(item) for item in items_of(template))
    return _points(template.pk)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one inspection, and what they come to."""

    items: Sequence[InspectionItem]
    points: Sequence[Point]
    answers: dict[int, InspectionAnswer]
    files: dict[int, list[Evidence]]
    unplaced: list[Evidence]
    progress: Progress

    @property
    def given(self) -> dict[int, Given]:
        return {number: _given(answer) for number, answer in self.answers.items()}


def _given(answer: InspectionAnswer) -> Given:
    return Given(answer.value, answer.is_normal)


def inspection_progress(inspection: Inspection, *, severity: str) -> Progress:
    """What is missing, from the raw facts. Two queries for bare values: every answer and every file asks for it."""
    numbers = {item.pk: item.number for item in items_of(inspection.template)}
    answers = _answers(inspection).values_list("item_id", "value", "is_normal")
    given = {numbers[item_id]: Given(value, normal) for item_id, value, normal in answers}
    kinds: dict[int, list[str]] = {}
    for item_id, kind in _files(inspection).filter(item__isnull=False).values_list("item_id", "kind"):
        kinds.setdefault(numbers[item_id], []).append(kind)
    return progress(points_of(inspection.template), given, kinds, severity=severity)


def inspection_found(inspection: Inspection, *, severity: str) -> Found:
    """From the raw facts. Two queries, and one more the first time a process meets the template."""
    return _found(inspection, _answers(inspection), _files(inspection), severity=severity)


def _found(
    inspection: Inspection,
    rows: Iterable[InspectionAnswer],
    evidence: Iterable[Evidence],
    *,
    severity: str,
) -> Found:
    items, points = items_of(inspection.template), points_of(inspection.template)
    numbers = {item.pk: item.number for item in items}
    answers = {numbers[answer.item_id]: answer for answer in rows}
    files: dict[int, list[Evidence]] = {}
    unplaced: list[Evidence] = []
    for file in evidence:
        if file.item_id is None:
            unplaced.append(file)
        else:
            files.setdefault(numbers[file.item_id], []).append(file)
    kinds = {number: [file.kind for file in some] for number, some in files.items()}
    given = {number: _given(answer) for number, answer in answers.items()}
    return Found(items, points, answers, files, unplaced, progress(points, given, kinds, severity=severity))


def _answers(inspection: Inspection) -> QuerySet[InspectionAnswer]:
    return InspectionAnswer.objects.filter(inspection=inspection, replaced_at__isnull=True)


def _files(inspection: Inspection) -> QuerySet[Evidence]:
    return Evidence.objects.filter(
        inspection=inspection, purpose=Purpose.INSPECTION, removed_at__isnull=True
    ).order_by("pk")


def inspection_of(order_id: int) -> Inspection | None:
    """The current one; otherwise the last."""
    return (
        Inspection.objects.filter(order=order_id)
        .select_related("order", "template")
        .order_by("-number")
        .first()
    )


def inspection_view(order_id: int) -> InspectionView | None:
    """The current inspection of an order, otherwise its last; None when there was none. At most five queries."""
    inspection = inspection_of(order_id)
    if inspection is None:
        return None
    severity = inspection.order.severity
    found = _found(
        inspection,
        _answers(inspection).select_related("by"),
        _files(inspection).select_related("added_by", "repeats"),
        severity=severity,
    )
    verdict = (
        InspectionVerdict.objects.filter(inspection=inspection, replaced_at__isnull=True)
        .select_related("by", "decided_by")
        .first()
    )
    return InspectionView(
        inspection=inspection,
        groups=tuple(_groups(found, severity=severity)),
        unplaced=tuple(found.unplaced),
        verdict=verdict,
        progress=found.progress,
    )


def _groups(found: Found, *, severity: str) -> Iterable[GroupView]:
    titles: dict[str, str] = {}
    points: dict[str, list[PointView]] = {}
    for item, point in zip(found.items, found.points, strict=True):
        titles.setdefault(item.group, item.group_title)
        answer = found.answers.get(item.number)
        needed = proof_needed(point, _given(answer) if answer else None, severity=severity)
        view = PointView(
            item=item,
            answer=answer,
            files=tuple(found.files.get(item.number, ())),
            needs_files=found.progress.proof_open.get(item.number, 0),
            asked=needed > 0 or (bool(item.proof) and item.proof_rule == ProofRule.OPTIONAL),
        )
        points.setdefault(item.group, []).append(view)
    for code, title in titles.items():
        yield GroupView(code, title, tuple(points[code]))


def evidence_visible_to(actor: Actor) -> QuerySet[Evidence]:
    """Files of the orders that the actor may see; those that were taken away are nobody's."""
    return Evidence.objects.filter(order__in=orders_visible_to(actor), removed_at__isnull=True)


def contacts_of(order_id: int) -> QuerySet[Contact]:
    """Newest first, with who made them."""
    return Contact.objects.filter(order=order_id).select_related("by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class ManagerQuality:
    """How one manager's inspections were done within a stretch of time. Shares are 0…1; None without points."""

    manager_id: int
    inspections: int
    median_seconds: int
    rushed: int
    normal_share: float
    in_bulk_share: float
    remarks: int
    exceptions: int
    files: int
    repeated: int
    failed: int


def inspection_measures(*, since: datetime, until: datetime) -> list[ManagerQuality]:
    """By manager, those with the most rushed inspections first. One query."""
    rows = (
        InspectionMeasure.objects.filter(at__gte=since, at__lt=until)
        .order_by()
        .values("manager")
        .annotate(
            inspections=Count("pk"),
            median=Median("seconds"),
            rushed_ones=Count("pk", filter=Q(rushed=True)),
            norm=Avg(Cast("normal_share", FloatField())),
            bulk=Sum("in_bulk"),
            remark=Sum("remarks"),
            exception=Sum("exceptions"),
            file=Sum("files"),
            again=Sum("repeated"),
            failed=Count("pk", filter=Q(verdict="fail")),
        )
        .order_by("-rushed_ones", "manager")
    )
    return [
        ManagerQuality(
            manager_id=row["manager"],
            inspections=row["inspections"],
            median_seconds=round(row["median"]),
            rushed=row["rushed_ones"],
            normal_share=float(row["norm"]),
            in_bulk_share=row["bulk"] / (row["inspections"] * POINTS),
            remarks=row["remark"],
            exceptions=row["exception"],
            files=row["file"],
            repeated=row["again"],
            failed=row["failed"],
        )
        for row in rows
    ]
