"""What a file is, found out from its content; or a sentence that says why it is not taken."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal
from orders.evidence_files.apart import open_apart
from orders.openers.bounds import Opened
from orders.policies.files import (
    BYTES_AT_MOST,
    PIXELS_AT_MOST,
    REASONS,
    BadFile,
    FileType,
    clean_name,
    type_of,
)

SENTENCES: Mapping[str, object] = {
    "empty": _("The file is empty."),
    "too_large": _(
        "The file is larger than %(megabytes)s MB: make it smaller, or send it as a photo or video."
    ),
    "unknown_type": _("Only photos (JPEG, PNG, WebP), PDF and MP4 are taken."),
    "heic": _("This is an iPhone's HEIC: send it as a photo rather than as a file, or save it as JPEG."),
    "quicktime": _("This is QuickTime (MOV): send it as a video rather than as a file, or save it as MP4."),
    "two_in_one": _(
        "Something else is hidden in this file: save the document or the photo anew and send that."
    ),
    "active": _(
        "This PDF has scripts, forms or files in it: print it into a new PDF, or send photos of its pages."
    ),
    "no_picture": _("This MP4 has sound only: a video is needed."),
    "codec": _(
        "The video is in a rare format: send it as a video from the telephone, or save it as MP4 (H.264)."
    ),
    "wrong_extension": _(
        "The name of the file ends otherwise than its content is: send it under its own name."
    ),
    "cut_short": _("The file is incomplete: send it once more."),
    "broken": _("The file does not open: make the photo, the video or the document anew and send that."),
    "locked": _("The PDF asks for a password: save it without one."),
    "too_heavy": _("The file takes too long to open: save it more simply, or send a photo of it."),
    "too_many_pixels": _("The picture has more than %(megapixels)s megapixels: make it smaller."),
}
"""For each reason of the policy; a test compares."""

_LIMITS = {"megabytes": BYTES_AT_MOST // 1024**2, "megapixels": PIXELS_AT_MOST // 10**6}


class FileRefused(Refusal):
    """The file was not taken; str() says why and what to do. `reason` is finer than `code`.

    Codes: empty, too_large, not_allowed, wrong_extension, broken, too_many_pixels.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.code = REASONS[reason]
        super().__init__(str(SENTENCES[reason]) % _LIMITS)


@dataclasses.dataclass(frozen=True, slots=True)
class FileFacts:
    """`size` in bytes; `width` and `height` in pixels as shown, None for documents; `name` as safe to show.

    `preview`: a JPEG of at most 640 pixels, upright, with no metadata.
    """

    kind: str
    content_type: str
    extension: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    name: str
    preview: bytes = dataclasses.field(repr=False)


def examine(
    content: bytes, name: str, *, opener: Callable[[bytes, FileType], Opened] = open_apart
) -> FileFacts:
    """Opens the file in a process of its own: half a second of waiting for a photo of 12 MB.

    `opener`: for whoever made the file themselves, and many of them. Raises FileRefused.
    """
    try:
        file = type_of(content, name)
        opened = opener(content, file)
    except BadFile as bad:
        raise FileRefused(bad.reason) from None
    return FileFacts(
        kind=file.kind,
        content_type=file.content_type,
        extension=file.extension,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        width=opened.width,
        height=opened.height,
        name=clean_name(name, file),
        preview=opened.preview,
    )
