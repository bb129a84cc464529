"""Files that prove something: looked through before they are taken, kept under their hash, served with care."""

from orders.evidence_files.examining import FileFacts, FileRefused, examine
from orders.evidence_files.keeping import forget_orphans, keep, keep_preview, open_kept

__all__ = [
    "FileFacts",
    "FileRefused",
    "examine",
    "forget_orphans",
    "keep",
    "keep_preview",
    "open_kept",
]
