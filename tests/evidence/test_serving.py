"""How files go back: a browser saves the originals and can do nothing with them; previews are only seen."""

from collections.abc import Callable

import pytest
from csp.middleware import CSPMiddleware
from django.http import FileResponse, HttpRequest
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory

from orders.evidence_files import examine, keep, keep_preview
from orders.evidence_files.serving import original, preview, respond
from orders.models import Evidence
from tests.evidence.files import jpeg

# Closing an answer looks after the connections too.
pytestmark = pytest.mark.django_db


def evidence(**fields: object) -> Evidence:
    content = jpeg()
    facts = examine(content, "photo.jpg")
    given = {
        "name": facts.name,
        "content_type": facts.content_type,
        "size": facts.size,
        "sha256": facts.sha256,
        "stored_as": keep(facts, content),
        "preview_as": keep_preview(facts, facts.preview),
    }
    return Evidence(**given | fields)


def through_the_middleware(response: FileResponse) -> FileResponse:
    def view(_request: HttpRequest) -> FileResponse:
        return response

    answer: Callable[[HttpRequest], FileResponse] = SecurityMiddleware(CSPMiddleware(view))
    return answer(RequestFactory().get("/"))


def test_an_original_is_saved_as_it_came() -> None:
    response = through_the_middleware(respond(original(evidence(name="Договор № 5.jpg"))))
    assert b"".join(response.streaming_content) == jpeg()
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Length"] == str(len(jpeg()))
    response.close()
    assert (
        response["Content-Disposition"]
        == "attachment; filename*=utf-8''%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%E2%84%96%205.jpg"
    )
    assert response["Cache-Control"] == "private, no-store"


def test_a_preview_is_seen_in_its_place() -> None:
    file = evidence()
    response = through_the_middleware(respond(preview(file)))
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xff\xd8\xff")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Disposition"] == "inline"
    assert response["Cache-Control"] == "private, max-age=3600"
    response.close()


@pytest.mark.parametrize("serve", [original, preview])
def test_what_is_served_can_neither_run_nor_load_anything(serve: Callable[[Evidence], object]) -> None:
    response = through_the_middleware(respond(serve(evidence())))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    response.close()


def test_a_name_can_put_no_header_of_its_own_in() -> None:
    response = respond(original(evidence(name='a"\r\nSet-Cookie: x.jpg')))
    assert "\n" not in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_a_file_without_a_name_is_saved_under_its_hash() -> None:
    file = evidence(name="")
    response = respond(original(file))
    assert response["Content-Disposition"] == f'attachment; filename="{file.sha256[:12]}.jpg"'
    response.close()


def test_the_file_is_closed_with_the_answer() -> None:
    served = original(evidence())
    respond(served).close()
    assert served.stream.closed


def test_what_the_storage_has_lost_is_said_to_be_not_there() -> None:
    lost = "00" + "e" * 62
    with pytest.raises(FileNotFoundError):
        original(evidence(stored_as=f"00/{lost}.jpg"))
    with pytest.raises(FileNotFoundError):
        preview(evidence(preview_as=""))
