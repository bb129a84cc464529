"""Files that the bot downloads."""

from __future__ import annotations

from ..errors import bad_request
from ..model import File, Json
from ..params import Params
from ..world import World

MAX_DOWNLOAD = 20 * 1024 * 1024


def get_file(world: World, params: Params) -> Json:
    file = known_file(world, params.text("file_id"))
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def known_file(world: World, file_id: str) -> File:
    if not file_id:
        raise bad_request("file_id not specified")
    file = world.files.get(file_id)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return file
