"""Files come in through here, whatever the door."""

from typing import IO

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

REQUEST_AT_MOST = 128 * 1024 * 1024
"""Bytes of all files of one request together. Django writes them to the disk as they come, without a limit."""


class UploadsOfBoundedSize(FileUploadHandler):
    """Refuses a request that brings too much before any of it is read; leaves the files to other handlers."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > REQUEST_AT_MOST:
            raise RequestDataTooBig("The files of one request are too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
