"""Everybody is at work and has room: what is measured is speed, not the rules of who may get what."""

from typing import Any

import psycopg


def everybody_works(connection: "psycopg.Connection[Any]") -> None:
    """All managers are on one long shift with the largest capacity there is. As the owner of the tables."""
    connection.execute("DELETE FROM assignment_weeklyshift")
    connection.execute("DELETE FROM assignment_shift")
    connection.execute(
        """INSERT INTO assignment_shift (manager_id, starts_at, ends_at, source)
           SELECT id, clock_timestamp() - interval '1 hour', clock_timestamp() + interval '2 days', 'bench'
             FROM assignment_manager"""
    )
    connection.execute("UPDATE assignment_manager SET capacity = 90000")
