"""The sandbox Telegram from outside: what people do and see there, and what goes wrong, by its control API."""

import json
import re
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

REPEAT = "🔁"
"""How a message begins that may have arrived before."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    base: str

    def ask(self, what: str, **query: object) -> Any:
        with urllib.request.urlopen(
            f"{self.base}sandbox/api/{what}?{urlencode(query)}", timeout=10
        ) as answer:
            return json.load(answer)

    def do(self, act: str, **values: object) -> Any:
        request = urllib.request.Request(
            f"{self.base}sandbox/api/{act}", json.dumps(values).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def heal(self) -> None:
        self.do("heal")

    def from_bot(self, chat_id: int) -> list[Mapping[str, Any]]:
        """What the bot has said in this chat, oldest first."""
        shown = self.ask("chat", id=chat_id, limit=100_000)["messages"]
        return [message for message in shown if message["from_bot"] and not message["deleted"]]

    def about(self, chat_id: int, ref: str) -> list[Mapping[str, Any]]:
        """The messages there that name this order."""
        return [message for message in self.from_bot(chat_id) if names(message["text"], ref)]

    def calls(self, **choice: object) -> list[Mapping[str, Any]]:
        """Calls of the bot, oldest first."""
        found: list[Mapping[str, Any]] = self.ask("calls", limit=100_000, **choice)["calls"]
        return found[::-1]

    def press(self, user_id: int, message_id: int, button: str) -> None:
        self.do("press", user_id=user_id, chat_id=user_id, message_id=message_id, button=button)

    def press_raw(self, user_id: int, message_id: int, data: str) -> None:
        """A button by what is behind it."""
        self.do("press_raw", user_id=user_id, chat_id=user_id, message_id=message_id, data=data)

    def write(self, user_id: int, text: str) -> None:
        self.do("write", user_id=user_id, chat_id=user_id, text=text)

    def album(self, user_id: int, photos: Sequence[bytes]) -> None:
        """Several photos at once: they come to the bot as as many messages."""
        edge = "edge-of-a-part"
        parts = [_part(edge, 'name="user_id"', str(user_id).encode())]
        parts += [
            _part(edge, f'name="f{number}"; filename="{number}.jpg"', body)
            for number, body in enumerate(photos)
        ]
        request = urllib.request.Request(
            f"{self.base}sandbox/api/photo",
            b"".join(parts) + f"--{edge}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={edge}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


def _part(edge: str, about: str, body: bytes) -> bytes:
    return f"--{edge}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + body + b"\r\n"


def names(text: str, ref: str) -> bool:
    """R-12 is not named by R-123."""
    return re.search(rf"\b{ref}\b", text) is not None
