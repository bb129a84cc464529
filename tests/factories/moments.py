"""The moments that rows are written at."""

import datetime as dt

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
"""A Monday, noon in Moscow."""
HOUR = dt.timedelta(hours=1)
