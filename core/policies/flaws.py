"""What is wrong with a value that came from outside: a stable code, and numbers for its sentence."""

import dataclasses
from collections.abc import Mapping


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
