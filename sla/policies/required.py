"""The (clock, stage) pairs that a matrix must have a rule for at each severity: no order is without a deadline."""

REQUIRED_RULES: tuple[tuple[str, str], ...] = (
    ("assign", "pending_manager"),
    ("accept", "pending_manager"),
    ("stage", "under_inspection"),
    ("stage", "awaiting_payment"),
    ("stage", "ready_for_shipment"),
    ("stage", "in_transit"),
)
