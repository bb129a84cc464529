"""A text with entities as safe HTML for the web page and for tests."""

from __future__ import annotations

from html import escape
from typing import Any

from .arrange import rank
from .units import Units, length

Entity = dict[str, Any]

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_BLOCKS = {"pre", "blockquote", "expandable_blockquote"}


def render(text: str, entities: list[Entity]) -> str:
    """``entities`` nest, as ``fix_text`` leaves them; one that would cross another is cut at its end."""
    if not entities:
        return escape(text)
    return _stretch(Units(text), 0, length(text), sorted(entities, key=rank))


def _stretch(units: Units, start: int, end: int, entities: list[Entity]) -> str:
    """The text between two offsets with the entities that begin there."""
    pieces = []
    at = start
    waiting = list(entities)
    after_block = False
    while waiting:
        entity = waiting.pop(0)
        begin, finish = entity["offset"], min(entity["offset"] + entity["length"], end)
        if begin < at:
            continue
        pieces.append(_plain(units, at, begin, after_block=after_block))
        inside = [other for other in waiting if other["offset"] < finish]
        waiting = waiting[len(inside) :]
        opening, closing = _tag(entity, units)
        pieces.append(f"{opening}{_stretch(units, begin, finish, inside)}{closing}")
        at, after_block = finish, entity["type"] in _BLOCKS
    pieces.append(_plain(units, at, end, after_block=after_block))
    return "".join(pieces)


def _plain(units: Units, start: int, end: int, *, after_block: bool) -> str:
    # A block ends its line by itself; the newline that follows would show as an empty line.
    text = units.slice(start, end)
    return escape(text.removeprefix("\n") if after_block else text)


def _tag(entity: Entity, units: Units) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    whole = units.slice(entity["offset"], entity["offset"] + entity["length"])
    if kind == "text_link":
        return _link(entity["url"])
    if kind == "url":
        return _link(whole if "://" in whole else f"http://{whole}")
    if kind == "email":
        return _link(f"mailto:{whole}")
    if kind == "bot_command":
        return f'<a class="command" href="#" data-command="{escape(whole)}">', "</a>"
    return f'<span class="{escape(kind)}">', "</span>"


def _link(address: str) -> tuple[str, str]:
    return f'<a href="{escape(address)}" rel="noreferrer noopener" target="_blank">', "</a>"
