"""Where files are kept: privately, whole, once, and no longer than somebody needs them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import override_settings

from config.evidence import evidence_storage
from core import clock
from core.actors import Door
from orders.evidence_files import FileFacts, examine, forget_orphans, keep, keep_preview, open_kept
from orders.evidence_files.folder import EvidenceFolder
from orders.evidence_files.keeping import ORPHANS_AT_MOST
from orders.models import Evidence, Purpose
from rop import tasks
from tests.config.running import PROJECT
from tests.evidence.files import jpeg
from tests.factories import OrderFactory, UserFactory

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty one, in which this test alone keeps files."""
    place = tmp_path / "evidence"
    with override_settings(
        STORAGES={
            "evidence": evidence_storage("", folder=place),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
    ):
        yield place


def facts_of(sha256: str = "ab" + "0" * 62) -> FileFacts:
    return FileFacts("photo", "image/jpeg", "jpg", 3, sha256, 1, 1, "a.jpg", b"small")


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def age(path: Path, *, days: float) -> None:
    """As the file system's clock says, which is the machine's."""
    then = time.time() - days * DAY.total_seconds()
    os.utime(path, (then, then))


def a_day_of_housekeeping(*, until: datetime) -> int:
    return sum(forget_orphans(now=until - number * timedelta(minutes=5)) for number in range(288))


def row_of(facts: FileFacts, **fields: object) -> Evidence:
    return Evidence.objects.create(
        order=OrderFactory(),
        purpose=Purpose.OTHER,
        kind=facts.kind,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
        name=facts.name,
        stored_as=f"{facts.sha256[:2]}/{facts.sha256}.jpg",
        preview_as=f"previews/{facts.sha256[:2]}/{facts.sha256}.jpg",
        added_by=UserFactory(),
        door=Door.SHELL,
        at=clock.now(),
        **fields,
    )


# ── how ──


def test_a_file_is_kept_under_its_hash_and_comes_back(folder: Path) -> None:
    content = jpeg()
    facts = examine(content, "../../photo.jpg")
    stored_as = keep(facts, content)
    preview_as = keep_preview(facts, facts.preview)

    assert stored_as == f"{facts.sha256[:2]}/{facts.sha256}.jpg"
    assert files_in(folder) == {stored_as: content, preview_as: facts.preview}
    with open_kept(stored_as) as kept:
        assert kept.read() == content
    with open_kept(preview_as) as kept:
        assert kept.read() == facts.preview


def test_nobody_else_on_the_machine_can_read_it(folder: Path) -> None:
    before = os.umask(0)
    try:
        path = folder / keep(facts_of(), b"abc")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {place.stat().st_mode & 0o777 for place in (folder, path.parent)} == {0o700}


def test_the_same_content_is_kept_once_and_is_young_again(folder: Path) -> None:
    stored_as = keep(facts_of(), b"abc")
    age(folder / stored_as, days=3)
    assert keep(facts_of(), b"abc") == stored_as
    assert files_in(folder) == {stored_as: b"abc"}
    assert time.time() - (folder / stored_as).stat().st_mtime < 600


@pytest.mark.parametrize(
    "name", ["", "../settings.py", "/etc/passwd", "ab/../../x", "ab/short.jpg", f"ab/{'c' * 64}.jpg"]
)
def test_what_can_be_no_name_of_ours_opens_nothing(folder: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        open_kept(name)


def test_a_file_that_is_not_there_is_said_to_be_not_there(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_kept(f"ab/ab{'0' * 62}.jpg")


def test_evidence_has_no_address() -> None:
    with pytest.raises(ValueError, match="no address"):
        storages["evidence"].url("ab/x.jpg")


# ── whole or not at all ──


class Failing(ContentFile):  # type: ignore[type-arg]
    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half of "
        raise OSError("No space left on device")


def test_a_full_disk_leaves_what_was_there(folder: Path) -> None:
    stored_as = keep(facts_of(), b"abc")
    with pytest.raises(OSError, match="No space"):
        storages["evidence"].save(stored_as, Failing(b""))
    assert files_in(folder) == {stored_as: b"abc"}


DYING = """
import os, signal, sys
import django
django.setup()
from django.core.files.base import ContentFile
from orders.evidence_files.folder import EvidenceFolder

class Dying(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half of " * 100000
        os.kill(os.getpid(), signal.SIGKILL)

EvidenceFolder(sys.argv[1]).save("ab/whole.jpg", Dying(b""))
"""


def test_a_process_killed_in_the_middle_leaves_no_half_file_under_the_name(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", DYING, tmp_path], cwd=PROJECT, check=False)
    assert run.returncode == -signal.SIGKILL
    (left,) = files_in(tmp_path)
    assert left.startswith("ab/whole.jpg.")
    assert not EvidenceFolder(str(tmp_path)).exists("ab/whole.jpg")


# ── housekeeping ──


@pytest.mark.django_db
def test_files_that_no_row_names_go_after_a_day(folder: Path) -> None:
    now = clock.now()
    named, orphan, young, removed = (facts_of(start + "1" * 62) for start in ("ab", "cd", "ce", "ff"))
    for facts in (named, orphan, young, removed):
        keep(facts, b"abc")
        keep_preview(facts, b"small")
    half = folder / "cd" / f"{orphan.sha256}.jpg.0123456789abcdef"
    half.write_bytes(b"half of")
    for path in files_in(folder):
        age(folder / path, days=0 if young.sha256 in path else 5)
    row_of(named)
    row_of(removed, removed_at=now, removed_by=UserFactory())

    assert a_day_of_housekeeping(until=now) == 3
    assert {Path(name).stem for name in files_in(folder)} == {named.sha256, young.sha256, removed.sha256}
    assert len(files_in(folder)) == 6


@pytest.mark.django_db
def test_a_file_that_came_again_before_the_sweep_stays(folder: Path) -> None:
    stored_as = keep(facts_of(), b"abc")
    age(folder / stored_as, days=5)
    keep(facts_of(), b"abc")
    assert a_day_of_housekeeping(until=clock.now()) == 0
    assert files_in(folder).keys() == {stored_as}


@pytest.mark.django_db
def test_a_database_that_knows_none_of_the_files_clears_none_away(folder: Path) -> None:
    """Another installation's folder, or a dump of last year: then the files are right and the rows are wrong."""
    for number in range(ORPHANS_AT_MOST + 1):
        age(folder / keep(facts_of(f"ab{number:062x}"), b"abc"), days=5)
    assert a_day_of_housekeeping(until=clock.now()) == 0
    assert len(files_in(folder)) == ORPHANS_AT_MOST + 1


@pytest.mark.django_db
def test_the_housekeeping_of_the_loop_clears_them_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    shelf = int(now.timestamp() // 300) % 256
    for number in (shelf, (shelf + 1) % 256):
        age(folder / keep(facts_of(f"{number:02x}{'0' * 62}"), b"abc"), days=3)
    tasks.housekeeping()
    # Five minutes may have gone by between the two readings of the clock; then there is nothing left at all.
    assert len(files_in(folder)) <= 1
    assert Evidence.objects.count() == 0
