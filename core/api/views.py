"""What all views of REST are."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.bodies import BODY_AT_MOST, StrictJSONParser
from core.api.problems import ApiProblem, Problem
from core.api.rendering import AnswerRenderer
from core.models import User


class AlwaysJson(BaseContentNegotiation):
    """We speak JSON, whatever was asked for: an answer in it tells more than a refusal to answer."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        media_type = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """One call of the API. A subclass names its scopes and has `get` or `post`."""

    scopes: ClassVar[Mapping[str, str]] = {}
    """The scope that a key needs, by method."""

    permissions_of_people: ClassVar[Mapping[str, str]] = {}
    """What a person has to hold besides, by method, where the service itself does not ask."""

    rates: ClassVar[Mapping[str, str]] = {}
    """The name of the rate by method; `key` otherwise."""

    body_at_most = BODY_AT_MOST

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    parser_classes = [StrictJSONParser]
    renderer_classes = [AnswerRenderer]
    content_negotiation_class = AlwaysJson

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        method = str(request.method).lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(str(request.method))
        if "chunked" in request.headers.get("Transfer-Encoding", "") and not request.headers.get(
            "Content-Length"
        ):
            raise ApiProblem(Problem(411, "length_required", _("Give the length of the body.")))
        super().initial(request, *args, **kwargs)
        # Whoever names no language is answered in their own.
        if isinstance(request.user, User) and "Accept-Language" not in request.headers:
            translation.activate(request.user.language)


class NoSuchAddress(ApiView):
    """Everything below /api/ that is no door."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        detail = _("There is no such address here. Addresses end with a slash; they are listed at %(docs)s.")
        raise ApiProblem(Problem(404, "no_such_address", detail % {"docs": "/api/v1/docs/"}))
