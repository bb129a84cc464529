LISTED_AT_MOST = 200
"""How many facts of one kind of an order are answered, the newest first (a limit)."""
