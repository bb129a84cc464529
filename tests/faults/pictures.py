"""Photos for the inspection, none like another."""

import io
from random import Random

from PIL import Image


def photo(dice: Random) -> bytes:
    file = io.BytesIO()
    Image.frombytes("RGB", (64, 48), dice.randbytes(64 * 48 * 3)).save(file, "JPEG")
    return file.getvalue()
