"""A text with entities as safe HTML for the web page and for tests."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any

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


def render(text: str, entities: list[Entity]) -> str:
    """Every stretch between two borders of entities is wrapped in the tags of all that cover it."""
    if not entities:
        return escape(text)
    units = Units(text)
    total = length(text)
    spans = [(e["offset"], e["offset"] + e["length"], e) for e in entities]
    borders = sorted({0, total} | {border for start, end, _ in spans for border in (start, end)})
    pieces = []
    for start, end in pairwise(borders):
        stretch = units.slice(start, end)
        covering = [entity for begin, finish, entity in spans if begin <= start and end <= finish]
        pieces.append(_wrapped(stretch, covering, units))
    return "".join(pieces)


def _wrapped(stretch: str, covering: list[Entity], units: Units) -> str:
    html = escape(stretch)
    for entity in reversed(covering):
        opening, closing = _tag(entity, units)
        html = f"{opening}{html}{closing}"
    return html


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
