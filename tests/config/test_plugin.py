"""In which order tests run, and how a run ends where a test could not be run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.running import PROJECT

SKIPPED = "import pytest\n\n@pytest.mark.skip(reason='no such part')\ndef test_a_part(): ...\n"


ORDERED = """
import pytest

@pytest.mark.browser
def test_browser(): ...

def test_short(): ...

@pytest.mark.timeout(400)
def test_long(): ...
"""


def run_pytest(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", PROJECT / "pyproject.toml", "-n0", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_with_ci_a_skip_is_a_failure(tmp_path: Path, ci: str, code: int) -> None:
    (tmp_path / "test_part.py").write_text(SKIPPED)
    run = run_pytest(tmp_path, CI=ci)
    assert run.returncode == code, run.stdout
    assert "no such part" in run.stdout


def test_what_may_take_long_begins_first_and_browsers_come_last(tmp_path: Path) -> None:
    (tmp_path / "test_ordered.py").write_text(ORDERED)
    run = run_pytest("--collect-only", tmp_path)
    names = [line.rpartition("::")[2] for line in run.stdout.splitlines() if "::" in line]
    assert names == ["test_long", "test_short", "test_browser"], run.stdout


@pytest.mark.browser
def test_the_browser_of_the_system_opens_pages(page) -> None:  # type: ignore[no-untyped-def]
    page.set_content("<title>Заказы</title>")
    assert page.title() == "Заказы"
