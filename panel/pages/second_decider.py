"""Where a set-up that lacks a second decider is completed: led there by `panel.sites`, and from the lead's inbox."""

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assignment.services import person_add_role
from core.models import User
from core.roles import DECIDER
from panel import deciders, moment, pulse
from panel.pages.page import actor, back_to, needs, render
from panel.sites import PUT_OFF, site


@site.page("second-decider/", name="second_decider")
@needs(deciders.NAME)
def page(request: HttpRequest) -> HttpResponse:
    said = deciders.lacking(deciders.named())
    if not said:
        return HttpResponseRedirect(reverse("admin:index"))
    return render(
        request,
        "panel/second_decider.html",
        title=_("Name a second decider"),
        said=said,
        people=deciders.candidates(),
        may_add=request.user.has_perm("core.add_user"),
        next=request.GET.get(REDIRECT_FIELD_NAME, ""),
    )


@site.page("second-decider/<int:user_id>/name/", name="second_decider_name")
@require_POST
@needs(deciders.NAME)
def name(request: HttpRequest, user_id: int) -> HttpResponse:
    try:
        person = person_add_role(user_id=user_id, role=DECIDER, actor=actor(request), now=moment.now(request))
    except User.DoesNotExist:
        messages.error(request, _("There is no such person, or their access is closed."))
    else:
        said = _("Named to decide about money and risk: %(who)s.")
        messages.success(request, said % {"who": person})
    return _on(request, reverse("admin:second_decider"))


@site.page("second-decider/later/", name="second_decider_later")
@require_POST
@needs(deciders.NAME)
def later(request: HttpRequest) -> HttpResponse:
    """Work goes on until the next log-in; the banner and the first row of the inbox stay."""
    request.session[PUT_OFF] = True
    return _on(request, reverse("admin:index"))


def _on(request: HttpRequest, default: str) -> HttpResponse:
    """Where one was going. As long as somebody is missing that leads back to the page."""
    pulse.forget()
    return HttpResponseRedirect(back_to(request, default))
