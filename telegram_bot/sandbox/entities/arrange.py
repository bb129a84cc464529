"""The one way in which Telegram lays entities over each other: code stands alone, quotes and links do not overlap,
styles melt together and are cut so that everything nests."""

from __future__ import annotations

from typing import Any

Entity = dict[str, Any]
Span = tuple[int, int]

_QUOTE = frozenset({"blockquote", "expandable_blockquote"})
_CODE = frozenset({"pre", "code"})
_STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
_STYLE = frozenset(_STYLES)

_FIRST = ("blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention")
_LAST = (*_STYLES, "custom_emoji")
_PLACES = {kind: place for place, kind in enumerate(_FIRST)} | {
    kind: place for place, kind in enumerate(_LAST, start=len(_FIRST) + 1)
}
"""Of entities at one place; those that Telegram finds by itself come between the two rows."""


def arrange(given: list[Entity], found: list[Entity]) -> list[Entity]:
    """``found`` are those that Telegram detects by itself; they give way to links and code."""
    quotes = _apart([e for e in given if e["type"] in _QUOTE], [])
    code = _apart(_within([e for e in given if e["type"] in _CODE], quotes), [])
    links = _within([e for e in given if e["type"] not in _QUOTE | _CODE | _STYLE], quotes)
    links = _apart(links, code)
    links += [e for e in _within(found, quotes) if not _touches(e, code + links)]
    solid = quotes + code + links
    styles = [
        {"type": kind, "offset": start, "length": end - start}
        for kind in _STYLES
        for start, end in _cut(_style_spans(kind, given, code), quotes + links)
    ]
    return sorted(solid + _nested(styles), key=rank)


def rank(entity: Entity) -> tuple[int, int, int]:
    """The order in which Telegram lists entities: by place, the longer first, then by kind."""
    return entity["offset"], -entity["length"], _PLACES.get(entity["type"], len(_FIRST))


def _span(entity: Entity) -> Span:
    return entity["offset"], entity["offset"] + entity["length"]


def _touches(entity: Entity, others: list[Entity]) -> bool:
    start, end = _span(entity)
    return any(start < other_end and other_start < end for other_start, other_end in map(_span, others))


def _apart(entities: list[Entity], others: list[Entity]) -> list[Entity]:
    """Those that overlap neither ``others`` nor an earlier one of their own."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=rank):
        if not _touches(entity, kept + others):
            kept.append(entity)
    return kept


def _within(entities: list[Entity], quotes: list[Entity]) -> list[Entity]:
    """Those that lie in one quote or outside of all."""
    return [e for e in entities if all(_inside_or_apart(_span(e), _span(quote)) for quote in quotes)]


def _inside_or_apart(one: Span, quote: Span) -> bool:
    inside = quote[0] <= one[0] and one[1] <= quote[1]
    return inside or one[1] <= quote[0] or quote[1] <= one[0]


def _crosses(one: Span, other: Span) -> bool:
    return one[0] < other[0] < one[1] < other[1] or other[0] < one[0] < other[1] < one[1]


def _style_spans(kind: str, given: list[Entity], code: list[Entity]) -> list[Span]:
    """Where the style holds: neighbours melted into one, code left out."""
    spans: list[Span] = []
    for start, end in sorted(_span(entity) for entity in given if entity["type"] == kind):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    for hole in map(_span, code):
        spans = [part for span in spans for part in _minus(span, hole)]
    return spans


def _minus(span: Span, hole: Span) -> list[Span]:
    if hole[1] <= span[0] or span[1] <= hole[0]:
        return [span]
    parts = [(span[0], hole[0]), (hole[1], span[1])]
    return [(start, end) for start, end in parts if start < end]


def _cut(spans: list[Span], solid: list[Entity]) -> list[Span]:
    """Cut at the borders of what is crossed only in part."""
    for border in map(_span, solid):
        spans = [part for span in spans for part in _cut_one(span, border)]
    return spans


def _cut_one(span: Span, border: Span) -> list[Span]:
    if not _crosses(span, border):
        return [span]
    at = border[0] if span[0] < border[0] else border[1]
    return [(span[0], at), (at, span[1])]


def _nested(styles: list[Entity]) -> list[Entity]:
    """Where two styles cross, the later one is cut at the end of the earlier."""
    waiting = sorted(styles, key=rank)
    kept: list[Entity] = []
    while waiting:
        entity = waiting.pop(0)
        start, end = _span(entity)
        ends = [other_end for _, other_end in map(_span, kept) if start < other_end < end]
        if ends:
            at = min(ends)
            waiting.append(entity | {"offset": at, "length": end - at})
            waiting.sort(key=rank)
            entity = entity | {"length": at - start}
        kept.append(entity)
    return kept
