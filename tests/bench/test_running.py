"""`python -m bench` from the command line to its figures, on an installation of its own."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.config.running import PROJECT
from tests.faults.product import environment


def bench(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=PROJECT,
        env=environment(folder / "run", TMPDIR=str(folder)),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PostgreSQL may have to run as nobody: everybody may pass through."""
    made = tmp_path_factory.mktemp("bench")
    for place in (made, made.parent):
        place.chmod(0o711)
    return made


def test_a_short_run_measures_both_sides_and_leaves_nothing_behind(folder: Path) -> None:
    done = bench(folder, "alone", "sending", "--short", "--json", str(folder / "figures.json"))
    assert done.returncode in (0, 1), done.stderr
    measured = json.loads((folder / "figures.json").read_text())["measures"]
    (figure,) = measured["alone"]
    rounds = zip(figure["ours"]["values"], figure["bare"]["values"], strict=True)
    assert figure["figure"] == pytest.approx(median(ours / bare for ours, bare in rounds))
    # Whether the bound is kept on a busy machine is no matter here; that the code says it, is.
    assert figure["ok"] == (figure["figure"] <= 10)
    are_kept = all(one["ok"] for one in (figure, *measured["sending"]))
    assert (done.returncode == 0) == are_kept == ("misses" not in done.stdout)
    # The bot of the bench has sent all of its messages.
    assert measured["sending"][0]["figure"] > 1
    assert [place.name for place in folder.iterdir()] == ["figures.json"]


def test_an_unknown_measure_is_refused_by_name(folder: Path) -> None:
    done = bench(folder, "speed")
    assert done.returncode == 2
    assert "There is no speed; there are intake, alone, sweep" in done.stderr
