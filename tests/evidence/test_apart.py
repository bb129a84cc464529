"""Whatever a file does to the program that opens it, only the file is refused."""

import time
from datetime import timedelta

import pytest

from orders.evidence_files import apart
from orders.evidence_files.apart import open_apart
from orders.openers import bounds
from orders.policies.files import JPEG, BadFile
from tests.evidence.files import noise, written


@pytest.fixture
def _misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "OPENERS", {JPEG.code: "tests.evidence.misbehaving"})


def what_comes_of(behaviour: str) -> str:
    with pytest.raises(BadFile) as bad:
        open_apart(b"\xff\xd8\xff" + behaviour.encode(), JPEG)
    return bad.value.reason


@pytest.mark.usefixtures("_misbehaving")
@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("eat", "too_heavy"),
        ("crash", "broken"),
        ("fail", "broken"),
        ("write", "broken"),
        ("open many", "broken"),
    ],
)
def test_an_opener_that_goes_wrong_refuses_the_file(behaviour: str, reason: str) -> None:
    assert what_comes_of(behaviour) == reason


@pytest.mark.usefixtures("_misbehaving")
def test_an_opener_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WAIT", timedelta(seconds=1))
    began = time.monotonic()
    assert what_comes_of("sleep") == "too_heavy"
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("_misbehaving")
def test_an_opener_may_compute_for_so_long_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart.WAIT.total_seconds() > bounds.CPU_SECONDS
    monkeypatch.setattr(apart, "WAIT", timedelta(seconds=60))
    began = time.monotonic()
    assert what_comes_of("compute") == "too_heavy"
    assert time.monotonic() - began < 50


@pytest.mark.usefixtures("_misbehaving")
def test_an_opener_knows_no_secret_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")
    known = set(open_apart(b"\xff\xd8\xfftell", JPEG).preview.decode().split())
    assert known <= {"LC_CTYPE", "-"}


def test_a_photo_that_is_drawn_ten_thousand_times_over_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A progressive JPEG comes in scans; each costs a walk over the whole picture, and an empty one nothing to send."""
    photo = written(noise(64, 64).resize((6000, 6000)), "JPEG", quality=5, progressive=True)
    last = photo.rindex(b"\xff\xda")
    scan = photo[last:-2]
    bomb = photo[:-2] + scan * ((14 * 1024 * 1024 - len(photo)) // len(scan)) + b"\xff\xd9"
    monkeypatch.setattr(apart, "WAIT", timedelta(seconds=2))
    with pytest.raises(BadFile) as bad:
        open_apart(bomb, JPEG)
    assert bad.value.reason == "too_heavy"
