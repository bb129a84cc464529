"""The size and the length of an MP4 from its boxes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER = 8


@dataclass(frozen=True, slots=True)
class Video:
    """Pixels and whole seconds; 0 where the file does not say."""

    width: int = 0
    height: int = 0
    seconds: int = 0


def read_video(body: bytes) -> Video | None:
    """None when this is no MP4."""
    if body[4:8] != b"ftyp":
        return None
    moov = _first(body, b"moov", 0, len(body))
    if moov is None:
        return Video()
    width = height = 0
    for start, end in _boxes(body, b"trak", *moov):
        header = _first(body, b"tkhd", start, end)
        if header is not None and (size := _size(body, header[1])) != (0, 0):
            width, height = size
            break
    return Video(width, height, _seconds(body, _first(body, b"mvhd", *moov)))


def _boxes(body: bytes, kind: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What is in the boxes of a kind, as (start, end)."""
    at = start
    while at + HEADER <= end:
        size = int(struct.unpack_from(">I", body, at)[0])
        if size < HEADER or at + size > end:
            return
        if body[at + 4 : at + 8] == kind:
            yield at + HEADER, at + size
        at += size


def _first(body: bytes, kind: bytes, start: int, end: int) -> tuple[int, int] | None:
    return next(_boxes(body, kind, start, end), None)


def _size(body: bytes, end: int) -> tuple[int, int]:
    """A track's header ends with its width and height, as numbers of 16.16 bits."""
    width, height = struct.unpack_from(">II", body, end - 8)
    return width >> 16, height >> 16


def _seconds(body: bytes, header: tuple[int, int] | None) -> int:
    if header is None:
        return 0
    start = header[0]
    layout, at = (">QQIQ", start + 4) if body[start] == 1 else (">IIII", start + 4)
    _made, _changed, scale, length = struct.unpack_from(layout, body, at)
    return round(length / scale) if scale else 0
