"""From what a caller gave to what a chat shows: cleaned text, checked entities, found entities, one order."""

from __future__ import annotations

import re
from typing import Any

from .find import find_entities
from .units import Units, length

Entity = dict[str, Any]

_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANKED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_CODE = {"pre", "code"}
_QUOTE = {"blockquote", "expandable_blockquote"}
_STYLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_ORDER = (
    "blockquote",
    "expandable_blockquote",
    "pre",
    "code",
    "text_link",
    "text_mention",
    "custom_emoji",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
)


class EntityError(Exception):
    """Why the entities do not fit the text, in Telegram's words."""


def fix_text(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without what Telegram strips, and the entities that stay. Raises EntityError."""
    check_bounds(text, entities)
    text, entities = _clean(text, entities)
    text, entities = _trim(text, entities)
    entities = _without_conflicts(entities)
    found = [entity for entity in find_entities(text) if _is_free(entity, entities)]
    return text, sorted(entities + found, key=_rank)


def check_bounds(text: str, entities: list[Entity]) -> None:
    total = length(text)
    units = Units(text)
    for entity in sorted(entities, key=_rank):
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


def _without_conflicts(entities: list[Entity]) -> list[Entity]:
    """Code stands alone, quotes do not nest, links do not overlap; equal styles melt together."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=_rank):
        kind = entity["type"]
        overlapping = [other for other in kept if _overlaps(entity, other)]
        if any(other["type"] in _CODE for other in overlapping):
            continue
        if kind in _CODE:
            kept = [other for other in kept if other["type"] in _QUOTE or not _overlaps(entity, other)]
        elif (
            (kind in _QUOTE and any(other["type"] in _QUOTE for other in overlapping))
            or (
                kind not in _STYLE | _QUOTE
                and any(other["type"] not in _STYLE | _QUOTE for other in overlapping)
            )
            or (kind in _STYLE and _melted(entity, kept))
        ):
            continue
        kept.append(dict(entity))
    return kept


def _melted(entity: Entity, kept: list[Entity]) -> bool:
    for other in kept:
        end = other["offset"] + other["length"]
        if other["type"] == entity["type"] and other["offset"] <= entity["offset"] <= end:
            other["length"] = max(end, entity["offset"] + entity["length"]) - other["offset"]
            return True
    return False


def _is_free(found: Entity, entities: list[Entity]) -> bool:
    return not any(_overlaps(found, other) and other["type"] not in _STYLE | _QUOTE for other in entities)


def _overlaps(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )


def _rank(entity: Entity) -> tuple[int, int, int]:
    kind = entity["type"]
    return entity["offset"], -entity["length"], _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
