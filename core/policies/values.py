"""Values from outside, read strictly: each function returns what may be kept or raises `BadValue`.

Nothing is guessed and nothing is cut. What nobody can see (zero-width and bidi characters, fillers that look
like nothing) is taken out of texts, so that a blank name is blank and a name can't turn the line around;
control characters are refused. Texts are kept in Unicode's composed form (NFC), trimmed.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.policies.flaws import BadValue

EARLIEST_YEAR = 2000
AHEAD = timedelta(days=1)
"""How far a clock elsewhere may be ahead of ours."""

LARGEST_PRICE = Decimal("999999999999.99")

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_BREAKS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PRICE = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?")
_SLUG = re.compile(r"[a-z0-9_-]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,6})?)?(?P<zone>[Zz]|[+-]\d\d(:?[0-5]\d)?)?", re.ASCII
)


def line(value: object, *, most: int) -> str:
    """One line of text of at most `most` characters; may be empty."""
    return _text(value, most=most, refused=_CONTROL)


def lines(value: object, *, most: int) -> str:
    """Text of any number of lines, with `\\n` between them."""
    text = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
    return _text(text, most=most, refused=_CONTROL_BUT_BREAKS)


def _text(value: object, *, most: int, refused: re.Pattern[str]) -> str:
    if not isinstance(value, str):
        raise BadValue("not_a_text")
    text = INVISIBLE.sub("", value).strip()
    if not text.isprintable():
        if "\x00" in text:
            raise BadValue("nul_character")
        if refused.search(text):
            raise BadValue("control_character")
        if _SURROGATE.search(text):
            raise BadValue("lone_surrogate")
    text = unicodedata.normalize("NFC", text)
    if len(text) > most:
        raise BadValue("max_length", most=most, given=len(text))
    return text if any(map(_is_seen, text)) else ""


def _is_seen(character: str) -> bool:
    """Not a mark without its letter, a variation selector, a place that Unicode left empty, or a space."""
    return character.isalnum() or unicodedata.category(character)[0] not in "MCZ"


def price(value: object) -> Decimal:
    """A text or a number, not below zero, with kopecks at most; answered to the kopeck."""
    amount = _decimal(value)
    if amount < 0:
        raise BadValue("min_value", least="0")
    if amount > LARGEST_PRICE:
        raise BadValue("max_value", most=str(LARGEST_PRICE))
    rounded = amount.quantize(Decimal("0.01"))
    if rounded != amount:
        raise BadValue("max_decimal_places", most=2)
    return abs(rounded)


def amount(value: object) -> Decimal:
    """Money that moves, as a text: a number may have lost its kopecks on the way."""
    if not isinstance(value, str):
        raise BadValue("not_a_text")
    return price(value)


def _decimal(value: object) -> Decimal:
    if isinstance(value, str):
        text = value.strip()
        if not _PRICE.fullmatch(text):
            raise BadValue("not_a_number")
        return Decimal(text)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValue("not_a_number")
    amount = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite():
        raise BadValue("not_a_number")
    return amount


def currency(value: object) -> str:
    """A code of ISO 4217."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value.strip()):
        raise BadValue("not_a_currency")
    return value.strip()


def moment(value: object) -> datetime:
    """An ISO 8601 moment with its zone, answered in UTC."""
    if not isinstance(value, str):
        raise BadValue("not_a_moment")
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        raise BadValue("not_a_moment")
    if found["zone"] is None:
        raise BadValue("no_zone")
    try:
        parsed = datetime.fromisoformat(found[0].upper().replace(",", "."))
    except ValueError:
        raise BadValue("not_a_moment") from None
    # Years at the end of what a datetime can hold would overflow when they change their zone.
    if not 1 < parsed.year < 9999:
        raise BadValue("too_late" if parsed.year > 1 else "too_early", **_bounds())
    return parsed.astimezone(UTC)


def past_moment(value: object, *, now: datetime) -> datetime:
    """A moment that has been: since the year 2000, and at most a day ahead of `now`."""
    at = moment(value)
    if at.year < EARLIEST_YEAR:
        raise BadValue("too_early", **_bounds())
    if at > now + AHEAD:
        raise BadValue("too_late")
    return at


def day(value: object) -> date:
    """An ISO 8601 date."""
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise BadValue("not_a_day")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise BadValue("not_a_day") from None


def _bounds() -> dict[str, object]:
    return {"since": EARLIEST_YEAR}


def identifier(value: object, *, most: int = 2**63 - 1) -> int:
    """The number of a row; a number in quotes is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue("not_an_integer")
    if not 0 < value <= most:
        raise BadValue("out_of_range")
    return value


def slug(value: object, *, most: int) -> str:
    """A name for machines: small Latin letters, digits, `-` and `_`."""
    text = line(value, most=most)
    if text and not _SLUG.fullmatch(text):
        raise BadValue("not_a_slug")
    return text


def choice(value: object, *, among: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in among:
        raise BadValue("unknown_choice", among=", ".join(sorted(among)))
    return value
