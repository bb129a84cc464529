"""Files are opened before they are taken: what is in them decides, whatever they are called."""

import hashlib
import re
from collections.abc import Callable

import pikepdf
import pytest
from django.utils import translation

from orders.evidence_files import FileRefused, examine
from orders.evidence_files.examining import SENTENCES
from tests.evidence.files import (
    HTML,
    SCRIPT,
    SVG,
    archive,
    heic,
    jpeg,
    noise,
    opening,
    pdf,
    png,
    png_header,
    sound,
    turned_video,
    video,
    webp,
    written,
)

MEGABYTE = 1024 * 1024
DAMAGED = b"\0" * 16


def damaged(content: bytes) -> bytes:
    """Overwritten in the middle."""
    middle = len(content) // 2
    return content[:middle] + DAMAGED + content[middle + len(DAMAGED) :]


def program(**of_the_document: object) -> Callable[[pikepdf.Pdf], None]:
    def change(paper: pikepdf.Pdf) -> None:
        for name, value in of_the_document.items():
            paper.Root[f"/{name}"] = value

    return change


def with_file(paper: pikepdf.Pdf) -> None:
    paper.attachments["invoice.exe"] = b"MZ"


def with_button(paper: pikepdf.Pdf) -> None:
    """A button that starts a program, on a page."""
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    button = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
    paper.pages[0].obj.Annots = pikepdf.Array([button])


LOCKED = pikepdf.Encryption(owner="x")
"""It opens without a password, but what is in it is ciphered."""

PACKED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
FIRST_PAGE = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org")


@pytest.mark.parametrize(
    ("content", "name", "kind", "content_type", "size"),
    [
        (lambda: jpeg(800, 600), "фото.JPG", "photo", "image/jpeg", (800, 600)),
        (lambda: png(801, 601, "RGBA"), "a.png", "photo", "image/png", (801, 601)),
        (lambda: png(64, 64, "P"), "a.png", "photo", "image/png", (64, 64)),
        (lambda: png(1, 1, "I;16"), "a.png", "photo", "image/png", (1, 1)),
        (webp, "a.webp", "photo", "image/webp", (800, 600)),
        (pdf, "a.pdf", "document", "application/pdf", (None, None)),
        (lambda: pdf(opening(FIRST_PAGE)), "link.pdf", "document", "application/pdf", (None, None)),
        (
            lambda: pdf(encryption=LOCKED),
            "a.pdf",
            "document",
            "application/pdf",
            (None, None),
        ),
        (video, "a.mp4", "video", "video/mp4", (320, 240)),
        (lambda: video("libx264"), "a.mp4", "video", "video/mp4", (320, 240)),
        (lambda: video("libx265"), "a.mp4", "video", "video/mp4", (320, 240)),
        (turned_video, "a.mp4", "video", "video/mp4", (240, 320)),
    ],
)
def test_a_good_file_is_known_by_its_content(
    content: Callable[[], bytes], name: str, kind: str, content_type: str, size: tuple[int | None, int | None]
) -> None:
    given = content()
    facts = examine(given, name)
    assert (facts.kind, facts.content_type, (facts.width, facts.height)) == (kind, content_type, size)
    assert (facts.size, facts.sha256) == (len(given), hashlib.sha256(given).hexdigest())
    assert facts.name.endswith(f".{facts.extension}")
    assert facts.preview.startswith(b"\xff\xd8\xff")


def test_a_photo_in_which_a_telephone_keeps_a_video_is_a_photo() -> None:
    assert examine(jpeg() + video(), "motion.jpg").kind == "photo"


def test_a_camera_that_writes_nonsense_about_itself_still_took_a_photo() -> None:
    exif = b"Exif\0\0MM\0\x2a\xff\xff\xff\xff nonsense"
    assert examine(jpeg(exif=exif), "a.jpg").width == 800


