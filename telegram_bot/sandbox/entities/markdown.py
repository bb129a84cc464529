"""Parse modes MarkdownV2 and the old Markdown, with Telegram's answers and refusals (byte offsets)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .arrange import rank
from .html import MarkupError
from .links import link_entity
from .units import length

Entity = dict[str, Any]

_RESERVED = "_*[]()~`>#+-=|{}.!\n"
_CODE = {"Code", "Pre", "PreCode"}
_TYPES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
}
_ENDS = {
    "Bold": "*",
    "Code": "`",
    "Pre": "```",
    "PreCode": "```",
    "TextUrl": "]",
    "CustomEmoji": "]",
    "Underline": "__",
    "Strikethrough": "~",
    "Spoiler": "||",
}
_SIMPLE_BEGINS = {"__": "Underline", "||": "Spoiler", "![": "CustomEmoji"}
_CHAR_BEGINS = {"_": "Italic", "*": "Bold", "~": "Strikethrough", "[": "TextUrl", "`": "Code"}


@dataclass(slots=True)
class _Open:
    kind: str
    argument: str
    offset: int
    at: int
    piece: int


class MarkdownV2Parser:
    """One pass over the text; names of entities are those in Telegram's refusals."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._pieces: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._in_quote = False
        self._line_begins = True
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        """Raises MarkupError."""
        while self._at < len(self._text):
            self._step()
        self._finish_quote()
        if self._open:
            raise self._no_end(self._open[-1])
        self._entities.sort(key=rank)
        return "".join(self._pieces), self._entities

    def _step(self) -> None:
        char = self._text[self._at]
        following = self._text[self._at + 1 : self._at + 2]
        if char == "\\" and following and ord(following) <= 126:
            self._at += 1
            self._plain(following)
        elif char not in ("`" if self._open and self._open[-1].kind in _CODE else _RESERVED):
            self._plain(char)
        elif self._ends():
            self._end(char)
        else:
            self._begin(char)

    def _plain(self, char: str) -> None:
        self._emit(char)
        if char != "\r":
            self._line_begins = False
        self._at += 1

    def _emit(self, char: str) -> None:
        self._pieces.append(char)
        self._offset += length(char)

    def _ends(self) -> bool:
        if not self._open:
            return False
        if self._in_quote and self._text[self._at] == "\n" and self._text[self._at + 1 : self._at + 2] != ">":
            return True
        kind = self._open[-1].kind
        if kind == "Italic":
            return self._here("_") and not self._here("__")
        return kind in _ENDS and self._here(_ENDS[kind])

    def _here(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def _begin(self, char: str) -> None:
        if char == "\n":
            self._emit(char)
            self._line_begins = True
            self._at += 1
        elif char == ">" and self._line_begins:
            if not self._in_quote:
                self._push("BlockQuote")
                self._in_quote = True
            self._at += 1
        elif self._here("```"):
            self._begin_pre()
        elif (pair := self._text[self._at : self._at + 2]) in _SIMPLE_BEGINS:
            self._push(_SIMPLE_BEGINS[pair])
            self._at += 2
        elif char in _CHAR_BEGINS:
            self._push(_CHAR_BEGINS[char])
            self._at += 1
        else:
            raise MarkupError(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _push(self, kind: str, argument: str = "") -> None:
        self._open.append(_Open(kind, argument, self._offset, self._at, len(self._pieces)))

    def _begin_pre(self) -> None:
        after = self._at + 3
        match = re.compile(r"[^ \t\n\r\v\f\x00`]*").match(self._text, after)
        end = match.end() if match else after
        if end != after and end < len(self._text) and self._text[end] != "`":
            self._push("PreCode", self._text[after:end])
            after = end
        else:
            self._push("Pre")
        newline = re.compile(r"\r\n|\n\r|\n|\r").match(self._text, after)
        self._at = newline.end() if newline else after

    def _end(self, char: str) -> None:
        kind = self._open[-1].kind
        if char == "\n" and kind != "BlockQuote":
            kind = self._expandable()
        opened = self._open.pop()
        if kind in ("BlockQuote", "ExpandableBlockQuote"):
            self._in_quote = False
            self._line_begins = True
            self._emit(char)
            self._at += 1
            self._add(kind, opened, {})
            return
        self._at += len(_ENDS.get(kind, "_"))
        varying: Entity | None = {"language": opened.argument} if kind == "PreCode" else {}
        if kind == "TextUrl":
            varying = link_entity(self._address(opened))
        elif kind == "CustomEmoji":
            varying = {"type": "custom_emoji", "custom_emoji_id": self._emoji()}
        if varying is not None and self._offset != opened.offset:
            self._add(kind, opened, varying)

    def _expandable(self) -> str:
        """A ``||`` at the end of a quote's last line makes the quote expandable."""
        mark = self._open[-1]
        ends_line = self._text[mark.at + 2 : self._at] in ("", "\r")
        if mark.kind != "Spoiler" or not ends_line:
            raise self._no_end(mark)
        self._open.pop()
        if self._open[-1].kind != "BlockQuote":
            raise self._no_end(self._open[-1])
        return "ExpandableBlockQuote"

    def _finish_quote(self) -> None:
        if not self._in_quote:
            return
        kind = "BlockQuote"
        if self._open[-1].kind == "Spoiler" and self._open[-1].at == len(self._text) - 2:
            self._open.pop()
            kind = "ExpandableBlockQuote"
        if self._open and self._open[-1].kind == "BlockQuote":
            opened = self._open.pop()
            if self._offset != opened.offset:
                self._add(kind, opened, {})

    def _add(self, kind: str, opened: _Open, varying: Entity) -> None:
        size = self._offset - opened.offset
        entity = {"type": _TYPES.get(kind, kind), "offset": opened.offset, "length": size}
        self._entities.append(entity | varying)

    def _address(self, opened: _Open) -> str:
        if not self._here("("):
            return "".join(self._pieces[opened.piece :])
        return self._bracketed("a URL")

    def _emoji(self) -> str:
        if not self._here("("):
            raise MarkupError("Custom emoji entity must contain a tg://emoji URL")
        return _emoji_id(self._bracketed("a custom emoji URL"))

    def _bracketed(self, what: str) -> str:
        begin = self._at + 1
        match = re.compile(r"((?:\\[\x01-\x7e]|\\(?![\x01-\x7e])|[^)\\])*)\)", re.DOTALL).match(
            self._text, begin
        )
        if not match:
            raise MarkupError(f"Can't find end of {what} at byte offset {self._byte(begin)}")
        self._at = match.end()
        return re.sub(r"\\([\x01-\x7e])", r"\1", match.group(1), flags=re.DOTALL)

    def _no_end(self, opened: _Open) -> MarkupError:
        return MarkupError(f"Can't find end of {opened.kind} entity at byte offset {self._byte(opened.at)}")

    def _byte(self, at: int) -> int:
        return len(self._text[:at].encode("utf-8", "replace"))


def parse_markdown_v2(text: str) -> tuple[str, list[Entity]]:
    """The bare text and its entities. Raises MarkupError."""
    return MarkdownV2Parser(text).parse()


def _emoji_id(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme.lower() != "tg":
        raise MarkupError("Custom emoji URL must have scheme tg")
    host = (parts.netloc or parts.path).strip("/").lower()
    if host != "emoji":
        raise MarkupError('Custom emoji URL must have host "emoji"')
    identifier = parse_qs(parts.query).get("id", [""])[0]
    if not identifier:
        raise MarkupError("Custom emoji URL must have an emoji identifier")
    if not re.fullmatch(r"[1-9]\d*", identifier):
        raise MarkupError("Invalid custom emoji identifier specified")
    return identifier


_OLD = re.compile(
    r"\\(?P<escaped>[_*`\[])"
    r"|```(?P<pre>.*?)```"
    r"|\[(?P<title>[^\]]*)\](?:\((?P<address>[^)]*)\))?"
    r"|(?P<mark>[_*`])(?P<inside>.*?)(?P=mark)"
    r"|(?P<broken>```|[_*`\[])",
    re.DOTALL,
)
_OLD_TYPES = {"_": "italic", "*": "bold", "`": "code"}


def parse_markdown(text: str) -> tuple[str, list[Entity]]:
    """The old Markdown: nothing nests, nothing is escaped inside an entity. Raises MarkupError."""
    pieces: list[str] = []
    entities: list[Entity] = []
    offset = at = 0

    def emit(piece: str, entity: Entity | None = None) -> None:
        nonlocal offset
        size = length(piece)
        if entity is not None and size:
            entities.append({"offset": offset, "length": size} | entity)
        pieces.append(piece)
        offset += size

    for match in _OLD.finditer(text):
        emit(text[at : match.start()])
        at = match.end()
        if match["broken"] is not None:
            begin = len(text[: match.start()].encode("utf-8", "replace"))
            raise MarkupError(f"Can't find end of the entity starting at byte offset {begin}")
        if match["escaped"] is not None:
            emit(match["escaped"])
        elif match["pre"] is not None:
            emit(*_old_pre(match["pre"]))
        elif match["title"] is not None:
            emit(match["title"], link_entity(match["address"] or match["title"]))
        else:
            emit(match["inside"], {"type": _OLD_TYPES[match["mark"]]})
    emit(text[at:])
    return "".join(pieces), entities


def _old_pre(inside: str) -> tuple[str, Entity]:
    language = re.match(r"([^\s`]+)(?=[\s])", inside)
    code = inside[language.end() :] if language else inside
    code = re.sub(r"^(?:\r\n|\n\r|\n|\r)", "", code)
    return code, {"type": "pre"} | ({"language": language.group(1)} if language else {})
