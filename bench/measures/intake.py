"""Orders by the batch API: at least as many a second as bare one-order transactions of the same rows.

Both sides have four clients. The product's answer comes when every order of the batch has its owner, deadline and
next step committed.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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

CLIENTS = 4
BATCH = 1_000
"""Orders in one request (the most that it takes)."""

WARM_UP = 200


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    database = lab.copy("intake")
    with lab.connect(database) as owner:
        everybody_works(owner)
    with connected_to(database), lab.web(database):
        sample = order_sample()
        _pour(lab, _batches("W", WARM_UP))
        ours, bare = [], []
        for round_ in progress.steps("intake", range(sizes.rounds), total=sizes.rounds):
            transactions = sizes.intake // CLIENTS
            done = pgbench.run(
                "order_of_many.sql", url=lab.url(database), clients=CLIENTS, transactions=transactions,
                values={**sample, "first": round_ * transactions},
            )  # fmt: skip
            bare.append(done.per_second)
            ours.append(_pour(lab, _batches(f"R{round_:02}", sizes.intake)))
            if lost := left_without(sizes.intake):
                raise Refused(f"{lost} orders have no owner, deadline or next step")
    lab.drop(database)
    return [
        ratio(
            f"intake of {sizes.intake} orders",
            ours=Runs.of(ours, "orders/s"),
            bare=Runs.of(bare, "orders/s"),
            bound=1.0,
            at_most=False,
        )
    ]


def _batches(mark: str, orders: int) -> list[bytes]:
    bodies = [body_of(f"{mark}-{number:08}") for number in range(orders)]
    return [
        as_body({"orders": bodies[start : start + BATCH]}) for start in range(0, orders, min(BATCH, orders))
    ]


def _pour(lab: Lab, batches: Sequence[bytes]) -> float:
    """Orders a second, from the first request to the last answer."""
    orders = sum(body.count(b'"external_id"') for body in batches)
    with ThreadPoolExecutor(CLIENTS) as clients:
        began = perf_counter()
        for done in [
            clients.submit(_send, lab, batches[number::CLIENTS])
            for number in range(min(CLIENTS, len(batches)))
        ]:
            done.result()
        return orders / (perf_counter() - began)


def _send(lab: Lab, batches: Sequence[bytes]) -> None:
    with Rest(lab.api, lab.keys["intake"]) as rest:
        for body in batches:
            rest.post("orders/batch/", body)
