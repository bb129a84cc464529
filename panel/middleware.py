from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from core.models import User


class QueriesWithoutNul:
    """Takes NUL characters out of the panel's queries: nobody types them, and PostgreSQL refuses to look for them.

    The API, which is called by programs, refuses them by name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(reverse("admin:index")):
            query = request.META.get("QUERY_STRING", "")
            while "%00" in query:
                query = query.replace("%00", "")
            request.META["QUERY_STRING"] = query
        return self.get_response(request)


class LanguageOfPerson:
    """The panel speaks the language that the person chose, and the installation's own to whoever is not known yet.

    Not what the browser asks for: people who share a machine read what each of them chose.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        user = request.user
        language = user.language if isinstance(user, User) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        return response
