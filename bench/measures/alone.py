"""One order alone: from POST to the answer that it has its owner, deadline and next step, in bare transactions."""

from statistics import median
from time import perf_counter

from bench import pgbench
from bench.figures import Figure, Runs, ratio
from bench.inside import connected_to
from bench.lab import Lab
from bench.people import everybody_works
from bench.progress import Progress
from bench.rest import Refused, Rest, as_body
from bench.samples import body_of, left_without, order_sample
from bench.sizes import Sizes

WARM_UP = 30


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    database = lab.copy("alone")
    with lab.connect(database) as owner:
        everybody_works(owner)
    with connected_to(database), lab.web(database), Rest(lab.api, lab.keys["intake"]) as rest:
        sample = order_sample()
        _post(rest, "W", WARM_UP)
        ours, bare = [], []
        for round_ in progress.steps("one order alone", range(sizes.rounds), total=sizes.rounds):
            done = pgbench.run(
                "order_alone.sql", url=lab.url(database), clients=1, transactions=sizes.singles,
                values={**sample, "first": round_ * sizes.singles},
            )  # fmt: skip
            bare.append(median(done.seconds) * 1000)
            ours.append(median(_post(rest, f"R{round_:02}", sizes.singles)) * 1000)
            if lost := left_without(sizes.singles):
                raise Refused(f"{lost} orders have no owner, deadline or next step")
    lab.drop(database)
    return [
        ratio("one order alone", ours=Runs.of(ours, "ms"), bare=Runs.of(bare, "ms"), bound=10.0),
    ]


def _post(rest: Rest, mark: str, orders: int) -> list[float]:
    """Seconds of each, one after another."""
    took = []
    for number in range(orders):
        body = as_body(body_of(f"{mark}-{number:08}"))
        began = perf_counter()
        rest.post("orders/", body)
        took.append(perf_counter() - began)
    return took
