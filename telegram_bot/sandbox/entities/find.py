"""The entities that Telegram finds by itself: commands, mentions, hashtags, addresses, phones."""

from __future__ import annotations

import re
from typing import Any

from .units import length

Entity = dict[str, Any]

_ZONES = "com|org|net|ru|рф|io|me|dev|app|info|biz|su|by|kz|ua|uz|eu|us|uk|de|fr|ai|gg|tv|pro|shop|online|site|store"
_PATTERNS = (
    (
        "url",
        re.compile(
            rf"(?<![\w@./\-])(?:(?:https?|ftp|tonsite)://[^\s<>\"«»]+"
            rf"|(?:[\w\-]+\.)+(?:{_ZONES})\b(?::\d+)?(?:[/?#][^\s<>\"«»]*)?)",
            re.IGNORECASE,
        ),
    ),
    ("email", re.compile(r"(?<![\w.+\-@])[A-Za-z0-9._%+\-]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}\b")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?!\w)")),
    ("cashtag", re.compile(r"(?<!\w)\$[A-Z]{1,8}(?!\w)")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d\-() ]{7,18}\d(?!\w)")),
)
_WORTH_LOOKING = re.compile(r"[@/#$+.]")
_TRAILING = ".,:;!?'\")]}"


def find_entities(text: str) -> list[Entity]:
    """In the order of the text; one that overlaps an earlier kind is left out."""
    if not _WORTH_LOOKING.search(text):
        return []
    taken: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "url":
                end = start + len(_without_trailing(match.group()))
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
                taken.append((start, end, kind))
    return [
        {"type": kind, "offset": length(text[:start]), "length": length(text[start:end])}
        for start, end, kind in sorted(taken)
    ]


def _without_trailing(url: str) -> str:
    while url and url[-1] in _TRAILING:
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url
