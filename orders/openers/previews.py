"""A small JPEG with nothing in it but what is seen."""

import io
from collections.abc import Mapping

from PIL import Image

from orders.policies.files import PREVIEW_SIDE

QUALITY = 80

_TURNS: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its orientation as EXIF counts."""


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size with the same proportions whose longer side is that of a preview; never larger than it was."""
    share = min(1.0, PREVIEW_SIDE / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def turned(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def jpeg(image: Image.Image) -> bytes:
    """On white where it is transparent. The pixels are copied: comments, profiles and places stay behind."""
    fresh = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        fresh.paste(image, mask=image.getchannel("A"))
    else:
        fresh.paste(image.convert("RGB"))
    written = io.BytesIO()
    fresh.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
