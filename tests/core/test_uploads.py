"""A request with files: read as it comes, up to a limit."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from core.uploads import REQUEST_AT_MOST

MEGABYTE = 1024 * 1024


def request_with(content: bytes, **headers: object) -> HttpRequest:
    return RequestFactory().post("/", {"file": SimpleUploadedFile("a.bin", content)}, **headers)


@pytest.mark.parametrize("size", [0, 1000, 15 * MEGABYTE])
def test_a_file_comes_through_whole(size: int) -> None:
    content = bytes(size)
    with request_with(content).FILES["file"] as file:
        assert file.size == size
        assert file.read() == content


def test_a_request_that_says_it_brings_too_much_is_not_read() -> None:
    request = request_with(b"x", CONTENT_LENGTH=str(REQUEST_AT_MOST + 1))
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018
