"""Invented photos and videos: small, drawn at random, no two alike."""

import io
from random import Random

import av
from PIL import Image, ImageDraw

from orders.evidence_files import examine
from orders.openers.bounds import Opened
from orders.openers.pictures import open_picture
from orders.openers.videos import open_video
from orders.policies.files import FileType
from orders.services import GivenFile

SIZE = (160, 120)
SHAPES = 5
RATE = 4


def photo(luck: Random, name: str, *, point: int | None = None) -> GivenFile:
    file = io.BytesIO()
    _drawn(luck).save(file, "JPEG", quality=80)
    return _given(file.getvalue(), name, point)


def video(luck: Random, name: str, *, point: int | None = None) -> GivenFile:
    """Two seconds in which one looks at a drawn thing from left to right."""
    file, image = io.BytesIO(), _drawn(luck)
    with av.open(file, "w", format="mp4") as written:
        stream = written.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for step in range(2 * RATE):
            seen = image.transform(SIZE, Image.Transform.AFFINE, (1, 0, 4 * step, 0, 1, 0))
            written.mux(stream.encode(av.VideoFrame.from_image(seen)))
        written.mux(stream.encode())
    return _given(file.getvalue(), name, point)


def _given(content: bytes, name: str, point: int | None) -> GivenFile:
    """Examined here and not in a process of its own: we have just drawn it ourselves."""
    return GivenFile(content, name, point, examined=examine(content, name, opener=_open))


def _drawn(luck: Random) -> Image.Image:
    image = Image.new("RGB", SIZE, _colour(luck))
    draw = ImageDraw.Draw(image)
    for _shape in range(SHAPES):
        left, top = luck.randrange(SIZE[0] - 20), luck.randrange(SIZE[1] - 20)
        box = (left, top, luck.randrange(left + 10, SIZE[0]), luck.randrange(top + 10, SIZE[1]))
        luck.choice((draw.rectangle, draw.ellipse))(box, fill=_colour(luck))
    return image


def _open(content: bytes, file: FileType) -> Opened:
    return open_video(content, file.code) if file.kind == "video" else open_picture(content, file.code)


def _colour(luck: Random) -> tuple[int, int, int]:
    return (luck.randrange(256), luck.randrange(256), luck.randrange(256))
