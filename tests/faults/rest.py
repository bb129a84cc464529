"""A client of the REST door, as the intake would write one: it repeats with the same key until it is answered."""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

AGAIN = frozenset({408, 429, 500, 502, 503, 504})
IN_PROGRESS = "in_progress"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: no answer, for the reason in `body`."""

    status: int
    body: Any
    seconds: float

    @property
    def is_final(self) -> bool:
        if self.status == 409:
            return bool(self.body.get("code") != IN_PROGRESS)
        return self.status not in AGAIN and self.status != 0

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Rest:
    base: str
    key: str
    timeout: float = 30.0
    heard: list[Answer] = field(default_factory=list)

    def post(
        self, path: str, body: Mapping[str, Any], *, once: str = "", timeout: float | None = None
    ) -> Answer:
        """One attempt. `once` is the Idempotency-Key."""
        began = time.monotonic()
        try:
            status, said = self._ask(path, body, once, timeout or self.timeout)
        except (OSError, http.client.HTTPException, ValueError) as error:
            status, said = 0, repr(error)
        answer = Answer(status, said, time.monotonic() - began)
        self.heard.append(answer)
        return answer

    def insist(self, path: str, body: Mapping[str, Any], *, once: str, seconds: float = 90) -> Answer:
        """Attempts with the same key until one is answered for good."""
        until = time.monotonic() + seconds
        while not (answer := self.post(path, body, once=once)).is_final:
            assert time.monotonic() < until, f"not acknowledged within {seconds:g} s: {answer}"
            time.sleep(0.3)
        assert answer.is_acknowledged, answer
        return answer

    def _ask(self, path: str, body: Mapping[str, Any], once: str, timeout: float) -> tuple[int, Any]:
        where = urlsplit(self.base)
        link = http.client.HTTPConnection(str(where.hostname), where.port, timeout=timeout)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            if once:
                headers["Idempotency-Key"] = once
            link.request("POST", where.path + path, json.dumps(body).encode(), headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            link.close()


def acknowledged(answers: Sequence[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.is_acknowledged]
