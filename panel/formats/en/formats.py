"""Moments short enough for the columns of a list, and times as people write them."""

DATETIME_FORMAT = "j M Y H:i"
SHORT_DATETIME_FORMAT = "j M Y H:i"
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
