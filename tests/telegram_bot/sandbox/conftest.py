"""A sandbox for each test, and two clients of it: aiogram as the product uses it, and bare HTTP."""

from __future__ import annotations

import asyncio
import json
import struct
import urllib.error
import urllib.request
import zlib
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from telegram_bot.sandbox.server import Sandbox

T = TypeVar("T")

ANNA = 7001
BORIS = 7002
GROUP = -5001


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Anna has started the bot, Boris is only known."""
    with Sandbox() as running:
        running.person(ANNA, "Анна", "anna")
        running.person(BORIS, "Борис", last_name="Петров")
        running.start(ANNA)
        yield running


@dataclass(frozen=True, slots=True)
class Client:
    """Calls the sandbox; ``base`` is its address."""

    base: str
    token: str

    def raw(self, method: str, params: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and body of a JSON call."""
        body = json.dumps(params or {}).encode()
        headers = {"Content-Type": "application/json"}
        return self.send(f"/bot{self.token}/{method}", body, headers)

    def send(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        request = urllib.request.Request(self.base + path, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, _read(response)
        except urllib.error.HTTPError as error:
            return error.code, _read(error)

    def refused(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and description of a refusal."""
        status, answer = self.raw(method, params)
        assert answer["ok"] is False, answer
        assert answer["error_code"] == status
        return status, answer["description"]

    def ok(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        status, answer = self.raw(method, params)
        assert (status, answer["ok"]) == (200, True), answer
        return answer["result"]

    def aiogram(self, talk: Callable[[Bot], Awaitable[T]], timeout: float = 10) -> T:
        """Run a talk with an aiogram bot."""

        async def run() -> T:
            session = AiohttpSession(api=TelegramAPIServer.from_base(self.base), timeout=timeout)
            async with Bot(self.token, session=session) as bot:
                return await talk(bot)

        # In a thread of its own: Playwright keeps a loop running in the main one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, run()).result()


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox.url, sandbox.token)


def _read(response: Any) -> Any:
    body = response.read()
    kind = response.headers.get("Content-Type", "")
    return json.loads(body) if kind.startswith("application/json") else body


def keyboard(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in rows
        ]
    )


def png(width: int = 4, height: int = 3) -> bytes:
    """A real, tiny picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x40\x80\xc0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
