"""This process and the database that is measured: Django's connections follow from one to the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

import assignment.selectors
import core.selectors
import sla.selectors

CACHED_VERSIONS = (sla.selectors.matrix, assignment.selectors.weights, core.selectors.calendar)


@contextmanager
def connected_to(database: str) -> Iterator[None]:
    """Inside the block Django speaks to this database; nobody of us is left connected to it afterwards."""
    before = {alias: str(connections[alias].settings_dict["NAME"]) for alias in ("default", "owner")}
    _connect(dict.fromkeys(before, database))
    try:
        yield
    finally:
        _connect(before)


def _connect(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    for cached in CACHED_VERSIONS:
        cached.cache_clear()
