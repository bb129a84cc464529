"""Orders that come in: made by the project itself, in the shape of a marketplace's export."""

import csv
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.faults.rest import Rest

HEAD = ("external_id", "client_name", "item", "price", "currency", "ordered_at")
NEWEST = datetime(2025, 8, 29, 12, tzinfo=UTC)

OrderRow = dict[str, str]


def made_orders(count: int, dice: Random) -> list[OrderRow]:
    rows = []
    for _ in range(count):
        external_id = f"{dice.getrandbits(128):032x}"
        ordered_at = NEWEST - timedelta(minutes=dice.randrange(600_000))
        rows.append(
            {
                "external_id": external_id,
                "client_name": f"Клиент {dice.getrandbits(32):08x}",
                "item": f"Товар {external_id[:6]}",
                "price": "",
                "currency": "BRL",
                "ordered_at": ordered_at.isoformat(),
            }
        )
    return rows


def read_orders(file: Path) -> list[OrderRow]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write_orders(rows: Sequence[OrderRow], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, HEAD)
        writer.writeheader()
        writer.writerows(rows)


def ids_of(rows: Sequence[OrderRow]) -> list[str]:
    return [row["external_id"] for row in rows]


def body_of(row: OrderRow) -> dict[str, str]:
    """As JSON: what is not known is left out."""
    return {name: value for name, value in row.items() if value}


@dataclass
class Pouring:
    """All rows through the batch door, one request after another, each repeated until it is acknowledged."""

    rest: Rest
    rows: Sequence[OrderRow]
    size: int
    name: str
    refs: dict[str, str] = field(default_factory=dict)
    failure: BaseException | None = None

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"not all acknowledged within {seconds:g} s"
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            for start in range(0, len(self.rows), self.size):
                bodies = [body_of(row) for row in self.rows[start : start + self.size]]
                answer = self.rest.insist("orders/batch/", {"orders": bodies}, once=f"{self.name}-{start}")
                self.refs |= {one["external_id"]: one["ref"] for one in answer.body["orders"]}
        except BaseException as failure:  # handed to whoever waits
            self.failure = failure
