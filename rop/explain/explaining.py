from datetime import datetime
from typing import Any

from rop.explain.gathering import explanation
from rop.explain.sentences import next_sentence


def explain(order_id: int, now: datetime) -> dict[str, Any]:
    """The explanation as the API answers it. Raises Order.DoesNotExist."""
    found = explanation(order_id, now=now)
    return {
        "assignment": found.assignment.as_dict(),
        "clocks": [clock.as_dict() for clock in found.clocks],
        "next": [thing.as_dict(next_sentence(thing, now=now)) for thing in found.next],
    }
