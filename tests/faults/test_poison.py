"""Something that can't be handled stands at the head of a queue: it is set aside, and the others are not late."""

import json
import time
from random import Random

from tests.faults.company import quick_acceptance
from tests.faults.dues import Dues
from tests.faults.intake import ids_of, made_orders
from tests.faults.rest import Rest
from tests.faults.running import Running
from tests.faults.waiting import Measured, wait_for

ONE_CYCLE = 3
"""Seconds: a sweep each second, and the others are looked at one by one."""


def test_an_order_with_broken_data_is_set_aside(running: Running, dice: Random, measured: Measured) -> None:
    dues = Dues(running)
    with quick_acceptance(running.oracle, seconds=8):
        for _ in range(6):
            dues.order(dice)
    poisoned = dues.rows.pop(0)
    (order,) = running.oracle.orders([poisoned["external_id"]])
    (clock,) = running.oracle.rows(
        "SELECT id, warnings FROM sla_clock WHERE order_id = %(id)s AND state = 'running'", id=order["id"]
    )
    set_warnings = "UPDATE sla_clock SET warnings = %(warnings)s::jsonb WHERE id = %(id)s"
    running.oracle.rows(set_warnings, id=clock["id"], warnings='["no pair"]')
    running.oracle.rows(
        "UPDATE orders_order SET wake_at = clock_timestamp() - interval '1 hour' WHERE id = %(id)s",
        id=order["id"],
    )

    aside = wait_for("it is set aside", lambda: set_aside(running, order["id"]), seconds=10)
    assert running.oracle.one(
        "SELECT count(*) FROM core_entry WHERE kind = 'loop.quarantined' AND order_id = %(id)s",
        id=order["id"],
    )
    dues.assert_noticed(measured, at_most=ONE_CYCLE)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)

    running.oracle.rows(set_warnings, id=clock["id"], warnings=json.dumps(clock["warnings"]))
    mended = time.monotonic()
    measured.until(
        "it is looked at again", lambda: not set_aside(running, order["id"]), since=mended, at_most=70
    )
    assert aside[0]["attempts"] == 1
    dues.rows.append(poisoned)
    dues.assert_noticed(measured, at_most=120)
    running.wait_ended(dues.rows)
    running.assert_all_is_well(dues.rows)


def set_aside(running: Running, order_id: int) -> list[dict[str, object]]:
    return running.oracle.rows("SELECT * FROM rop_quarantine WHERE order_id = %(id)s", id=order_id)


def test_a_lead_asks_for_the_mended_order_at_once(running: Running, dice: Random, measured: Measured) -> None:
    """A command on the order looks at it too, without waiting for its turn."""
    (row,) = made_orders(1, dice)
    assert running.new_order(row).status == 201
    (order,) = running.oracle.orders([row["external_id"]])
    set_warnings = (
        "UPDATE sla_clock SET warnings = %(warnings)s::jsonb WHERE order_id = %(id)s AND state = 'running'"
    )
    warnings = running.oracle.one("SELECT warnings FROM sla_clock WHERE order_id = %(id)s", id=order["id"])
    running.oracle.rows(set_warnings, id=order["id"], warnings='["no pair"]')
    running.oracle.rows(
        "UPDATE orders_order SET wake_at = clock_timestamp() WHERE id = %(id)s", id=order["id"]
    )
    wait_for("it is set aside", lambda: set_aside(running, order["id"]), seconds=10)
    running.oracle.rows(set_warnings, id=order["id"], warnings=json.dumps(warnings))

    known = running.product.addresses
    lead = Rest(known["api"], known["keys"]["lead"])
    mended = time.monotonic()
    answer = lead.post(f"orders/{order['ref']}/severity/", {"severity": "high"}, once=f"mend-{order['id']}")

    assert answer.status == 200, answer
    measured.until("it is looked at", lambda: not set_aside(running, order["id"]), since=mended, at_most=5)
    running.wait_ended([row])
    assert running.oracle.broken() == {}


def test_a_message_that_cant_be_made_is_given_up_and_the_others_leave(
    running: Running, dice: Random, measured: Measured
) -> None:
    """With an entry and an alarm; it stood before them by its importance."""
    person = running.oracle.one("SELECT min(user_id) FROM assignment_manager")
    key = f"poison:{dice.getrandbits(64)}"
    posted = time.monotonic()
    running.oracle.rows(
        """INSERT INTO core_message (created_at, template, importance, person_id, context, dedup_key, thread, edits,
                  not_before, status, channel, attempts, unknown_outcomes, error, provider_id)
           SELECT clock_timestamp(), 'order_new', 10, %(person)s, '{}', %(key)s, '', false,
                  clock_timestamp(), 'queued', '', 0, 0, '', ''""",
        person=person,
        key=key,
    )
    running.oracle.rows(
        """UPDATE core_message SET template = 'no_such_template' WHERE dedup_key = %(key)s""", key=key
    )
    rows = made_orders(12, dice)
    for row in rows:
        assert running.new_order(row).status == 201
    ids = ids_of(rows)
    brought = time.monotonic()
    measured.until(
        "the others have left", lambda: not others_unsent(running, ids), since=brought, at_most=5 + ONE_CYCLE
    )
    running.assert_all_is_well(rows)

    def is_dead() -> bool:
        status = running.oracle.one("SELECT status FROM core_message WHERE dedup_key = %(key)s", key=key)
        return bool(status == "dead")

    measured.until("it is given up", is_dead, since=posted, at_most=90)
    dead = running.oracle.one("SELECT id FROM core_message WHERE dedup_key = %(key)s", key=key)
    assert running.oracle.one(
        "SELECT count(*) FROM core_entry WHERE kind = 'message.dead' AND (inputs ->> 'message')::bigint = %(id)s",
        id=dead,
    )
    wait_for(
        "somebody was told",
        lambda: running.oracle.one(
            """SELECT count(*) FROM core_message WHERE template = 'message_dead' AND status IN ('sent', 'merged')
                  AND (context ->> 'message')::bigint = %(id)s""",
            id=dead,
        ),
        seconds=30,
    )


def others_unsent(running: Running, ids: list[str]) -> list[dict[str, object]]:
    return [row for row in running.oracle.unsent(ids) if row["template"] != "no_such_template"]
