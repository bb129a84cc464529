from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from panel.pages.page import back_to, me
from panel.sites import site


@site.page("language/", name="set_language")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Which language the panel, and messages, speak to this person."""
    user = me(request)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        user.language = wanted
        user.save(update_fields=["language"])
    return HttpResponseRedirect(back_to(request, reverse("admin:index")))
