"""The people and rules that the faults need, written by the database's owner before or while it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.oracle import Oracle
from tests.faults.running import Running
from tests.faults.waiting import wait_for


def make_ready(running: Running, dice: Random) -> None:
    """Everybody is at work, and nothing of the start is left to do."""
    everybody_works(running.oracle, dice)
    number_orders_from(running.oracle, 1000)
    running.wait_whole(90)
    wait_for("everybody was greeted", lambda: not running.oracle.unsent([]), seconds=60)


def everybody_works(oracle: Oracle, dice: Random) -> None:
    """All managers are on one long shift, so that no hand-over falls into a test; capacities differ, 4 000 or more
    each: enough for every order of a run, whoever is away."""
    oracle.rows("DELETE FROM assignment_weeklyshift")
    oracle.rows("DELETE FROM assignment_shift")
    oracle.rows(
        """INSERT INTO assignment_shift (manager_id, starts_at, ends_at, source)
           SELECT id, clock_timestamp() - interval '1 hour', clock_timestamp() + interval '2 days', 'faults'
             FROM assignment_manager"""
    )
    for row in oracle.rows("SELECT id FROM assignment_manager ORDER BY id"):
        capacity = 1000 * dice.randint(4, 9)
        oracle.rows(
            "UPDATE assignment_manager SET capacity = %(c)s WHERE id = %(id)s", c=capacity, id=row["id"]
        )


def number_orders_from(oracle: Oracle, first: int) -> None:
    """So that no order has the number of an example in the bot's help."""
    oracle.rows("SELECT setval('orders_order_id_seq', %(first)s)", first=first)


@contextmanager
def quick_acceptance(oracle: Oracle, seconds: int) -> Iterator[None]:
    """Orders that get an owner inside this block have to be accepted within so many seconds; then the rules of
    before hold again for whoever gets one."""
    calm = publish_acceptance(oracle, seconds=seconds, warn_at=[50])
    try:
        yield
    finally:
        publish_acceptance(oracle, seconds=calm, warn_at=[50, 75, 90])


def publish_acceptance(oracle: Oracle, *, seconds: int, warn_at: list[int]) -> int:
    """A new version of the matrix in force with another target for acceptance, round the clock. Returns the target
    of before."""
    before: int = oracle.one(
        """SELECT max(target_seconds) FROM sla_rule WHERE kind = 'accept' AND severity = 'normal' AND matrix_id = (
               SELECT id FROM sla_matrix WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1)"""
    )
    oracle.rows(
        """WITH newest AS (
               SELECT id, version FROM sla_matrix WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1
           ), draft AS (
               INSERT INTO sla_matrix (version, title) SELECT version + 1, 'faults' FROM newest RETURNING id
           )
           INSERT INTO sla_rule (matrix_id, kind, stage, severity, target_seconds, mode, warn_at)
           SELECT draft.id, r.kind, r.stage, r.severity,
                  CASE r.kind WHEN 'accept' THEN %(seconds)s ELSE r.target_seconds END,
                  CASE r.kind WHEN 'accept' THEN 'elapsed' ELSE r.mode END,
                  CASE r.kind WHEN 'accept' THEN %(warn_at)s::smallint[] ELSE r.warn_at END
             FROM sla_rule r JOIN newest ON newest.id = r.matrix_id CROSS JOIN draft""",
        seconds=seconds,
        warn_at=warn_at,
    )
    oracle.rows("UPDATE sla_matrix SET published_at = clock_timestamp() WHERE published_at IS NULL")
    return before
