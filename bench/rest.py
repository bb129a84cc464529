"""A client of the REST door that keeps its connection, as an intake would."""

import http.client
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 60


class Refused(RuntimeError):
    """The product did not take what it was given: there is nothing to measure."""


class Rest:
    def __init__(self, base: str, key: str) -> None:
        where = urlsplit(base)
        self._path = where.path
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._link = http.client.HTTPConnection(str(where.hostname), where.port, timeout=TIMEOUT)

    def __enter__(self) -> "Rest":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._link.close()

    def post(self, path: str, body: bytes) -> None:
        """Raises Refused unless it was created."""
        self._link.request("POST", self._path + path, body, self._headers)
        answer = self._link.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise Refused(f"POST {path}: {answer.status} {said[:500]!r}")


def as_body(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()
