"""Where files are kept: Django's storage "evidence", under names made of what is in them.

A file is kept before its row is written: one without a row harms nobody, and is cleared away after a day. The same
content has the same name, so keeping it twice keeps it once.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import IO

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from orders.evidence_files.examining import FileFacts
from orders.models import Evidence

PREVIEWS = "previews"
ORPHANS_WAIT = timedelta(days=1)
"""How long a file may wait for its row; its transaction takes seconds."""

SHELVES = 256
"""How many folders there are, by the first two digits of the hash."""

SHELF_EVERY = timedelta(minutes=5)

ORPHANS_AT_MOST = 20
"""On one shelf. More are no accident: rather another installation's files, or a database that was put back."""

_NAME = re.compile(rf"(?:{PREVIEWS}/)?([0-9a-f]{{2}})/\1[0-9a-f]{{62}}\.[a-z0-9]{{2,4}}", re.ASCII)


log = structlog.get_logger(__name__)


def storage() -> Storage:
    return storages["evidence"]


def keep(facts: FileFacts, content: bytes) -> str:
    """Returns the name under which the file is kept from now on, whole."""
    return _save(f"{_shelf_of(facts.sha256)}/{facts.sha256}.{facts.extension}", content)


def keep_preview(facts: FileFacts, preview: bytes) -> str:
    """As `keep`; the preview is named by the hash of its file."""
    return _save(f"{PREVIEWS}/{_shelf_of(facts.sha256)}/{facts.sha256}.jpg", preview)


def open_kept(stored_as: str) -> IO[bytes]:
    """Raises FileNotFoundError for what is not kept, or can't be a name of ours."""
    if not _NAME.fullmatch(stored_as):
        raise FileNotFoundError(stored_as)
    return storage().open(stored_as)


def forget_orphans(*, now: datetime) -> int:
    """Clear away files that no row names and that are older than a day. Returns how many went.

    One of 256 folders at a time, chosen by the clock: all of them have their turn within a day. Where there are too
    many, none is touched and the log says so.
    """
    shelf = f"{int(now.timestamp() // SHELF_EVERY.total_seconds()) % SHELVES:02x}"
    files = list(chain(_files_in(shelf), _files_in(f"{PREVIEWS}/{shelf}")))
    if not files:
        return 0
    named = set(
        chain.from_iterable(
            Evidence.objects.filter(sha256__startswith=shelf).values_list("stored_as", "preview_as")
        )
    )
    orphans = [name for name in files if name not in named]
    if len(orphans) > ORPHANS_AT_MOST:
        log.error("evidence_of_nobody", shelf=shelf, files=len(orphans))
        return 0
    return sum(_forget(name, now=now) for name in orphans)


def _forget(name: str, *, now: datetime) -> bool:
    """Right after its age was read: keeping the same content again makes a file young."""
    try:
        young = storage().get_modified_time(name) > now - ORPHANS_WAIT
    except FileNotFoundError:
        return False
    if not young:
        storage().delete(name)
    return not young


def _files_in(folder: str) -> Iterator[str]:
    try:
        _folders, files = storage().listdir(folder)
    except FileNotFoundError:
        return iter(())
    return (f"{folder}/{file}" for file in files)


def _shelf_of(sha256: str) -> str:
    return sha256[:2]


def _save(name: str, content: bytes) -> str:
    return storage().save(name, ContentFile(content))
