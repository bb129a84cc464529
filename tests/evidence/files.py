"""Files for tests, made on the spot: good ones of each type, and the wicked."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import av
import pikepdf
from PIL import Image

HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

MATRIX = ">9i"
"""Of a track in an MP4: how its picture is turned."""


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def halves(width: int, height: int) -> Image.Image:
    """Red at the left, blue at the right: one sees which way it is turned."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return image


def noise(width: int, height: int) -> Image.Image:
    """Nothing in it repeats, so that it stays large."""
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


def jpeg(width: int = 800, height: int = 600, *, seed: int = 0, **options: object) -> bytes:
    """Another `seed`, another content."""
    # Not a pixel: JPEG smooths small differences away.
    return written(halves(width, height), "JPEG", quality=95, **{"comment": str(seed).encode(), **options})


def png(width: int = 800, height: int = 600, mode: str = "RGB") -> bytes:
    return written(Image.new(mode, (width, height)), "PNG")


def webp(width: int = 800, height: int = 600) -> bytes:
    return written(halves(width, height), "WEBP")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to nothing in it."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@cache
def video(codec: str = "mpeg4", container: str = "mp4", *, width: int = 320, height: int = 240) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as written_to:
        stream = written_to.add_stream(codec, rate=10)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for _ in range(5):
            for packet in stream.encode(av.VideoFrame.from_image(halves(width, height))):
                written_to.mux(packet)
        for packet in stream.encode():
            written_to.mux(packet)
    return file.getvalue()


def turned_video(width: int = 320, height: int = 240) -> bytes:
    """As a telephone held upright writes it: the picture lies on its side, to be turned clockwise."""
    lying = video(width=width, height=height)
    at = lying.index(struct.pack(MATRIX, 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30), lying.index(b"tkhd"))
    upright = struct.pack(MATRIX, 0, 1 << 16, 0, -1 << 16, 0, 0, height << 16, 0, 1 << 30)
    return lying[:at] + upright + lying[at + len(upright) :]


@cache
def sound() -> bytes:
    """An MP4 with nothing to see."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as written_to:
        stream = written_to.add_stream("aac", rate=44100)
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
        frame.sample_rate = 44100
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for packet in [*stream.encode(frame), *stream.encode()]:
            written_to.mux(packet)
    return file.getvalue()


def heic() -> bytes:
    """The beginning of one."""
    return struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0" + b"mif1heic" + bytes(100)


def pdf(change: Callable[[pikepdf.Pdf], object] | None = None, **options: object) -> bytes:
    """One empty page of A4."""
    paper = pikepdf.new()
    paper.add_blank_page(page_size=(595, 842))
    if change is not None:
        change(paper)
    file = io.BytesIO()
    paper.save(file, **options)
    return file.getvalue()


def opening(action: pikepdf.Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """What a PDF does when it is opened."""

    def change(paper: pikepdf.Pdf) -> None:
        paper.Root.OpenAction = action

    return change


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("run.exe", b"MZ")
    return file.getvalue()
