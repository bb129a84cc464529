"""PDF: nothing that acts by itself, and a first page that can be drawn."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2

from orders.openers.bounds import Opened, answer
from orders.openers.previews import jpeg
from orders.policies.files import PREVIEW_SIDE, BadFile

ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
    }
)
"""Actions that run something, send something, or open another file. Links and jumps within the document are not."""

KEYS = frozenset({"/JS", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent"})
"""What a script, a file inside of the document, or a form that is a program is kept under."""


def open_paper(content: bytes, _code: str) -> Opened:
    """Raises BadFile: broken, locked, active."""
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as paper:
            if not len(paper.pages):
                raise BadFile("broken")
            if any(map(_acts, _dictionaries(paper))):
                raise BadFile("active")
    except pikepdf.PasswordError:
        raise BadFile("locked") from None
    except pikepdf.PdfError as error:
        raise BadFile("broken") from error
    return Opened(_first_page(content))


def _acts(dictionary: Any) -> bool:
    keys = dictionary.keys()
    return not KEYS.isdisjoint(keys) or ("/S" in keys and str(dictionary["/S"]) in ACTIONS)


def _dictionaries(paper: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary once, those within others too, however they are compressed."""
    left: list[Any] = list(paper.objects)
    while left:
        thing = left.pop()
        if isinstance(thing, pikepdf.Stream):
            thing = thing.stream_dict
        if isinstance(thing, pikepdf.Dictionary):
            yield thing
            within = [thing[key] for key in thing.keys()]  # noqa: SIM118
        elif isinstance(thing, pikepdf.Array):
            within = list(thing)
        else:
            continue
        left.extend(one for one in within if isinstance(one, pikepdf.Object) and not one.is_indirect)


def _first_page(content: bytes) -> bytes:
    try:
        with pypdfium2.PdfDocument(content) as paper:
            page = paper[0]
            scale = PREVIEW_SIDE / max(page.get_size())
            return jpeg(page.render(scale=scale).to_pil())
    except (pypdfium2.PdfiumError, ZeroDivisionError, ValueError) as error:
        raise BadFile("broken") from error


if __name__ == "__main__":
    answer(open_paper)
