"""The card of an inspection: one for each person and order, edited in place."""

TEMPLATE = "inspection"
FILES_OF_WHICH = "inspection_files"
"""The question of which order files are."""


def thread_of(order_id: int, person_id: int) -> str:
    """Not the thread of the order's own card, which lives on beside it."""
    return f"order:{order_id}:inspection:{person_id}"
