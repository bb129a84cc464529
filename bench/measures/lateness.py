"""How late what is due is, with a real worker and a real beat, until what was written for it is committed."""

from bench.arming import arm, spread
from bench.figures import Figure, Runs, percentile
from bench.filling import filled
from bench.lab import Lab
from bench.progress import Progress
from bench.rest import Refused
from bench.sizes import Sizes
from bench.waiting import wait_for_heartbeat, wait_until

LEAD = 5.0
"""Seconds before the first comes due."""

PATIENCE = 60.0

LATE = """
    SELECT extract(epoch FROM min(pg_xact_commit_timestamp(e.xmin)) - (c.warnings -> 0 ->> 1)::timestamptz)::float
      FROM core_entry e JOIN sla_clock c ON c.order_id = e.order_id AND c.subject_type = 'order' AND c.state = 'running'
     WHERE e.kind = 'decision.plan' AND e.order_id = ANY(%s)
     GROUP BY c.id, c.warnings
"""
"""Seconds from the moment that stands on the clock to the COMMIT of the look at its order."""

LEFT = "SELECT count(*) FROM orders_order WHERE id = ANY(%s) AND wake_at <= clock_timestamp()"


def measure(lab: Lab, sizes: Sizes, progress: Progress) -> list[Figure]:
    database = lab.copy("lateness", of=filled(lab, sizes.armed, progress))
    due = sizes.due_a_second * sizes.seconds
    ids = spread(due, among=sizes.armed, place=0)
    with lab.connect(database) as owner, lab.roles(database, "worker", "beat"):
        wait_for_heartbeat(owner, "loop")
        arm(owner, ids, after=[LEAD + number / sizes.due_a_second for number in range(due)])
        for _second in progress.steps(
            "coming due", range(int(LEAD) + sizes.seconds), total=int(LEAD) + sizes.seconds
        ):
            wait_until(lambda: False, seconds=1.0)
        wait_until(lambda: owner.execute(LEFT, [ids]).fetchone() == (0,), seconds=PATIENCE)
        late = [float(row[0]) for row in owner.execute(LATE, [ids]).fetchall()]
    lab.drop(database)
    if len(late) != due:
        raise Refused(f"{due} orders came due, {len(late)} were looked at")
    return [
        Figure(
            what=f"lateness p99, {due} due among {sizes.armed} armed",
            ours=Runs.of([percentile(late, 0.5)], "s (median)"),
            figure=percentile(late, 0.99),
            bound=3.0,
            unit="s",
            note=f"{sizes.due_a_second} a second; the latest {max(late):.2f} s",
        )
    ]
