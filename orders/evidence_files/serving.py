"""How files go back to people: originals to be saved, previews to be seen. Who may see them, the door has asked.

A browser must never take what a stranger sent for a page of ours: the type is the one that was found in the content,
an original is always a download, and whatever is shown all the same can neither run nor load anything.
"""

import dataclasses
from collections.abc import Mapping
from typing import IO

from django.http import FileResponse
from django.utils.http import content_disposition_header

from orders.evidence_files.keeping import open_kept
from orders.models import Evidence

PREVIEW_TYPE = "image/jpeg"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Served:
    """`stream` is open and belongs to whoever answers with it."""

    stream: IO[bytes]
    headers: Mapping[str, str]


def original(evidence: Evidence) -> Served:
    """The file as it was sent. Raises FileNotFoundError when the storage has lost it."""
    name = evidence.name or f"{evidence.sha256[:12]}.{evidence.stored_as.rpartition('.')[2]}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {
        "Content-Type": evidence.content_type,
        "Content-Length": str(evidence.size),
        "Content-Disposition": disposition,
        "Cache-Control": "private, no-store",
    }
    return Served(open_kept(evidence.stored_as), _ALWAYS | headers)


def preview(evidence: Evidence) -> Served:
    """What is shown beside the point. Raises FileNotFoundError when there is none."""
    headers = {
        "Content-Type": PREVIEW_TYPE,
        "Content-Disposition": "inline",
        "Cache-Control": "private, max-age=3600",
    }
    return Served(open_kept(evidence.preview_as), _ALWAYS | headers)


def respond(served: Served) -> FileResponse:
    """The answer of a view, streamed; it closes the file."""
    response = FileResponse(served.stream)
    # Not given to it before: it would put its own over them, by the name of the file.
    for name, value in served.headers.items():
        response[name] = value
    return response
