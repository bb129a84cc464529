"""What a sweep of what is due costs, against bare SQL that reads and writes the same, and against how many are open.

Both sides take a hundred orders in a transaction, one after another, in a database of many open orders; and the
product does it in a small one too. The orders of the two sides lie side by side.
"""

from dataclasses import dataclass
from time import perf_counter

from bench import pgbench
from bench.arming import arm, spread
from bench.figures import Figure, Runs, ratio
from bench.filling import filled
from bench.inside import connected_to
from bench.lab import Lab
from bench.progress import Progress
from bench.rest import Refused
from bench.samples import reminder_sample
from bench.sizes import Sizes
from core import clock
from core.work import CHUNK
from rop.loop import sweep


@dataclass(frozen=True, slots=True)
class Place:
    """A database of so many open orders."""

    lab: Lab
    database: str
    orders: int

    def swept(self, due: int, place: int) -> float:
        """Milliseconds of a sweep of so many, in a process that has swept others before. Uses up two places."""
        with connected_to(self.database):
            self._arm(due, place)
            sweep(clock.now())  # the connection, and what a process reads once
            self._arm(due, place + 1)
            now = clock.now()
            began = perf_counter()
            looked = sweep(now)
            took = perf_counter() - began
        if looked != due:
            raise Refused(f"{looked} orders were swept, {due} were due")
        return took * 1000

    def bare(self, due: int, place: int, sample: "dict[str, object]") -> float:
        self._arm(due, place)
        done = pgbench.run(
            "sweep.sql", url=self.lab.url(self.database), clients=1, transactions=due // CHUNK, values=sample
        )
        return sum(done.seconds) * 1000

    def _arm(self, due: int, place: int) -> None:
        with self.lab.connect(self.database) as owner:
            arm(owner, spread(due, among=self.orders, place=place), after=[-1.0] * due)

    def sample(self) -> "dict[str, object]":
        order_id = self.orders  # of no other place
        with self.lab.connect(self.database) as owner:
            arm(owner, [order_id], after=[-1.0])
        with connected_to(self.database):
            sweep(clock.now())
            return dict(reminder_sample(order_id))


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    many = Place(lab, lab.copy("sweep_many", of=filled(lab, sizes.many, progress)), sizes.many)
    few = Place(lab, lab.copy("sweep_few", of=filled(lab, sizes.few, progress)), sizes.few)
    sample = many.sample()
    ours, bare, small = [], [], []
    for round_ in progress.steps("sweep", range(sizes.rounds), total=sizes.rounds):
        small.append(few.swept(sizes.due, 2 * round_))
        # Nobody is reminded of the same twice: each order is swept once.
        ours.append(many.swept(sizes.due, 3 * round_))
        bare.append(many.bare(sizes.due, 3 * round_ + 2, sample))
    lab.drop(many.database)
    lab.drop(few.database)
    return [
        ratio(
            f"sweep of {sizes.due} due among {sizes.many} open",
            ours=Runs.of(ours, "ms"),
            bare=Runs.of(bare, "ms"),
            bound=3.0,
        ),
        ratio(
            f"the same, against {sizes.few} open",
            ours=Runs.of(ours, "ms"),
            bare=Runs.of(small, "ms"),
            bound=1.2,
            note="in the place of bare SQL: the product among few",
        ),
    ]
