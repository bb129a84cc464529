"""The numbers in the buttons of a deal, which stay what they are when words change, and what they stand for."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from orders.models import BlockerKind, ClientSaid, DeclineReason, WayState
from telegram_bot.models import Screen

CONFIRMED = 1
SAID: Mapping[int, str] = {CONFIRMED: ClientSaid.CONFIRMED}
"""What is recorded by one press; the others want to know until when, or why."""

SCREENS: Mapping[int, str] = {
    0: Screen.STEP,
    1: Screen.UNTIL,
    2: Screen.DECLINED,
    3: Screen.AGAIN,
    4: Screen.SELLER,
    5: Screen.CARRIER,
    6: Screen.TRACKING,
    7: Screen.PROMISED,
    8: Screen.DELIVERED,
    9: Screen.KIND,
    10: Screen.CANCEL,
}
"""Where a button leads that records nothing."""

NUMBER_OF: Mapping[str, int] = {screen: number for number, screen in SCREENS.items()}

DECLINED: Mapping[int, str] = {
    1: DeclineReason.PRICE,
    2: DeclineReason.CONDITION,
    3: DeclineReason.ELSEWHERE,
    4: DeclineReason.CHANGED_MIND,
}
"""Another reason is written."""

WAY: Mapping[int, str] = {
    1: WayState.MOVING,
    2: WayState.ARRIVED,
    3: WayState.DELAYED,
    4: WayState.PROBLEM,
    5: WayState.LOST,
}
WAY_IN_WORDS = (WayState.PROBLEM, WayState.LOST)
"""What happened has to be said."""

KINDS: Mapping[int, str] = {
    1: BlockerKind.SELLER,
    2: BlockerKind.CLIENT,
    3: BlockerKind.GOODS,
    4: BlockerKind.PAPERS,
    5: BlockerKind.CARRIER,
    6: BlockerKind.PAYMENT,
    7: BlockerKind.OTHER,
}

CARRIERS: Mapping[int, str] = {
    1: "СДЭК",
    2: "Почта России",
    3: "Деловые Линии",
    4: "ПЭК",
    5: "Boxberry",
    6: "Курьер",
}
"""The usual ones; others are written. Names, so alike in every language."""

RELEASE, SHIP, DELIVER = 1, 2, 3
ROUTES: Mapping[int, str] = {RELEASE: "release_to_ship", SHIP: "ship", DELIVER: "deliver"}

HOURS_AT_MOST = 1000
HOURS: Mapping[int, str | Promise] = {
    1: gettext_lazy("1 hour"),
    3: gettext_lazy("3 hours"),
}
"""A moment in a button is so many hours from the press; a larger number is the morning of that day (its ordinal)."""
