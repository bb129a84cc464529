"""JPEG, PNG and WebP."""

import io
import struct
import warnings
import zlib

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from orders.openers.bounds import Opened, answer
from orders.openers.previews import jpeg, turned
from orders.policies.files import PIXELS_AT_MOST, PREVIEW_SIDE, BadFile

FORMATS = {
    "jpeg": JpegImagePlugin.JpegImageFile.format,
    "png": PngImagePlugin.PngImageFile.format,
    "webp": WebPImagePlugin.WebPImageFile.format,
}
_ORIENTATION = 0x0112
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error, zlib.error)
"""What Pillow raises for files that are not what they say."""

_NOT_SCALED = {"1", "P", "PA"}
"""Modes in which a smaller picture would be made of the nearest pixels."""


def open_picture(content: bytes, code: str) -> Opened:
    """Decodes the first picture whole: half of a photo is no photo. Raises BadFile: broken, too_many_pixels."""
    Image.MAX_IMAGE_PIXELS = PIXELS_AT_MOST
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _open(content, code)
    except Image.DecompressionBombError:
        raise BadFile("too_many_pixels") from None
    except BadFile:
        raise
    except _BROKEN as error:
        raise BadFile("broken") from error


def _open(content: bytes, code: str) -> Opened:
    if code == "png":
        # Decoding it passes over the check sums that it has.
        Image.open(io.BytesIO(content), formats=["PNG"]).verify()
    with Image.open(io.BytesIO(content), formats=[FORMATS[code]]) as image:
        # The header is all that was read up to here.
        width, height = image.size
        if width * height > PIXELS_AT_MOST:
            raise BadFile("too_many_pixels")
        orientation = _orientation(image)
        preview = turned(_small(image), orientation)
    if orientation >= 5:
        width, height = height, width
    return Opened(jpeg(preview), width, height)


def _small(image: Image.Image) -> Image.Image:
    """Decodes; a JPEG at a fraction of its size, which needs all of its data too."""
    if image.mode in _NOT_SCALED:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    image.load()  # where it was small enough, nothing is decoded yet
    return image


def _orientation(image: Image.Image) -> int:
    """1 to 8 as EXIF counts. A camera that writes a broken EXIF still took a photo."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return orientation if orientation in range(1, 9) else 1


if __name__ == "__main__":
    answer(open_picture)
