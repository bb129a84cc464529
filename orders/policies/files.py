"""What a file has to be to prove something: its type by its first bytes, its name, what is hidden in it.

Nothing is decoded here; `orders.openers` open the file itself, in a process of their own.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Mapping

from core.policies.values import INVISIBLE

BYTES_AT_MOST = 15 * 1024 * 1024
PIXELS_AT_MOST = 40_000_000
PREVIEW_SIDE = 640
"""The longer side of a preview, in pixels."""

NAME_AT_MOST = 120

REASONS: Mapping[str, str] = {
    "empty": "empty",
    "too_large": "too_large",
    "unknown_type": "not_allowed",
    "heic": "not_allowed",
    "quicktime": "not_allowed",
    "two_in_one": "not_allowed",
    "active": "not_allowed",
    "no_picture": "not_allowed",
    "codec": "not_allowed",
    "wrong_extension": "wrong_extension",
    "cut_short": "broken",
    "broken": "broken",
    "locked": "broken",
    "too_heavy": "broken",
    "too_many_pixels": "too_many_pixels",
}
"""Why a file is refused, each with the code that callers see."""


class BadFile(ValueError):
    """The file can't be taken. `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclasses.dataclass(frozen=True, slots=True)
class FileType:
    """`extensions`: those that a name may end with; the first is the one that we give."""

    code: str
    kind: str
    content_type: str
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        return self.extensions[0]


JPEG = FileType("jpeg", "photo", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = FileType("png", "photo", "image/png", ("png",))
WEBP = FileType("webp", "photo", "image/webp", ("webp",))
PDF = FileType("pdf", "document", "application/pdf", ("pdf",))
MP4 = FileType("mp4", "video", "video/mp4", ("mp4", "m4v"))
TYPES = (JPEG, PNG, WEBP, PDF, MP4)

_MP4_BRANDS = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash"}
    | {b"iso%c" % version for version in b"23456789"}
)
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
_BOXES_AT_MOST = 20_000
"""Of one MP4: one that is cut into fragments has two for each."""

_UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SEPARATORS = re.compile(r"[/\\]")
_RESERVED = re.compile(r'[<>:"|?*%]')
_PDF_ENDS = b"%%EOF"
_ZIP_ENDS = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ZIP_COMMENT_AT_MOST = 0xFFFF


def type_of(content: bytes, name: str) -> FileType:
    """What the file is by its content; its name has to say the same.

    Raises BadFile: empty, too_large, unknown_type, heic, quicktime, wrong_extension, cut_short, two_in_one.
    """
    if not content:
        raise BadFile("empty")
    if len(content) > BYTES_AT_MOST:
        raise BadFile("too_large")
    found = _by_first_bytes(content)
    if extension_of(name) not in found.extensions:
        raise BadFile("wrong_extension")
    if _ends_as_zip(content):
        raise BadFile("two_in_one")
    if found is PDF:
        _check_pdf_end(content)
    elif found is MP4 and not _boxes_fill(content):
        raise BadFile("cut_short")
    return found


def _by_first_bytes(content: bytes) -> FileType:
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    # Not "somewhere in the first kilobyte", as readers allow: what stands before it could be another file.
    if content.startswith(b"%PDF-"):
        return PDF
    if content[4:8] == b"ftyp":
        return _by_brand(content)
    raise BadFile("unknown_type")


def _by_brand(content: bytes) -> FileType:
    """MP4, QuickTime and HEIC are one family: the first box names the members that the file is made for."""
    size = min(int.from_bytes(content[:4], "big"), 256)
    main = content[8:12]
    if main in _HEIC_BRANDS:
        raise BadFile("heic")
    if main == b"qt  ":
        raise BadFile("quicktime")
    others = {content[at : at + 4] for at in range(16, size, 4)}
    if main in _MP4_BRANDS or others & _MP4_BRANDS:
        return MP4
    raise BadFile("unknown_type")


def _boxes_fill(content: bytes) -> bool:
    """Whether the boxes of an MP4 end where the file ends: not before, not behind."""
    at = 0
    for _ in range(_BOXES_AT_MOST):
        if at == len(content):
            return True
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 0:  # up to the end
            return at + 8 <= len(content)
        if size == 1:  # too large for four bytes
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        at += size
        if size < 8:
            return False
    return False


def _check_pdf_end(content: bytes) -> None:
    end = content.rfind(_PDF_ENDS)
    if end < 0:
        raise BadFile("cut_short")
    if content[end + len(_PDF_ENDS) :].strip(b"\0\t\n\f\r "):
        raise BadFile("two_in_one")


def _ends_as_zip(content: bytes) -> bool:
    """Programs find a ZIP by its end, whatever stands before it."""
    start = max(0, len(content) - _ZIP_END_SIZE - _ZIP_COMMENT_AT_MOST)
    at = content.rfind(_ZIP_ENDS, start)
    while at >= 0:
        comment = int.from_bytes(content[at + _ZIP_END_SIZE - 2 : at + _ZIP_END_SIZE], "little")
        if at + _ZIP_END_SIZE + comment == len(content):
            return True
        at = content.rfind(_ZIP_ENDS, start, at)
    return False


# ── names: only for people to read; where the file is kept is named by its hash ──


def extension_of(name: str) -> str:
    """In small letters, without the dot; "" when there is none."""
    return _split(name)[1].lower()


def clean_name(name: str, file: FileType) -> str:
    """What its sender called it, as safe to show and to save under, with the extension of what it is."""
    stem = " ".join(_RESERVED.sub("_", _split(name)[0]).split()).strip(". ")
    stem = stem[: NAME_AT_MOST - len(file.extension) - 1].rstrip()
    if not any(character.isalnum() for character in stem):
        stem = file.kind
    return f"{stem}.{file.extension}"


def _split(name: str) -> tuple[str, str]:
    seen = _UNSAID.sub("", INVISIBLE.sub("", name))
    last = _SEPARATORS.split(unicodedata.normalize("NFC", seen).strip())[-1].rstrip(". ")
    stem, dot, extension = last.rpartition(".")
    return (stem, extension) if dot else (last, "")
