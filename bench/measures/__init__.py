"""What is measured, in one visible list. A new measure is a new file and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.figures import Figure
from bench.lab import Lab
from bench.measures import alone, intake, lateness, pages, sending, sweep, wave
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
    "lateness": Measure("How late what is due is, with a real worker and a real beat", lateness.measure),
    "wave": Measure(
        "From an order's COMMIT to Telegram's acceptance, under ten times the load", wave.measure
    ),
    "pages": Measure("Pages and lists among very many orders", pages.measure),
    "sending": Measure("Messages a second against a Telegram that allows thirty", sending.measure),
}
