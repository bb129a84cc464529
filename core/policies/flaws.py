"""What is wrong with a value that came from outside: a stable code, and numbers for its sentence."""

import dataclasses
from collections.abc import Container, Iterable, Mapping
from itertools import islice

UNKNOWN_NAMED = 10
"""Unknown fields of one object that are named (a limit): an answer is no longer than what it answers."""


class BadValue(ValueError):
    """The value can't be taken. `code` is stable; `params` are for the sentence about it."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclasses.dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with one field; `field` is "" when it is the whole."""

    field: str
    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


def unknown_fields(given: Iterable[object], known: Container[object]) -> list[Flaw]:
    """A flaw for each of the first fields that nobody knows."""
    unknown = (Flaw(str(name)[:100], "unknown") for name in given if name not in known)
    return list(islice(unknown, UNKNOWN_NAMED))
