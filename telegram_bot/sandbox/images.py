"""The kind and the size of an image from its first bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """Pixels and MIME type."""

    width: int
    height: int
    mime_type: str


def read_image(body: bytes) -> Image | None:
    """None when this is no JPEG, PNG, GIF or WebP, or its size cannot be read."""
    for reader in (_png, _gif, _webp, _jpeg):
        try:
            image = reader(body)
        except (struct.error, IndexError):
            image = None
        if image is not None and image.width > 0 and image.height > 0:
            return image
    return None


def _png(body: bytes) -> Image | None:
    if not body.startswith(b"\x89PNG\r\n\x1a\n") or body[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", body, 16)
    return Image(width, height, "image/png")


def _gif(body: bytes) -> Image | None:
    if body[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height = struct.unpack_from("<HH", body, 6)
    return Image(width, height, "image/gif")


def _webp(body: bytes) -> Image | None:
    if body[:4] != b"RIFF" or body[8:12] != b"WEBP":
        return None
    kind = body[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(body[24:27], "little") + 1
        height = int.from_bytes(body[27:30], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(body[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 26)
        width, height = width & 0x3FFF, height & 0x3FFF
    else:
        return None
    return Image(width, height, "image/webp")


def _jpeg(body: bytes) -> Image | None:
    if body[:2] != b"\xff\xd8":
        return None
    at = 2
    while body[at] == 0xFF:
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", body, at + 5)
            return Image(width, height, "image/jpeg")
        at += 2 + int(struct.unpack_from(">H", body, at + 2)[0])
    return None
