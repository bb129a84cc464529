from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.models import Message
from core.services.messages import MessageRefused, message_dismiss, message_retry
from orders import gate
from orders.services.approvals import DECIDE
from panel import deciders, inbox, moment, pulse
from panel.order.ladder_forms import ResolveForm, SnoozeForm
from panel.pages.page import actor, back_to, needs, render
from panel.sites import site
from rop.services import quarantine_retry


@site.page("inbox/", name="inbox")
def page(request: HttpRequest) -> HttpResponse:
    """For leads, and for whoever decides about approvals."""
    now, by = moment.now(request), actor(request)
    if not (by.may(inbox.LEADS) or by.may(DECIDE)):
        raise PermissionDenied
    return render(
        request,
        "panel/inbox.html",
        title=_("Inbox"),
        now=now,
        sections=inbox.sections(by, now=now),
        lacks_decider=deciders.lacks_decider(by),
        decider_named_at=deciders.where(by),
        snooze_form=SnoozeForm(now=now),
        resolve_form=ResolveForm(now=now),
        next=reverse("admin:inbox"),
    )


@site.page("inbox/messages/<int:message_id>/retry/", name="message_retry")
@require_POST
@needs("core.change_message")
def retry_message(request: HttpRequest, message_id: int) -> HttpResponse:
    try:
        message_retry(message_id=message_id, actor=actor(request), now=moment.now(request))
    except (MessageRefused, Message.DoesNotExist) as refusal:
        messages.error(request, _refusal(refusal))
    else:
        messages.success(request, _("The message is sent again."))
    return _back(request)


@site.page("inbox/messages/<int:message_id>/dismiss/", name="message_dismiss")
@require_POST
@needs("core.change_message")
def dismiss_message(request: HttpRequest, message_id: int) -> HttpResponse:
    try:
        message_dismiss(message_id=message_id, actor=actor(request), now=moment.now(request))
    except (MessageRefused, Message.DoesNotExist) as refusal:
        messages.error(request, _refusal(refusal))
    else:
        messages.success(request, _("The message is put aside."))
    return _back(request)


@site.page("inbox/orders/<int:order_id>/look-again/", name="quarantine_retry")
@require_POST
@needs("orders.act_on_any")
def look_again(request: HttpRequest, order_id: int) -> HttpResponse:
    try:
        found = quarantine_retry(order_id=order_id, actor=actor(request), now=moment.now(request))
    except gate.Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = (
            _("AI-ROP looks at it again within a second.") if found else _("It could be looked at meanwhile.")
        )
        messages.success(request, said)
    return _back(request)


def _refusal(refusal: Exception) -> str:
    return _("There is no such message.") if isinstance(refusal, Message.DoesNotExist) else str(refusal)


def _back(request: HttpRequest) -> HttpResponse:
    pulse.forget()
    return HttpResponseRedirect(back_to(request, reverse("admin:inbox")))
