"""How a run of tests ends where a test could not be run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.running import PROJECT

SKIPPED = "import pytest\n\n@pytest.mark.skip(reason='no such part')\ndef test_a_part(): ...\n"


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_with_ci_a_skip_is_a_failure(tmp_path: Path, ci: str, code: int) -> None:
    (tmp_path / "test_part.py").write_text(SKIPPED)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", PROJECT / "pyproject.toml", "-n0", tmp_path],
        cwd=PROJECT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout
    assert "no such part" in run.stdout


@pytest.mark.browser
def test_the_browser_of_the_system_opens_pages(page) -> None:  # type: ignore[no-untyped-def]
    page.set_content("<title>Заказы</title>")
    assert page.title() == "Заказы"
