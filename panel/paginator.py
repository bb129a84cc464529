from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

CAP = 2000
"""Rows are counted no further than this: the last page of a million is nobody's work."""


class CappedPaginator(Paginator[Any]):
    """Counts up to `CAP` rows, and says that there are more."""

    template_name = "panel/pagination.html"

    @cached_property
    def _found(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: CAP + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        return min(self._found, CAP)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._found > CAP
