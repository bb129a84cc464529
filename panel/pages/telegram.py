"""One's own Telegram: an invitation to the bot, and the answer to whoever followed it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.models import TelegramLink
from core.services import linking
from panel import moment, qr
from panel.pages.page import actor, me, render
from panel.sites import site


@site.page("my-telegram/", name="my_telegram")
def page(request: HttpRequest) -> HttpResponse:
    """POST asks for an invitation. Its secret is shown in the answer and kept nowhere."""
    now, user = moment.now(request), me(request)
    url = linking.link_url(linking.link_ask(user=user, now=now)) if request.method == "POST" else None
    if request.method == "POST" and url is None:
        messages.warning(request, _("The bot has not started yet. Try again in a minute."))
    return render(
        request,
        "panel/telegram.html",
        title=_("My Telegram"),
        now=now,
        link=TelegramLink.objects.filter(user=user, active=True).first(),
        claim=None if url else linking.link_pending(user=user, now=now),
        url=url,
        picture=qr.svg(url) if url else "",
        minutes=int(linking.LIVES.total_seconds() // 60),
    )


@site.page("my-telegram/<int:invitation_id>/confirm/", name="telegram_confirm")
@require_POST
def confirm(request: HttpRequest, invitation_id: int) -> HttpResponse:
    try:
        linking.link_confirm(
            user=me(request), invitation_id=invitation_id, actor=actor(request), now=moment.now(request)
        )
    except linking.LinkRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your Telegram is linked: messages come there from now on."))
    return HttpResponseRedirect(reverse("admin:my_telegram"))


@site.page("my-telegram/<int:invitation_id>/refuse/", name="telegram_refuse")
@require_POST
def refuse(request: HttpRequest, invitation_id: int) -> HttpResponse:
    linking.link_refuse(user=me(request), invitation_id=invitation_id, now=moment.now(request))
    messages.success(request, _("The invitation has ended. Nothing was linked."))
    return HttpResponseRedirect(reverse("admin:my_telegram"))


@site.page("my-telegram/unlink/", name="telegram_unlink")
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    linking.link_drop(user=me(request), actor=actor(request), now=moment.now(request))
    messages.success(request, _("Your Telegram is unlinked."))
    return HttpResponseRedirect(reverse("admin:my_telegram"))
