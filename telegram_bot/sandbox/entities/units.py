"""Lengths and slices in UTF-16 code units, in which Telegram counts."""

from __future__ import annotations


def length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


class Units:
    """A text addressed by UTF-16 offsets."""

    def __init__(self, text: str) -> None:
        self._encoded = text.encode("utf-16-le", "surrogatepass")

    def slice(self, start: int, end: int) -> str:
        return self._encoded[2 * start : 2 * end].decode("utf-16-le", "replace")

    def splits_symbol(self, offset: int) -> bool:
        """True when the offset lies between the two halves of one symbol."""
        return 0xDC <= self._encoded[2 * offset + 1] <= 0xDF if 2 * offset < len(self._encoded) else False
