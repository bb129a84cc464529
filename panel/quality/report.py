"""How inspections are done: by manager, and the single ones that stand out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.selectors import names_of
from orders.models import Evidence, InspectionMeasure
from orders.selectors import inspection_measures
from orders.selectors.inspections import ManagerQuality

LISTED = 20
"""Of what stands out, so many are listed; the table counts all of them."""

DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Column:
    """`worst_first`: the largest values on top."""

    title: str | Promise
    key: Callable[["ManagerRow"], float]
    hint: str | Promise = ""


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """`width`: of the bar of inspections, in per cent of the longest."""

    name: str
    found: ManagerQuality
    width: int

    @property
    def rushed_share(self) -> int:
        return round(self.found.rushed / self.found.inspections * 100)

    @property
    def norm_percent(self) -> int:
        return round(self.found.normal_share * 100)

    @property
    def bulk_percent(self) -> int:
        return round(self.found.in_bulk_share * 100)


COLUMNS: Mapping[str, Column] = {
    "inspections": Column(gettext_lazy("inspections"), lambda row: row.found.inspections),
    "rushed": Column(
        gettext_lazy("rushed"),
        lambda row: row.rushed_share,
        gettext_lazy("quicker than 95 % of those by the same points before"),
    ),
    "median": Column(
        gettext_lazy("median time"),
        lambda row: -row.found.median_seconds,
        gettext_lazy("from the first answer to the verdict"),
    ),
    "norm": Column(gettext_lazy("share of the norm"), lambda row: row.found.normal_share),
    "bulk": Column(
        gettext_lazy("by whole groups"),
        lambda row: row.found.in_bulk_share,
        gettext_lazy("points answered by “the norm for the whole group”"),
    ),
    "exceptions": Column(gettext_lazy("not the norm"), lambda row: row.found.exceptions),
    "remarks": Column(gettext_lazy("remarks"), lambda row: row.found.remarks),
    "files": Column(gettext_lazy("files"), lambda row: row.found.files),
    "repeated": Column(
        gettext_lazy("repeated files"),
        lambda row: row.found.repeated,
        gettext_lazy("that are at another order or another point too"),
    ),
    "failed": Column(gettext_lazy("not fit"), lambda row: row.found.failed),
}


@dataclass(frozen=True, slots=True)
class Totals:
    inspections: int
    rushed: int
    repeated: int
    failed: int


@dataclass(frozen=True, slots=True)
class Report:
    rows: Sequence[ManagerRow]
    totals: Totals
    rushed: Sequence[InspectionMeasure]
    repeated: Sequence[Evidence]


def report(*, days: int, sort: str, manager_id: int | None, now: datetime) -> Report:
    """Of the days before now. `manager_id` narrows the lists, not the table. Four queries."""
    since = now - timedelta(days=days)
    # What ended at this very moment belongs to it.
    measures = inspection_measures(since=since, until=now + timedelta(microseconds=1))
    names = names_of(found.manager_id for found in measures)
    most = max((found.inspections for found in measures), default=1)
    rows = [
        ManagerRow(names.get(found.manager_id, ""), found, round(found.inspections / most * 100))
        for found in measures
    ]
    return Report(
        rows=sorted(rows, key=lambda row: (-COLUMNS[sort].key(row), row.name)),
        totals=Totals(
            inspections=sum(found.inspections for found in measures),
            rushed=sum(found.rushed for found in measures),
            repeated=sum(found.repeated for found in measures),
            failed=sum(found.failed for found in measures),
        ),
        rushed=_rushed(since, manager_id),
        repeated=_repeated(since, manager_id),
    )


def _rushed(since: datetime, manager_id: int | None) -> list[InspectionMeasure]:
    found = InspectionMeasure.objects.filter(at__gte=since, rushed=True).select_related("order", "manager")
    if manager_id is not None:
        found = found.filter(manager=manager_id)
    return list(found.order_by("-at", "-pk")[:LISTED])


def _repeated(since: datetime, manager_id: int | None) -> list[Evidence]:
    found = Evidence.objects.filter(repeats__isnull=False, removed_at__isnull=True, at__gte=since)
    if manager_id is not None:
        found = found.filter(added_by=manager_id)
    return list(found.select_related("order", "item", "added_by", "repeats").order_by("-pk")[:LISTED])
