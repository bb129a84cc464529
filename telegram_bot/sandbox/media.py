"""Photos, videos and documents as the Bot API describes them, whoever sent them."""

from __future__ import annotations

from pathlib import PurePath

from .errors import bad_request
from .images import Image, read_image
from .model import File, Json
from .videos import read_video
from .world import World

MAX_PHOTO = 10 * 1024 * 1024
MAX_SIDES = 10_000
MAX_RATIO = 20
_SIZES = (90, 320, 800, 1280)
"""The longest side of the smaller pictures that Telegram makes of a photo."""


def photo_media(world: World, body: bytes) -> Json:
    """``{"photo": [PhotoSize, …]}``, the largest last. Raises ApiError as Telegram does for what is no photo."""
    if not body:
        raise bad_request("file must be non-empty")
    if len(body) > MAX_PHOTO:
        raise bad_request(
            f"file of size {len(body)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
        )
    image = read_image(body)
    if image is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    longest, shortest = max(image.width, image.height), min(image.width, image.height)
    if image.width + image.height > MAX_SIDES or longest > MAX_RATIO * shortest:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    suffix = "." + image.mime_type.partition("/")[2].replace("jpeg", "jpg")
    kept = world.add_body(body)
    # The sandbox scales nothing: every size is the same picture under an id of its own.
    sides = [side for side in _SIZES if side < longest] + [longest]
    files = [
        world.add_file(
            kept, size=len(body), mime_type=image.mime_type, name=None, folder="photos", suffix=suffix
        )
        for _ in sides
    ]
    return {"photo": [_size(file, image, side / longest) for file, side in zip(files, sides, strict=True)]}


def _size(file: File, image: Image, scale: float) -> Json:
    return _ids(file) | {
        "width": max(1, round(image.width * scale)),
        "height": max(1, round(image.height * scale)),
        "file_size": file.size,
    }


def document_media(world: World, body: bytes, *, name: str, mime_type: str) -> Json:
    """``{"document": Document}``. Raises ApiError."""
    if not body:
        raise bad_request("file must be non-empty")
    name = PurePath(name.replace("\\", "/")).name or "file"
    suffix = PurePath(name).suffix
    kept = world.add_body(body)
    file = world.add_file(
        kept, size=len(body), mime_type=mime_type, name=name, folder="documents", suffix=suffix
    )
    return {"document": _ids(file) | {"file_name": name, "mime_type": mime_type, "file_size": file.size}}


def video_media(world: World, body: bytes, *, name: str, mime_type: str) -> Json:
    """``{"video": Video}``. Raises ApiError for what is no MP4: Telegram's applications send it as a file."""
    if not body:
        raise bad_request("file must be non-empty")
    video = read_video(body)
    if video is None:
        raise bad_request("VIDEO_CONTENT_TYPE_INVALID")
    name = PurePath(name.replace("\\", "/")).name or "video.mp4"
    file = world.add_file(
        world.add_body(body), size=len(body), mime_type=mime_type, name=name, folder="videos", suffix=".mp4"
    )
    shown = {"file_name": name, "mime_type": mime_type, "file_size": file.size}
    return {
        "video": _ids(file)
        | {"width": video.width, "height": video.height, "duration": video.seconds}
        | shown
    }


def _ids(file: File) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id}
