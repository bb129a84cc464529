"""The panel as a site: who gets in, and its own pages beside those of the models.

Pages register themselves, as ModelAdmins do: `@site.page("inbox/", name="inbox")`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from panel import deciders
from panel.base import UnfoldAdminSite
from panel.pulse import pulse_for

View = Callable[..., HttpResponse]
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])

PUT_OFF = "second_decider_put_off"
"""In the session of whoever said that they will name a second decider another time."""

NOT_LED = frozenset(
    {"second_decider", "core_user_changelist", "core_user_add", "core_user_change", "logout", "jsi18n"}
)
"""Pages, by name, that are open while a second decider is missing: those where somebody is named or made."""


class PanelSite(UnfoldAdminSite):
    site_title = site_header = "AI-РОП"
    empty_value_display = "—"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._pages: list[URLPattern] = []
        self._front: View | None = None

    def page(self, route: str, *, name: str, before_login: bool = False) -> Callable[[View], View]:
        """Register a page. `before_login`: it decides by itself who may see it."""

        def register(view: View) -> View:
            guarded = csrf_protect(never_cache(view)) if before_login else self.admin_view(view)
            self._pages.append(path(route, guarded, name=name))
            return view

        return register

    def front_page(self, view: View) -> View:
        """Register what one sees first."""
        self._front = view
        return view

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [*self._pages, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        assert self._front is not None
        return self._front(request)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has a role; where a one-time password is asked for, only after it was given."""
        return is_staff(request) and not lacks_second_factor(request)

    def admin_view(self, view: AnyView, cacheable: bool = False) -> AnyView:
        """As Django's; but whoever could name the second decider that is missing is led to where that is done."""

        @wraps(view)
        def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _is_led(request):
                return view(request, *args, **kwargs)
            query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('admin:second_decider')}?{query}")

        return cast("AnyView", super().admin_view(led, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" and is_staff(request) and lacks_second_factor(request):
            target = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
            query = urlencode({REDIRECT_FIELD_NAME: target})
            return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{query}")
        return super().login(request, extra_context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {**context, "pulse": pulse_for(request) if context["has_permission"] else None}


def is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


def is_verified(request: HttpRequest) -> bool:
    """Whether a one-time password was given in this session (django-otp's middleware knows)."""
    return bool(request.user.is_verified())  # type: ignore[union-attr]


def lacks_second_factor(request: HttpRequest) -> bool:
    return bool(settings.ADMIN_OTP) and not is_verified(request)


def _is_led(request: HttpRequest) -> bool:
    """Only from one page to another: what is pressed on a page that was open already goes through."""
    here = request.resolver_match
    if request.method != "GET" or here is None or here.url_name in NOT_LED or request.session.get(PUT_OFF):
        return False
    return request.user.has_perm(deciders.NAME) and deciders.is_demanded()


site = PanelSite(name="admin")
