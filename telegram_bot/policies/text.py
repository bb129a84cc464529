"""Text of strangers made harmless, and text for Telegram measured and cut as Telegram counts it."""

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

from core.policies import values

LIMIT = 4096
"""UTF-16 units of a message after its markup is parsed (a limit of Telegram)."""

ANSWER_LIMIT = 200
"""Of the answer to a pressed button (a limit of Telegram)."""

ELLIPSIS = "…"

# Formatting characters turn text around or hide in it: bidi controls, zero-width ones, tags. Emoji that are
# glued by a zero-width joiner fall into their parts, which harms nobody.
_INVISIBLE = frozenset({"Cf", "Cs"})
_BREAKS = frozenset({"Cc", "Zl", "Zp"})


def clean(text: str) -> str:
    """One line without control, bidi and zero-width characters."""
    return " ".join("".join(_harmless(char) for char in text).split())


def clean_lines(text: str) -> str:
    """As `clean`, with its line breaks."""
    lines = [clean(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def as_given(text: str) -> str:
    """What a person has written, as every other door takes it: nothing in it that nobody sees, "" when nothing is."""
    given = clean_lines(text)
    # Composing letters may make a text longer, by three times at most.
    return values.lines(given, most=3 * len(given))


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if category in _BREAKS:
        return " "
    return "" if category in _INVISIBLE else char


def shorten(text: str, most: int) -> str:
    """At most `most` characters, the last of which says that something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS


def units(text: str) -> int:
    """How long Telegram thinks this is: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.depth = 0

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1


def plain(html: str) -> str:
    """What a person reads, without markup."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.text)


def tidy(html: str) -> str:
    """A template's output: lines trimmed, no more than one empty line in a row."""
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in html.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fit(html: str, *, limit: int = LIMIT) -> str:
    """Whole lines from the end are left out until Telegram takes it; markup stays closed."""
    if units(plain(html)) <= limit:
        return html
    lines = html.split("\n")
    while lines:
        lines.pop()
        shorter = "\n".join([*lines, ELLIPSIS])
        if units(plain(shorter)) <= limit and _closed(shorter):
            return shorter
    return (
        shorten(unescape(plain(html)), limit // 2)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
    )


def _closed(html: str) -> bool:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.depth == 0
