"""The sandbox Telegram from outside: accounts of people, and what it counted."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Sandbox:
    url: str

    def ask(self, what: str, **choice: object) -> Any:
        with urlopen(f"{self.url}/sandbox/api/{what}?{urlencode(choice)}", timeout=TIMEOUT) as answer:  # noqa: S310
            return json.load(answer)

    def do(self, act: str, **values: object) -> None:
        address, body = f"{self.url}/sandbox/api/{act}", json.dumps(values).encode()
        request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
        urlopen(request, timeout=TIMEOUT).close()  # noqa: S310

    def start(self, telegram_ids: Iterable[int]) -> None:
        """Accounts that have pressed Start, so that a bot may write to them."""
        for telegram_id in telegram_ids:
            self.do("person", user_id=telegram_id, first_name=f"Bench {telegram_id}")
            self.do("start", user_id=telegram_id)

    def heard_everything(self) -> bool:
        """The bot has taken every update."""
        return bool(self.ask("state")["pending_updates"] == 0)

    def refused(self) -> int:
        """Calls that came too often, or while it had told to wait."""
        state = self.ask("state")
        return int(state["refusals"]) + int(state["violations"])

    def sent_at(self, newest: int) -> list[float]:
        """The moments (in seconds) of so many newest messages, oldest first."""
        calls = self.ask("calls", method="sendMessage", outcome="ok", limit=newest)["calls"]
        return sorted(float(call["at"]) for call in calls)
