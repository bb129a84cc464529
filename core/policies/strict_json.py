"""JSON from outside, read strictly: what two readers could understand differently is refused, with its place.

Refused: text that is not UTF-8, a key that stands twice in one object, NaN and infinities (1e400 is one),
nesting deeper than 20, and strings that the database can't keep (NUL, halves of surrogate pairs).
Fractions are read as exact decimals.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import isinf
from typing import Any

DEEPEST = 20
MOST_FLAWS = 100

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u(0000|[dD][89a-fA-F])")


@dataclass(frozen=True, slots=True)
class JsonFlaw:
    """What is wrong, and where: `orders[3].price`; "" is the whole."""

    path: str
    code: str


class BadJson(ValueError):
    """The body is not JSON that can be trusted. `flaws` has at least one."""

    def __init__(self, *flaws: JsonFlaw) -> None:
        self.flaws = flaws
        super().__init__(", ".join(f"{flaw.code} at {flaw.path or 'the top'}" for flaw in flaws))


@dataclass(frozen=True, slots=True)
class _Bad:
    """Stands in the tree where something could not be read, until the walk finds its path."""

    code: str
    key: str = ""


def loads(body: bytes) -> Any:
    """The value of a body. Raises BadJson."""
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise BadJson(JsonFlaw("", "invalid_utf8")) from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise BadJson(JsonFlaw("", "too_deep")) from None
    except json.JSONDecodeError as error:
        raise BadJson(JsonFlaw("", _code(error))) from None
    except ValueError:
        # Python reads no integer of more than 4 300 digits.
        raise BadJson(JsonFlaw("", "number_out_of_range")) from None
    strings = _ESCAPE.search(text) is not None
    if _is_suspicious([value], 0, strings=strings):
        flaws = [flaw for flaw, _number in zip(_flaws(value, "", 1), range(MOST_FLAWS), strict=False)]
        raise BadJson(*flaws)
    return value


def _code(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "empty"
    return "control_character" if error.msg.startswith("Invalid control character") else "malformed"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Bad:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _value in pairs:
        if key in seen:
            # A key that can't be kept can't be named in an answer either.
            return _Bad(_unkeepable(key)) if _UNKEEPABLE.search(key) else _Bad("duplicate_key", key)
        seen.add(key)
    raise AssertionError("unreachable")


def _fraction(text: str) -> Decimal | _Bad:
    if isinf(float(text)):
        return _Bad("number_out_of_range")
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent that no decimal can hold: so near to zero that nobody means it.
        return _Bad("number_out_of_range")


def _constant(_text: str) -> _Bad:
    return _Bad("not_a_number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_fraction, parse_constant=_constant)


def _is_suspicious(children: Any, depth: int, *, strings: bool) -> bool:
    """The quick look at every body: is there anything for the slow walk to name?"""
    if depth > DEEPEST:
        return True
    for child in children:
        kind = type(child)
        if kind is dict:
            if _is_suspicious(child.values(), depth + 1, strings=strings):
                return True
            if strings and any(map(_UNKEEPABLE.search, child)):
                return True
        elif kind is list:
            if _is_suspicious(child, depth + 1, strings=strings):
                return True
        elif kind is _Bad or (strings and kind is str and _UNKEEPABLE.search(child)):
            return True
    return False


def _flaws(value: Any, path: str, depth: int) -> Iterator[JsonFlaw]:
    if isinstance(value, _Bad):
        yield JsonFlaw(_join(path, value.key) if value.key else path, value.code)
    elif isinstance(value, str):
        if _UNKEEPABLE.search(value):
            yield JsonFlaw(path, _unkeepable(value))
    elif isinstance(value, dict | list) and depth > DEEPEST:
        yield JsonFlaw(path, "too_deep")
    elif isinstance(value, dict):
        for key, child in value.items():
            if _UNKEEPABLE.search(key):
                yield JsonFlaw(path, _unkeepable(key))
            else:
                yield from _flaws(child, _join(path, key), depth + 1)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _flaws(child, f"{path}[{number}]", depth + 1)


def _unkeepable(text: str) -> str:
    return "nul_character" if "\x00" in text else "lone_surrogate"


def _join(path: str, key: str) -> str:
    return f"{path}.{key[:100]}" if path else key[:100]
