"""What is measured, in one visible list. A new measure is a new file and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.figures import Figure
from bench.lab import Lab
from bench.measures import alone, intake, sweep
from bench.progress import Progress
from bench.sizes import Sizes


@dataclass(frozen=True, slots=True)
class Measure:
    title: str
    measure: Callable[[Lab, Sizes, Progress], list[Figure]]


MEASURES: Mapping[str, Measure] = {
    "intake": Measure("Orders by the batch API, against four clients of pgbench", intake.measure),
    "alone": Measure("One order alone, from POST to owner, deadline and next step", alone.measure),
    "sweep": Measure("A sweep of what is due among very many open orders", sweep.measure),
}
