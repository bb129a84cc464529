"""Invented photos: small, drawn at random, no two alike."""

import io
from random import Random

from PIL import Image, ImageDraw

from orders.evidence_files import examine
from orders.openers.bounds import Opened
from orders.openers.pictures import open_picture
from orders.policies.files import FileType
from orders.services import GivenFile

SIZE = (160, 120)
SHAPES = 5


def photo(luck: Random, name: str, *, point: int | None = None) -> GivenFile:
    """Examined here and not in a process of its own: we have just drawn it ourselves."""
    image = Image.new("RGB", SIZE, _colour(luck))
    draw = ImageDraw.Draw(image)
    for _shape in range(SHAPES):
        left, top = luck.randrange(SIZE[0] - 20), luck.randrange(SIZE[1] - 20)
        box = (left, top, luck.randrange(left + 10, SIZE[0]), luck.randrange(top + 10, SIZE[1]))
        luck.choice((draw.rectangle, draw.ellipse))(box, fill=_colour(luck))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    content = file.getvalue()
    return GivenFile(content, name, point, examined=examine(content, name, opener=_open))


def _open(content: bytes, file: FileType) -> Opened:
    return open_picture(content, file.code)


def _colour(luck: Random) -> tuple[int, int, int]:
    return (luck.randrange(256), luck.randrange(256), luck.randrange(256))
