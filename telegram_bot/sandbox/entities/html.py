"""Parse mode HTML: the same tags, the same answers and the same refusals (with byte offsets) as Telegram's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .arrange import rank
from .links import link_entity
from .units import length

Entity = dict[str, Any]

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
    "a": "text_link",
    "pre": "pre",
    "code": "code",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_SPECIAL = re.compile(rb"[<&]")
_TAG_NAME = re.compile(rb"[^\s\x00>]*")
_ATTRIBUTE_NAME = re.compile(rb"[^\s\x00=>/\"']*")
_NAME_TOKEN = re.compile(rb"[0-9a-zA-Z.\-]*")
_SPACES = re.compile(rb"[ \t\n\r\v\f]*")
_REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")


class MarkupError(Exception):
    """Why the text cannot be parsed, in Telegram's words."""


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    at: int


class HtmlParser:
    """One pass over the UTF-8 bytes of a text, because Telegram reports byte offsets."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode("utf-8", "replace")
        self._at = 0
        self._pieces: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._languages: dict[int, str] = {}
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        """Raises MarkupError."""
        while match := _SPECIAL.search(self._bytes, self._at):
            self._emit(self._bytes[self._at : match.start()].decode())
            self._at = match.start()
            if self._bytes[self._at] == ord("&"):
                self._reference()
            elif self._bytes[self._at + 1 : self._at + 2] == b"/":
                self._end_tag()
            else:
                self._start_tag()
        self._emit(self._bytes[self._at :].decode())
        if self._open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        text = "".join(self._pieces)
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text, sorted(self.entities, key=rank)

    def _emit(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self._offset += length(piece)

    def _reference(self) -> None:
        char, self._at = _decode_reference(self._bytes, self._at)
        self._emit(char)

    def _start_tag(self) -> None:
        begin = self._at
        self._at = _end(_TAG_NAME, self._bytes, begin + 1)
        if self._at >= len(self._bytes):
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        tag = self._bytes[begin + 1 : self._at].decode("utf-8", "replace").lower()
        if tag not in TYPES:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._at += 1
        self._open.append(_Open(tag, argument, self._offset, len(self._pieces)))

    def _attributes(self, tag: str, begin: int) -> str:
        """Read up to the closing ``>`` and return the one attribute that matters for the tag."""
        argument = ""
        while True:
            self._at = _end(_SPACES, self._bytes, self._at)
            if self._byte() == b">":
                return argument
            name_at = self._at
            self._at = _end(_ATTRIBUTE_NAME, self._bytes, name_at)
            name = self._bytes[name_at : self._at].decode("utf-8", "replace")
            if not name:
                raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self._at = _end(_SPACES, self._bytes, self._at)
            value = self._value(tag, begin)
            if value is None:
                if tag == "blockquote" and name == "expandable":
                    argument = "1"
                continue
            argument = _argument(tag, name, value) or argument

    def _value(self, tag: str, begin: int) -> str | None:
        if self._byte() != b"=":
            if not self._byte():
                raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return None
        self._at = _end(_SPACES, self._bytes, self._at + 1)
        quote = self._byte()
        if not quote:
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._quoted(quote) if quote in (b"'", b'"') else self._token()
        if not self._byte():
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        return value

    def _token(self) -> str:
        begin = self._at
        self._at = _end(_NAME_TOKEN, self._bytes, begin)
        if self._byte() and self._byte() not in b" \t\n\r\v\f>":
            raise MarkupError(f"Unexpected end of name token at byte offset {begin}")
        return self._bytes[begin : self._at].decode().lower()

    def _quoted(self, quote: bytes) -> str:
        end = self._bytes.find(quote, self._at + 1)
        if end < 0:
            self._at = len(self._bytes)
            return ""
        raw = self._bytes[self._at + 1 : end]
        self._at = end + 1
        pieces = []
        at = 0
        while (found := raw.find(b"&", at)) >= 0:
            pieces.append(raw[at:found].decode("utf-8", "replace"))
            char, at = _decode_reference(raw, found)
            pieces.append(char)
        return "".join(pieces) + raw[at:].decode("utf-8", "replace")

    def _byte(self) -> bytes:
        return self._bytes[self._at : self._at + 1]

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self._at = _end(_TAG_NAME, self._bytes, begin + 2)
        name = self._bytes[begin + 2 : self._at].decode("utf-8", "replace").lower()
        self._at = _end(_SPACES, self._bytes, self._at)
        if self._byte() != b">":
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        opened = self._open.pop()
        if name and name != opened.tag:
            raise MarkupError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        size = self._offset - opened.offset
        if not size:
            return
        entity: Entity = {"type": TYPES[opened.tag], "offset": opened.offset, "length": size}
        if opened.tag == "a":
            address = opened.argument or "".join(self._pieces[opened.at :])
            link = link_entity(address)
            if link is None:
                return
            entity |= link
        elif opened.tag == "tg-emoji":
            if not opened.argument.isdecimal():
                raise MarkupError("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag in ("pre", "code"):
            self._close_code(entity, opened.argument)
            return
        self.entities.append(entity)

    def _close_code(self, entity: Entity, language: str) -> None:
        """A ``code`` with a language that fills a ``pre``, inside or around it, only names its language."""
        last = self.entities[-1] if self.entities else {}
        same = (last.get("offset"), last.get("length")) == (entity["offset"], entity["length"])
        if entity["type"] == "code":
            if same and language and last["type"] == "pre" and "language" not in last:
                last["language"] = language
                return
            self._languages[id(entity)] = language
        elif same and last["type"] == "code" and self._languages.get(id(last)):
            last |= {"type": "pre", "language": self._languages[id(last)]}
            return
        self.entities.append(entity)


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """The bare text and its entities. Raises MarkupError."""
    return HtmlParser(text).parse()


def _argument(tag: str, name: str, value: str) -> str:
    if tag == "a" and name == "href":
        return value
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    if tag == "span" and name == "class" and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if tag == "tg-emoji" and name == "emoji-id":
        return value
    return "1" if tag == "blockquote" and name == "expandable" else ""


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    match = pattern.match(data, at)
    return match.end() if match else at


def _decode_reference(data: bytes, at: int) -> tuple[str, int]:
    """The character behind ``&…;`` and where the text goes on; an unknown one stays as it is."""
    match = _REFERENCE.match(data, at)
    if not match:
        return "&", at + 1
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        char = NAMED.get(name.decode())
        return (char, match.end()) if char else ("&", at + 1)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if 0 < code < 0x10FFFF and match.end() - at <= 10 + data[match.start() : match.end()].endswith(b";"):
        return chr(code), match.end()
    return "&", at + 1
