"""The place in a queue of orders as one number: the smaller, the more urgent."""

from datetime import datetime

RANK = 10**14
"""More than any moment of ours in milliseconds: a lower severity never comes before a higher one."""


def queue_key(*, severity_rank: int, moment: datetime) -> int:
    """By severity first (0 is the most severe), then by the moment: of the intake while an order waits for an owner."""
    return severity_rank * RANK + int(moment.timestamp() * 1000)
