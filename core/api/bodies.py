"""Reading a body, strictly, up to the view's limit: JSON, or a form where files are sent."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from core.api.problems import ApiProblem, Problem, field_error, invalid
from core.policies.flaws import Flaw
from core.policies.strict_json import BadJson, loads

MEGABYTE = 1024 * 1024
BODY_AT_MOST = MEGABYTE
"""Of one thing; a view of many says its own `body_at_most`."""


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        _type, parameters = parse_header_parameters(media_type or "")
        if parameters.get("charset", "utf-8").lower().replace("_", "-") not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(str(media_type))
        most = getattr(context.get("view"), "body_at_most", BODY_AT_MOST)
        body = read_at_most(stream, most, declared=_declared(context))
        try:
            return loads(body)
        except BadJson as bad:
            raise invalid(
                [field_error(Flaw(flaw.path, flaw.code)) for flaw in bad.flaws], code="malformed"
            ) from bad


class StrictFormParser(BaseParser):
    """A form with files, as one object: each field once. Files go where the settings' upload handlers put them."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        context = parser_context or {}
        most = getattr(context.get("view"), "body_at_most", BODY_AT_MOST)
        _check_declared(most, _declared(context))
        request = context["request"]
        try:
            texts, files = MultiPartParser(request.META, stream, request.upload_handlers, "utf-8").parse()
        except MultiPartParserError:
            raise invalid([field_error(Flaw("", "malformed_form"))], code="malformed") from None
        except RequestDataTooBig:
            raise _too_large(most) from None
        given = [
            (name, value) for some in (texts, files) for name, values in some.lists() for value in values
        ]
        names = [name for name, _value in given]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise invalid(
                [field_error(Flaw(name[:100], "duplicate_key")) for name in twice], code="malformed"
            )
        return dict(given)


def _declared(context: Mapping[str, Any]) -> str | None:
    length: str | None = context["request"].META.get("CONTENT_LENGTH")
    return length


def read_at_most(stream: Any, most: int, *, declared: str | None) -> bytes:
    """The whole body, or 413 without reading further than the limit."""
    _check_declared(most, declared)
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise _too_large(most)
    return body


def _check_declared(most: int, declared: str | None) -> None:
    if declared and declared.isdigit() and int(declared) > most:
        raise _too_large(most)


def _too_large(most: int) -> ApiProblem:
    detail = _("The body is larger than %(megabytes)s MB.") % {"megabytes": most // MEGABYTE}
    return ApiProblem(Problem(413, "too_large", detail))
