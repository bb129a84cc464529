"""From what a caller gave to what a chat shows: cleaned text, checked entities, found entities, one order."""

from __future__ import annotations

import re
from typing import Any

from .arrange import arrange, rank
from .find import find_entities
from .units import Units, length

Entity = dict[str, Any]

_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANKED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")


class EntityError(Exception):
    """Why the entities do not fit the text, in Telegram's words."""


def fix_text(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without what Telegram strips, and the entities that stay. Raises EntityError."""
    check_bounds(text, entities)
    text, entities = _clean(text, entities)
    text, entities = _trim(text, entities)
    return text, arrange(entities, find_entities(text))


def check_bounds(text: str, entities: list[Entity]) -> None:
    total = length(text)
    units = Units(text)
    for entity in sorted(entities, key=rank):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start > total:
            raise EntityError(f"Entity begins after the end of the text at UTF-16 offset {start}")
        if end > total:
            raise EntityError(
                f"Entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
            )
        if units.splits_symbol(start):
            raise EntityError(
                f"Entity begins in a middle of a UTF-16 symbol at byte offset {_byte_offset(units, start)}"
            )
        if units.splits_symbol(end):
            raise EntityError(
                f"Entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol "
                f"at byte offset {_byte_offset(units, end)}"
            )


def _byte_offset(units: Units, offset: int) -> int:
    return len(units.slice(0, offset + 1).encode())


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    removed = [length(text[: match.start()]) for match in _REMOVED.finditer(text)]
    if removed:
        text = _REMOVED.sub("", text)
        entities = [_moved(entity, removed) for entity in entities]
    return _BLANKED.sub(" ", text), [entity for entity in entities if entity["length"] > 0]


def _moved(entity: Entity, removed: list[int]) -> Entity:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    before = sum(at < start for at in removed)
    inside = sum(start <= at < end for at in removed)
    return entity | {"offset": start - before, "length": entity["length"] - inside}


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Whitespace goes from the end, and from the beginning as far as no entity begins in it."""
    text = text.rstrip(" \n\u00a0\u200b\ufeff") if text.strip(" \n\u00a0\u200b\ufeff") else ""
    total = length(text)
    kept = []
    for entity in entities:
        size = min(entity["offset"] + entity["length"], total) - entity["offset"]
        if size > 0:
            kept.append(entity | {"length": size})
    first = min((entity["offset"] for entity in kept), default=total)
    blank = min(len(text) - len(text.lstrip(" \n")), first)
    if blank:
        kept = [entity | {"offset": entity["offset"] - blank} for entity in kept]
    return text[blank:], kept
