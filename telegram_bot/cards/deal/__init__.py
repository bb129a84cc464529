"""The card of a deal, from the client's decision to the delivery: one for each person and order, edited in place.

What AI-РОП asks for by itself (`follow_up`, `track`, …) comes as such a card: the first press goes on in it.
"""

TEMPLATE = "deal"


def thread_of(order_id: int, person_id: int) -> str:
    """Not the thread of the order's own card, which lives on beside it. The loop and the services post here too."""
    return f"order:{order_id}:deal:{person_id}"