@pytest.mark.parametrize(
    ("content", "name", "code", "reason"),
    [
        (lambda: b"", "a.jpg", "empty", "empty"),
        (lambda: written(noise(2400, 2400), "PNG"), "a.png", "too_large", "too_large"),
        (lambda: SVG, "a.jpg", "not_allowed", "unknown_type"),
        (lambda: HTML, "a.jpg", "not_allowed", "unknown_type"),
        (lambda: HTML, "a.pdf", "not_allowed", "unknown_type"),
        (archive, "a.jpg", "not_allowed", "unknown_type"),
        (lambda: video(container="avi"), "a.mp4", "not_allowed", "unknown_type"),
        (lambda: video(container="mov"), "a.mov", "not_allowed", "quicktime"),
        (heic, "IMG_0001.HEIC", "not_allowed", "heic"),
        (jpeg, "a.html", "wrong_extension", "wrong_extension"),
        (jpeg, "a.png", "wrong_extension", "wrong_extension"),
        (jpeg, "../../x.php", "wrong_extension", "wrong_extension"),
        # Two files in one
        (lambda: HTML + pdf(), "a.pdf", "not_allowed", "unknown_type"),
        (lambda: pdf() + HTML, "a.pdf", "not_allowed", "two_in_one"),
        (lambda: pdf() + archive(), "a.pdf", "not_allowed", "two_in_one"),
        (lambda: jpeg() + archive(), "a.jpg", "not_allowed", "two_in_one"),
        (lambda: video() + archive(), "a.mp4", "not_allowed", "two_in_one"),
        # Half of a file
        (lambda: jpeg()[:-5000], "a.jpg", "broken", "broken"),
        (lambda: png()[:-20], "a.png", "broken", "broken"),
        (lambda: webp()[:-20], "a.webp", "broken", "broken"),
        (lambda: pdf()[:-100], "a.pdf", "broken", "cut_short"),
        (lambda: video()[:-1], "a.mp4", "broken", "cut_short"),
        # Only the beginning is right
        (lambda: jpeg()[:3] + bytes(1000), "a.jpg", "broken", "broken"),
        (lambda: png()[:8] + bytes(1000), "a.png", "broken", "broken"),
        (lambda: b"%PDF-1.7\nno document\n%%EOF", "a.pdf", "broken", "broken"),
        (lambda: video()[:28] + b"\0\0\0\x08mdat", "a.mp4", "broken", "broken"),
        (lambda: damaged(written(noise(200, 200), "PNG")), "a.png", "broken", "broken"),
        # More than it looks
        (lambda: png_header(50_000, 50_000), "a.png", "too_many_pixels", "too_many_pixels"),
        (lambda: png_header(40_000_001, 1), "a.png", "too_many_pixels", "too_many_pixels"),
        (lambda: png(8_000, 5_001, "1"), "a.png", "too_many_pixels", "too_many_pixels"),
        # A document that acts
        (lambda: pdf(opening(SCRIPT)), "a.pdf", "not_allowed", "active"),
        (lambda: pdf(opening(SCRIPT), **PACKED), "a.pdf", "not_allowed", "active"),
        (lambda: pdf(opening(SCRIPT), encryption=LOCKED, **PACKED), "a.pdf", "not_allowed", "active"),
        (lambda: pdf(with_button), "a.pdf", "not_allowed", "active"),
        (lambda: pdf(with_file), "a.pdf", "not_allowed", "active"),
        (lambda: pdf(program(AcroForm=pikepdf.Dictionary(XFA=pikepdf.String("x")))), "a.pdf", "not_allowed", "active"),
        (lambda: pdf(encryption=pikepdf.Encryption(owner="x", user="y")), "a.pdf", "broken", "locked"),
        # A video that can't be seen
        (sound, "a.mp4", "not_allowed", "no_picture"),
        (lambda: video("mjpeg"), "a.mp4", "not_allowed", "codec"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_taken(content: Callable[[], bytes], name: str, code: str, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        examine(content(), name)
    assert (refused.value.code, refused.value.reason) == (code, reason)
    assert str(refused.value).endswith(".")
    assert "%" not in str(refused.value)


def test_a_picture_of_exactly_forty_megapixels_is_taken() -> None:
    assert examine(png(8_000, 5_000, "1"), "a.png").width == 8_000


def test_every_refusal_is_a_russian_sentence() -> None:
    with translation.override("ru"):
        said = {reason: str(FileRefused(reason)) for reason in SENTENCES}
    assert {reason for reason, text in said.items() if not re.search(r"[а-я]{3}.*\.$", text)} == set()
