"""Where the same content is already: in the same place, or elsewhere, which is worth a flag."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

from core.advisory import content_lock
from orders.models import Evidence, Order

FIRSTS_ELSEWHERE = """
    SELECT first.* FROM unnest(%s::text[]) AS content
     CROSS JOIN LATERAL (SELECT * FROM orders_evidence
                          WHERE sha256 = content AND removed_at IS NULL AND order_id <> %s
                          ORDER BY id LIMIT 1) AS first
"""
"""One step of the index for each content: a picture that everybody sends may be on every order."""


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """The files `here` of an order that count, and the first one elsewhere of each content asked about."""

    here: list[Evidence]
    elsewhere: Mapping[str, Evidence] = field(default_factory=dict)

    def same(self, file: Evidence) -> Evidence | None:
        """The same content in the same place of the order."""
        return next((one for one in self.here if _place(one) == _place(file)), None)

    def first_like(self, file: Evidence) -> Evidence | None:
        """The earliest file with this content on another order, in another inspection, for another purpose or at
        another point of this one. Of other orders only one that was there before."""
        like = [one for one in self.here if one is not file and _is_like(one, file)]
        other = self.elsewhere.get(file.sha256)
        if other is not None and (is_new(file) or other.pk < file.pk):
            like.append(other)
        # What has no id yet came with this one, after all that has.
        return min(like, key=lambda one: (is_new(one), one.pk or 0), default=None)


def known_files(order: Order, contents: Collection[str]) -> KnownFiles:
    """Of a locked order. Three queries for any number of contents; nobody adds one of them elsewhere meanwhile."""
    with connection.cursor() as cursor:
        # Two that come at once would not see each other; in ascending order, so that they don't wait in a circle.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(one) FROM (SELECT unnest(%s::bigint[]) AS one ORDER BY 1) AS contents",
            [list({content_lock(content) for content in contents})],
        )
    here = Evidence.objects.filter(order=order, removed_at__isnull=True).select_related("item").order_by("pk")
    firsts = Evidence.objects.raw(FIRSTS_ELSEWHERE, [list(contents), order.pk])
    return KnownFiles(list(here), {one.sha256: one for one in firsts})


def is_new(file: Evidence) -> bool:
    """Whether it is not in the database yet."""
    return file._state.adding


def _place(file: Evidence) -> tuple[object, ...]:
    return file.order_id, file.inspection_id, file.purpose, file.item_id, file.sha256


def _is_like(one: Evidence, file: Evidence) -> bool:
    return one.sha256 == file.sha256 and (
        one.purpose != file.purpose
        or (None not in (one.inspection_id, file.inspection_id) and one.inspection_id != file.inspection_id)
        or (None not in (one.item_id, file.item_id) and one.item_id != file.item_id)
    )
