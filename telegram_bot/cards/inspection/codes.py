"""The numbers in the buttons of an inspection, which stay what they are when words change, and what they stand for."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from orders.models import ContactChannel, Outcome, VerdictCode

ANSWERS_AT_MOST = 100
"""A point and one of its answers are one number in a button: point × this + the answer's place."""

VERDICTS: Mapping[int, str] = {1: VerdictCode.PASS, 2: VerdictCode.REMARKS, 3: VerdictCode.FAIL}

CHANNELS: Mapping[int, str] = {
    1: ContactChannel.PHONE,
    2: ContactChannel.TELEGRAM,
    3: ContactChannel.WHATSAPP,
    4: ContactChannel.EMAIL,
    5: ContactChannel.MEETING,
    6: ContactChannel.OTHER,
}

OUTCOMES: Mapping[int, str] = {
    1: Outcome.AGREED,
    2: Outcome.REACHED,
    3: Outcome.CALL_BACK,
    4: Outcome.NO_ANSWER,
    5: Outcome.REFUSED,
}

WHEN: Mapping[int, str | Promise] = {
    1: gettext_lazy("1 hour"),
    3: gettext_lazy("3 hours"),
    10: gettext_lazy("tomorrow 10:00"),
    0: gettext_lazy("Not again"),
}
"""When the next try is: hours from now, the hour of tomorrow morning, or never."""
