"""A version of the 28 points as a lead reads it: groups, answers with their norm, when files are wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.forms.models import model_to_dict

from orders.inspection_words import answers_of, norm_said, proof_said
from orders.models import AnswerKind, InspectionItem, InspectionTemplate
from orders.selectors.inspections import items_of

SAME = ("id", "template")


@dataclass(frozen=True, slots=True)
class Answer:
    title: str
    is_norm: bool


@dataclass(frozen=True, slots=True)
class PointRow:
    """`changed`: the version before says something else under this number."""

    item: InspectionItem
    changed: bool

    @property
    def answers(self) -> list[Answer]:
        return [Answer(title, code in self.item.normal) for code, title in answers_of(self.item)]

    @property
    def written(self) -> str:
        """What is written instead of chosen, with its norm."""
        if self.answers:
            return ""
        norm = norm_said(self.item)
        kind = str(AnswerKind(self.item.kind).label)
        return ", ".join(filter(None, [kind, self.item.unit if not norm else "", norm]))

    @property
    def files(self) -> list[str]:
        return proof_said(self.item)


@dataclass(frozen=True, slots=True)
class GroupRows:
    code: str
    title: str
    rows: Sequence[PointRow]


def groups_of(template: InspectionTemplate) -> list[GroupRows]:
    """In their order; a group whose points stand apart is there as often."""
    before = _before(template)
    found: list[GroupRows] = []
    rows: list[PointRow] = []
    for item in items_of(template):
        if not found or found[-1].code != item.group:
            rows = []
            found.append(GroupRows(item.group, item.group_title, rows))
        rows.append(PointRow(item, bool(before) and before.get(item.number) != _said(item)))
    return found


def _before(template: InspectionTemplate) -> Mapping[int, object]:
    """What the version that was in force before says, by number; nothing for the first one."""
    earlier = (
        InspectionTemplate.objects.filter(version__lt=template.version, published_at__isnull=False)
        .order_by("-version")
        .first()
    )
    return {item.number: _said(item) for item in items_of(earlier)} if earlier else {}


def _said(item: InspectionItem) -> object:
    return model_to_dict(item, exclude=SAME)
