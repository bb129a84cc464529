"""What all pages of the panel share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

from core.actors import Actor, Door, person
from core.models import User
from panel.sites import site

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def render(
    request: HttpRequest, template: str, *, title: object, status: int = 200, **context: Any
) -> TemplateResponse:
    request.current_app = site.name
    return TemplateResponse(
        request, template, {**site.each_context(request), "title": str(title), **context}, status=status
    )


def needs(permission: str) -> Callable[[Page[P]], Page[P]]:
    """Only for people with this permission; others get a 403."""

    def guard(view: Page[P]) -> Page[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]  # the first argument's name

    return guard


def me(request: HttpRequest) -> User:
    """Who is logged in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def actor(request: HttpRequest) -> Actor:
    return person(me(request), door=Door.ADMIN)


def back_to(request: HttpRequest, default: str) -> str:
    """Where a form asked to return to, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else default
