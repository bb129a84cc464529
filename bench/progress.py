"""What is going on, for whoever waits: on the terminal only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    console: Console

    def say(self, text: str) -> None:
        self.console.log(text, highlight=False)

    def steps(self, what: str, steps: Iterable[T], *, total: int) -> Iterator[T]:
        """The steps, with a bar that moves as they are done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=self.console, transient=True) as bars:
            yield from bars.track(steps, total=total, description=what)
