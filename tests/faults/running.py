"""An installation under test: the product, who asks it, and who checks it."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import URLError

from tests.faults.intake import OrderRow, body_of, ids_of
from tests.faults.oracle import Oracle
from tests.faults.product import Product
from tests.faults.rest import Answer, Rest
from tests.faults.sandbox import Sandbox
from tests.faults.waiting import wait_for

LEASE = "20"
"""Seconds of a sender's lease here (60 by default): what a dead sender had in hand is settled sooner."""


@dataclass
class Running:
    product: Product
    rest: Rest
    oracle: Oracle
    sandbox: Sandbox

    @classmethod
    def start(cls, run: Path, **environment: str) -> "Running":
        product = Product(run, TELEGRAM_LEASE_SECONDS=LEASE, **environment)
        product.start()
        known = product.addresses
        return cls(
            product,
            Rest(known["api"], known["keys"]["intake"]),
            Oracle(known["database_owner_url"]),
            Sandbox(known["sandbox"]),
        )

    def stop(self) -> None:
        self.oracle.close()
        self.product.stop()

    def wait_whole(self, seconds: float) -> None:
        wait_for("all roles run and it says that it is ready", self.product.whole, seconds=seconds)

    def works(self, role: str, *, since: datetime) -> bool:
        """It has shown since then (by the database's clock) that it does its work, not only that it runs."""
        if role == "web":
            return self.product.ready()
        if role == "bot":
            sign = self.oracle.heartbeat("sender")
            return bool(sign["detail"].get("pid") == self.product.pid("bot") and sign["at"] > since)
        # Twice: for a moment the bot's own sweep looks like a worker's.
        return self._workers_sweep(since) and self._workers_sweep(since)

    def _workers_sweep(self, since: datetime) -> bool:
        time.sleep(0.05)
        sign = self.oracle.heartbeat("loop")
        return bool(sign["at"] and sign["at"] > since and "by" not in sign["detail"])

    def heal(self) -> None:
        for role in self.product.roles:
            self.product.thaw(role)
        with suppress(URLError):
            self.sandbox.heal()

    def new_order(self, row: OrderRow, *, timeout: float = 30) -> Answer:
        """One attempt to bring one order in, its external id as the key."""
        return self.rest.post("orders/", body_of(row), once=row["external_id"], timeout=timeout)

    def wait_ended(self, rows: Sequence[OrderRow], *, seconds: float = 90) -> None:
        """All messages about these orders have ended."""
        ids = ids_of(rows)
        wait_for("their messages have ended", lambda: not self.oracle.unsent(ids), seconds=seconds, every=0.5)

    def assert_all_is_well(self, rows: Sequence[OrderRow]) -> None:
        """These orders, and all rows there are, are as they ought to be; the card of each has arrived."""
        ids = ids_of(rows)
        assert self.oracle.wrong_with(ids) == {}
        assert self.oracle.broken() == {}
        self._assert_told(ids)

    def _assert_told(self, ids: Sequence[str]) -> None:
        cards = self.oracle.cards(ids)
        lost = [c for c in cards if "sent" not in (c["status"], c["summary"]) and c["goes_on"]]
        assert lost == [], f"{len(lost)} of {len(cards)} were not told"
        arrived = {chat: self._ids_in(chat) for chat in {c["chat_id"] for c in cards if c["chat_id"]}}
        assert [c for c in cards if c["chat_id"] and c["provider_id"] not in arrived[c["chat_id"]]] == []

    def _ids_in(self, chat_id: int) -> set[str]:
        return {str(message["id"]) for message in self.sandbox.from_bot(chat_id)}

    def assert_audited(self, *, seconds: float = 45) -> None:
        """The product's own auditor, asked after now, finds nothing."""
        since = self.oracle.now()
        audit = wait_for(
            "the auditor has looked", lambda: self.oracle.audit_after(since), seconds=seconds, every=0.5
        )
        assert audit["total"] == 0, audit["counts"]
