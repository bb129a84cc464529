"""The callback data behind buttons: a verb, then numbers.

The data comes back from strangers' hands: whoever reads it believes nothing in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

DATA_LIMIT = 64

ACCEPT = "a"  # order, version
ACCEPT_IN_LIST = "l"  # order, version, page
NEXT = "n"  # order
WHY = "w"  # order
PAGE = "m"  # page of one's own orders
SHIFT_ON = "s1"
SHIFT_OFF = "s0"

# What is escalated; "seen" is the newest escalation that the message showed.
SHOW = "e"  # order
ACKNOWLEDGE = "ea"  # order, seen
GIVE = "eg"  # order, page of the candidates
GIVE_TO = "ep"  # order, version, manager
SNOOZE = "ez"  # order
SNOOZE_LENGTH = "el"  # order, length
SNOOZE_BECAUSE = "es"  # order, length, why
UNSNOOZE = "eu"  # order
RESOLVE = "er"  # order, seen
RESOLVE_BECAUSE = "ed"  # order, seen, why
FOLLOW = "ey"  # proposal, version of its order
DISMISS = "en"  # proposal
BURNING = "b"  # page of what burns
OPEN_BURNING = "o"  # order

# An inspection is named by its own id: the buttons of one that is over are not those of the next.
INSPECT = "i"  # order
GROUPS = "ia"  # inspection
GROUP = "ig"  # inspection, place of the group
NORM = "in"  # inspection, place of the group
POINT = "ip"  # inspection, point
ANSWER = "iw"  # inspection, point and answer, the answer that was shown
CHANGE_ANSWER = "ic"  # inspection, point
SKIP = "is"  # inspection, point
LEFT = "il"  # inspection, page
VERDICT = "iv"  # inspection
VERDICT_IS = "id"  # inspection, version of its order, verdict
REMARKS_OF_POINTS = "ir"  # inspection, version of its order
DECIDE = "ix"  # inspection, decision of a lead
CONTACT = "k"  # inspection
CONTACT_BY = "kb"  # inspection, channel
CONTACT_CAME_TO = "kc"  # inspection, outcome
CONTACT_AGAIN = "ka"  # inspection, when
UNPLACED = "f"  # inspection, page of the points
PLACE = "fp"  # inspection, file, point
TAKE_AWAY = "fx"  # inspection, file
FILES_OF = "fo"  # order

# A deal is its order's; "version" is that of the order which the card showed.
DEAL = "d"  # order
DEAL_SCREEN = "dv"  # order, screen
CLIENT_SAID = "dc"  # order, version, what
CLIENT_THINKS = "du"  # order, version, until when
CLIENT_DECLINED = "dn"  # order, version, why
CLIENT_SILENT = "do"  # order, version
CLIENT_AGAIN = "da"  # order, version, when
SELLER_DATE = "ds"  # order, version, day
CARRIER = "dk"  # order, version, carrier
PROMISED = "dp"  # order, version, day
DELIVERED = "dd"  # order, version, day
TAKE_ROUTE = "dr"  # order, version, route
CANCEL = "dx"  # order, version
WAY = "dw"  # order, version, where it is
BLOCKER_KIND = "db"  # order, because of what
BLOCKER_DUE = "dt"  # order, until when
BLOCKER_GONE = "dg"  # order, blocker

# Something that a named person has to do.
TASK = "t"  # task
TASK_DONE = "td"  # task

NUMBERS = {
    ACCEPT: 2,
    ACCEPT_IN_LIST: 3,
    NEXT: 1,
    WHY: 1,
    PAGE: 1,
    SHIFT_ON: 0,
    SHIFT_OFF: 0,
    SHOW: 1,
    ACKNOWLEDGE: 2,
    GIVE: 2,
    GIVE_TO: 3,
    SNOOZE: 1,
    SNOOZE_LENGTH: 2,
    SNOOZE_BECAUSE: 3,
    UNSNOOZE: 1,
    RESOLVE: 2,
    RESOLVE_BECAUSE: 3,
    FOLLOW: 2,
    DISMISS: 1,
    BURNING: 1,
    OPEN_BURNING: 1,
    INSPECT: 1,
    GROUPS: 1,
    GROUP: 2,
    NORM: 2,
    POINT: 2,
    ANSWER: 3,
    CHANGE_ANSWER: 2,
    SKIP: 2,
    LEFT: 2,
    VERDICT: 1,
    VERDICT_IS: 3,
    REMARKS_OF_POINTS: 2,
    DECIDE: 2,
    CONTACT: 1,
    CONTACT_BY: 2,
    CONTACT_CAME_TO: 2,
    CONTACT_AGAIN: 2,
    UNPLACED: 2,
    PLACE: 3,
    TAKE_AWAY: 2,
    FILES_OF: 1,
    DEAL: 1,
    DEAL_SCREEN: 2,
    CLIENT_SAID: 3,
    CLIENT_THINKS: 3,
    CLIENT_DECLINED: 3,
    CLIENT_SILENT: 2,
    CLIENT_AGAIN: 3,
    SELLER_DATE: 3,
    CARRIER: 3,
    PROMISED: 3,
    DELIVERED: 3,
    TAKE_ROUTE: 3,
    CANCEL: 2,
    WAY: 3,
    BLOCKER_KIND: 2,
    BLOCKER_DUE: 2,
    BLOCKER_GONE: 2,
    TASK: 1,
    TASK_DONE: 1,
}
PRESS = re.compile(rf"({'|'.join(NUMBERS)})((?::\d{{1,18}}){{0,3}})", re.ASCII)

TILL_MORNING = 9
LENGTHS: Mapping[int, str | Promise] = {
    1: gettext_lazy("1 hour"),
    3: gettext_lazy("3 hours"),
    TILL_MORNING: gettext_lazy("till 09:00"),
}
"""For how long one can snooze: the number in the button, and its label."""

SNOOZED_WHY: Mapping[int, str] = {
    1: "client_asked",
    2: "waits_for_seller",
    3: "agreed_later",
    4: "in_hand",
}
"""The number in the button, which stays what it was when reasons come and go, and the code."""

RESOLVED_WHY: Mapping[int, str] = {1: "solved", 2: "agreed", 3: "outside", 4: "mistaken"}


@dataclass(frozen=True, slots=True)
class Press:
    verb: str
    numbers: tuple[int, ...]


def data(verb: str, *numbers: int) -> str:
    return ":".join([verb, *map(str, numbers)])


def read(text: str) -> Press | None:
    """The press, or None for anything that no button of ours says."""
    match = PRESS.fullmatch(text)
    if match is None:
        return None
    verb, tail = match.groups()
    numbers = tuple(int(number) for number in tail.split(":")[1:])
    return Press(verb, numbers) if len(numbers) == NUMBERS[verb] else None
