"""Where on its order's page a task is done."""

from collections.abc import Mapping

from orders.services.tasks import DONE_BY, FOLLOW_UP, PAY_OUT, SETTLE_CLAIM, SETTLE_MONEY, TRACK, UNDECIDED

PLACES: Mapping[str, str] = {
    FOLLOW_UP: "deal-client",
    UNDECIDED: "deal-client",
    "contact_client": "contacts",
    "contact_seller": "contacts",
    TRACK: "deal-way",
    SETTLE_CLAIM: "deal-claims",
    SETTLE_MONEY: "deal-payouts",
    PAY_OUT: "deal-payouts",
}
"""By its kind; others are done by saying so."""


def is_done_by_saying(kind: str) -> bool:
    return kind not in DONE_BY
