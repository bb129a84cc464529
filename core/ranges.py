"""Stretches of time as PostgreSQL's ranges, for constraints that let no two overlap."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func


class TsTzRange(Func):
    """From the first moment up to, not including, the second."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()
