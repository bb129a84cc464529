"""The command as a process: killed in the middle and started again, and with a file larger than one likes to hold."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from core import clock
from orders.models import Order
from rop import loop
from rop.audit import audit
from tests.imports.conftest import COLUMNS
from tests.stories.company import HOUR, Company, loads

ROWS = 2000

WRAPPER = """
import re, sys
from pathlib import Path
from django.core.management import execute_from_command_line
try:
    execute_from_command_line(sys.argv)
finally:
    # Not ru_maxrss: that one remembers the peak of whoever started us, across exec.
    print("peak", int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024, "MB")
"""


def start(file: Path, *options: str) -> "subprocess.Popen[str]":
    """`manage.py import_orders` on the database of the tests."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-c", WRAPPER, "import_orders", str(file), "--language", "en", *options],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=110)
    assert process.returncode == 0, err[-2000:]
    return out


@pytest.fixture
def company(transactional_db: None) -> Company:
    """The real clock rules here: two managers are on shift now."""
    company = Company(now=clock.now())
    for name in ("Anna", "Boris"):
        company.manager(name, (company.now - HOUR, company.now + 8 * HOUR), capacity=10_000)
    return company


def file_of(folder: Path, count: int) -> Path:
    path = folder / "orders.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{COLUMNS}\n")
        file.writelines(
            f"A-{n},Клиент {n},Товар {n},{n}.50,RUB,2026-03-01T12:00:00+03:00\n" for n in range(count)
        )
    return path


def until(condition: Iterator[bool]) -> None:
    deadline = time.monotonic() + 60
    for met in condition:
        if met:
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def owned() -> int:
    return Order.objects.filter(assigned_manager__isnull=False).count()


@pytest.mark.parametrize("killed_at", [1, 600])
def test_killed_in_the_middle_and_started_again_it_ends_the_same(
    company: Company, tmp_path: Path, killed_at: int
) -> None:
    file = file_of(tmp_path, ROWS)
    first = start(file)
    until(owned() >= killed_at for _turn in iter(int, 1))
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert 0 < owned() < ROWS

    out = finish(start(file))

    # What was committed and not looked at when it died is taken up by the sweep, as by any worker.
    while loop.sweep(clock.now()):
        pass
    created, known = map(int, re.findall(r"(?:Created|there): (\d+)", out))
    assert created + known == Order.objects.count() == ROWS
    assert known > 0
    assert owned() == ROWS
    assert set(loads().values()) == {(ROWS / 2, ROWS / 2, ROWS / 2)}
    assert {name: count for name, count in audit(now=clock.now()).counts.items() if count} == {}
    assert re.search(rf"Created: 0\. Already there: {ROWS}", finish(start(file)))


def test_a_hundred_thousand_rows_do_not_fill_the_memory(company: Company, tmp_path: Path) -> None:
    out = finish(start(file_of(tmp_path, 100_000), "--dry-run"))

    assert "Would be created: 100000." in out
    peak = int(re.findall(r"peak (\d+) MB", out)[0])
    assert peak < 300, peak


def test_one_row_more_is_refused_before_anything_is_written(company: Company, tmp_path: Path) -> None:
    process = start(file_of(tmp_path, 100_001))
    _out, err = process.communicate(timeout=60)

    assert (process.returncode, "more than 100000 rows" in err) == (2, True)
    assert not Order.objects.exists()
