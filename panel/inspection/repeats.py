"""Where else the same file is, in words, and where that may be looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actors import Actor
from orders.models import Evidence, InspectionItem
from orders.selectors import orders_visible_to


@dataclass(frozen=True, slots=True)
class Repeated:
    """`link` is empty where the reader may not see that order."""

    said: str
    link: str


def repeats_of(files: Iterable[Evidence], *, actor: Actor) -> Mapping[int, Repeated]:
    """By the id of the file that repeats another one. Two queries; none when nothing is repeated."""
    again = [file for file in files if file.repeats is not None]
    if not again:
        return {}
    first = {file.pk: file.repeats for file in again if file.repeats is not None}
    points = dict(
        InspectionItem.objects.filter(
            pk__in={one.item_id for one in first.values() if one.item_id}
        ).values_list("pk", "number")
    )
    visible = set(
        orders_visible_to(actor)
        .filter(pk__in={one.order_id for one in first.values()})
        .values_list("pk", flat=True)
    )
    return {
        file.pk: _repeated(file, first[file.pk], points, seen=first[file.pk].order_id in visible)
        for file in again
    }


def _repeated(file: Evidence, first: Evidence, points: Mapping[int, int], *, seen: bool) -> Repeated:
    point = points.get(first.item_id or 0)
    here = first.order_id == file.order_id
    where = {"ref": f"R-{first.order_id}", "point": point}
    if here:
        said = _("the same file is at point %(point)s") if point else _("the same file is there twice")
    elif point:
        said = _("the same file is in %(ref)s, point %(point)s")
    else:
        said = _("the same file is in %(ref)s")
    return Repeated(said % where, _link(first.order_id, point) if seen else "")


def _link(order_id: int, point: int | None) -> str:
    page = reverse("admin:order_inspection", args=[order_id])
    return f"{page}#point-{point}" if point else page
