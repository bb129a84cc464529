"""Ten times the ordinary load, and a burst in the middle of it: how soon after the COMMIT of an order Telegram has
accepted the message to its owner. All roles run; what was merged counts from when its summary was accepted."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

from bench.figures import Figure, Runs, percentile
from bench.lab import Lab
from bench.measures.sending import UNSENT
from bench.people import everybody_works
from bench.progress import Progress
from bench.rest import Refused, Rest, as_body
from bench.samples import body_of
from bench.sandbox import Sandbox
from bench.sizes import Sizes
from bench.waiting import wait_for_heartbeat, wait_until

CLIENTS = 8
LASTS = 60.0
BURST_LASTS = 2.0
PATIENCE = 60.0
"""Seconds that the last messages get."""

ACCEPTED = """
    SELECT extract(epoch FROM COALESCE(summary.sent_at, m.sent_at) - pg_xact_commit_timestamp(e.xmin))::float
      FROM core_message m
      JOIN core_entry e ON e.order_id = m.order_id AND e.kind = 'decision.plan' AND (e.output ->> 'new_owner')::boolean
      LEFT JOIN core_message summary ON summary.id = m.merged_into_id
     WHERE m.template = 'order_new'
"""


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    database, sandbox = lab.copy("wave"), Sandbox(lab.sandbox_url)
    with (
        lab.connect(database) as owner,
        lab.sandbox(),
        lab.web(database),
        lab.roles(database, "worker", "beat", "bot"),
    ):
        everybody_works(owner)
        wait_for_heartbeat(owner, "sender")
        wait_for_heartbeat(owner, "loop")
        wait_until(sandbox.heard_everything, seconds=PATIENCE)
        progress.say(f"{sizes.wave} orders in a minute, {sizes.flood} more at once")
        answered = _pour(lab, sizes)
        if not wait_until(lambda: owner.execute(UNSENT).fetchone() == (0,), seconds=PATIENCE):
            raise Refused("messages were not sent within a minute after the wave")
        took = [row[0] for row in owner.execute(ACCEPTED).fetchall()]
    lab.drop(database)
    orders = sizes.wave + sizes.flood
    if len(took) != orders or None in took:
        raise Refused(
            f"of {orders} orders {len([one for one in took if one is not None])} were told to their owners"
        )
    return [
        Figure(
            what=f"{orders} orders: COMMIT to Telegram's acceptance, p95",
            ours=Runs.of([percentile(took, 0.5)], "s (median)"),
            figure=percentile(took, 0.95),
            bound=5.0,
            unit="s",
            note=f"the latest {max(took):.1f} s; POST p99 {percentile(answered, 0.99) * 1000:.0f} ms",
        )
    ]


def _pour(lab: Lab, sizes: Sizes) -> list[float]:
    """Seconds that each POST took. The burst comes in the middle."""
    steady = [number * LASTS / sizes.wave for number in range(sizes.wave)]
    burst = [LASTS / 2 + number * BURST_LASTS / sizes.flood for number in range(sizes.flood)]
    moments = list(enumerate(sorted(steady + burst)))
    began = monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        shares = [clients.submit(_send, lab, moments[number::CLIENTS], began) for number in range(CLIENTS)]
        return [seconds for share in shares for seconds in share.result()]


def _send(lab: Lab, moments: list[tuple[int, float]], began: float) -> list[float]:
    took = []
    with Rest(lab.api, lab.keys["intake"]) as rest:
        for number, moment in moments:
            sleep(max(0.0, began + moment - monotonic()))
            sent = monotonic()
            rest.post("orders/", as_body(body_of(f"WAVE-{number:08}")))
            took.append(monotonic() - sent)
    return took
