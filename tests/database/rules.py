"""How a rule and the attempts to break it are written down, one line for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from tests.database.attempts import Add, Change, Remove


@dataclass(frozen=True)
class Case:
    """`without`: the rule that refuses the same when this one is gone. `by_rights`: the role may not even try."""

    rule: str
    kind: type
    make: Callable[[], Any]
    without: str = ""
    by_rights: bool = False


def add(rule: str, make: Callable[[], models.Model | Add], **more: Any) -> Case:
    return Case(rule, Add, lambda: made if isinstance(made := make(), Add) else Add(made), **more)


def change(
    rule: str, make: Callable[[], models.Model], *, without: str = "", by_rights: bool = False, **values: Any
) -> Case:
    """A factory as a value is a row that is made when the attempt is."""

    def attempt() -> Change:
        made = {name: value() if callable(value) else value for name, value in values.items()}
        return Change(make(), made)

    return Case(rule, Change, attempt, without=without, by_rights=by_rights)


def remove(rule: str, make: Callable[[], models.Model], **more: Any) -> Case:
    return Case(rule, Remove, lambda: Remove(make()), **more)


def append_only(table: str, make: Callable[[], models.Model], **values: Any) -> list[Case]:
    rule = f"{table}_append_only"
    return [change(rule, make, by_rights=True, **values), remove(rule, make, by_rights=True)]
