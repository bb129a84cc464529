"""Previews: what is seen of a file, and nothing else of it."""

import io

import pytest
from PIL import Image

from orders.evidence_files import examine
from tests.evidence.files import halves, jpeg, pdf, png, turned_video, video, webp, written

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
PLACE = {1: "N", 2: (55.0, 45.0, 21.0), 3: "E", 4: (37.0, 37.0, 3.0)}
"""Moscow, as a telephone writes it into a photo."""


def preview_of(content: bytes, name: str) -> Image.Image:
    return Image.open(io.BytesIO(examine(content, name).preview))


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=True))


def corners(image: Image.Image) -> dict[str, object]:
    width, height = image.size
    return {
        "left above": image.getpixel((5, 5)),
        "right above": image.getpixel((width - 6, 5)),
        "left below": image.getpixel((5, height - 6)),
        "right below": image.getpixel((width - 6, height - 6)),
    }


@pytest.mark.parametrize(
    ("content", "name", "size"),
    [
        (jpeg(4000, 3000), "a.jpg", (640, 480)),
        (jpeg(300, 200), "a.jpg", (300, 200)),
        (png(10_000, 10), "a.png", (640, 1)),
        (webp(900, 1800), "a.webp", (320, 640)),
        (pdf(), "a.pdf", (453, 640)),
        (video(), "a.mp4", (320, 240)),
        (video(width=1280, height=720), "a.mp4", (640, 360)),
    ],
)
def test_a_preview_is_a_small_jpeg_with_the_same_proportions(
    content: bytes, name: str, size: tuple[int, int]
) -> None:
    preview = preview_of(content, name)
    assert (preview.format, preview.mode, preview.size) == ("JPEG", "RGB", size)


@pytest.mark.parametrize(
    ("orientation", "red"),
    [
        (1, {"left above", "left below"}),
        (2, {"right above", "right below"}),
        (3, {"right above", "right below"}),
        (4, {"left above", "left below"}),
        (5, {"left above", "right above"}),
        (6, {"left above", "right above"}),
        (7, {"left below", "right below"}),
        (8, {"left below", "right below"}),
        (99, {"left above", "left below"}),
    ],
)
def test_a_photo_stands_as_its_camera_meant_it(orientation: int, red: set[str]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = jpeg(400, 300, exif=exif)

    preview = preview_of(content, "a.jpg")
    assert {corner for corner, pixel in corners(preview).items() if near(pixel, RED)} == red
    assert {corner for corner, pixel in corners(preview).items() if near(pixel, BLUE)} == corners(
        preview
    ).keys() - red
    facts = examine(content, "a.jpg")
    assert (
        (facts.width, facts.height)
        == preview.size
        == ((300, 400) if orientation in range(5, 9) else (400, 300))
    )


def test_a_photo_that_is_mirrored_is_mirrored_back() -> None:
    """Left and right tell nothing of a mirror along the other axis: a quarter in another colour does."""
    upright = halves(400, 300)
    upright.paste("white", (0, 0, 200, 150))
    for orientation, turn in {
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        7: Image.Transpose.TRANSVERSE,
    }.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        # Each of these undoes itself.
        preview = preview_of(written(upright.transpose(turn), "JPEG", exif=exif), "a.jpg")
        seen = corners(preview)
        assert near(seen["left above"], WHITE), orientation
        assert near(seen["left below"], RED), orientation
        assert near(seen["right above"], BLUE), orientation


def test_a_video_from_a_telephone_held_upright_stands_upright() -> None:
    preview = preview_of(turned_video(), "a.mp4")
    assert preview.size == (240, 320)
    assert near(preview.getpixel((120, 20)), RED)
    assert near(preview.getpixel((120, 300)), BLUE)


def test_nothing_that_a_photo_tells_about_its_maker_is_in_the_preview() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825).update(PLACE)
    content = jpeg(exif=exif, comment=b"a secret comment", icc_profile=b"a secret profile")
    assert content.count(b"ecret") == 3
    assert 0x8825 in Image.open(io.BytesIO(content)).getexif()

    facts = examine(content, "a.jpg")
    preview = Image.open(io.BytesIO(facts.preview))
    assert b"ecret" not in facts.preview
    assert dict(preview.getexif()) == {}
    assert preview.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_is_transparent_is_white() -> None:
    content = written(Image.new("RGBA", (100, 100), (255, 0, 0, 0)), "PNG")
    assert near(preview_of(content, "a.png").getpixel((50, 50)), WHITE)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_photo_in_any_colours_is_seen(mode: str) -> None:
    grey = Image.new("RGB", (100, 100), (128, 128, 128)).convert(mode)
    assert near(preview_of(written(grey, "JPEG"), "a.jpg").getpixel((50, 50)), (128, 128, 128))


def test_a_picture_of_sixteen_bits_is_seen() -> None:
    grey = Image.new("I;16", (100, 100), 0x8000)
    assert near(preview_of(written(grey, "PNG"), "a.png").getpixel((50, 50)), (128, 128, 128))
