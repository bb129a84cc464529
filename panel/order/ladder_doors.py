"""What a lead may say to the ladder about an order: each door makes one call of a service."""

from collections.abc import Callable, Sequence

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panel import moment
from panel.order.doors import not_understood, page_after, press
from panel.order.ladder_forms import ResolveForm, SnoozeForm
from panel.order.page import visible_order
from panel.pages.page import actor, back_to
from rop.models import Proposal
from rop.services import (
    escalation_acknowledge,
    escalation_resolve,
    order_snooze,
    order_unsnooze,
    proposal_accept,
    proposal_dismiss,
)


class SeenForm(forms.Form):
    """`seen`: the newest escalation that was shown; nobody decides about what came after it."""

    seen = forms.IntegerField(min_value=1, required=False)


class ProposalForm(forms.Form):
    """`version`: of the order that the person looked at when pressing."""

    version = forms.IntegerField(min_value=1)


def urls(site: AdminSite) -> list[URLPattern]:
    views: Sequence[tuple[str, Callable[..., HttpResponse], str]] = (
        ("<int:order_id>/acknowledge/", acknowledge, "order_acknowledge"),
        ("<int:order_id>/resolve/", resolve, "order_resolve"),
        ("<int:order_id>/snooze/", snooze, "order_snooze"),
        ("<int:order_id>/unsnooze/", unsnooze, "order_unsnooze"),
        ("<int:order_id>/proposals/<int:proposal_id>/accept/", accept_proposal, "proposal_accept"),
        ("<int:order_id>/proposals/<int:proposal_id>/dismiss/", dismiss_proposal, "proposal_dismiss"),
    )
    return [path(route, site.admin_view(require_POST(view)), name=name) for route, view, name in views]


def acknowledge(request: HttpRequest, order_id: int) -> HttpResponse:
    order, now = visible_order(request, order_id), moment.now(request)
    shown = SeenForm(request.POST)
    if not shown.is_valid():
        return not_understood(request, order, shown)
    return press(
        request,
        order,
        lambda: escalation_acknowledge(
            order_id=order.pk, seen_id=shown.cleaned_data["seen"], actor=actor(request), now=now
        ),
        done=_("%(ref)s is in your hands: nothing is repeated for an hour.") % {"ref": order.ref},
    )


def resolve(request: HttpRequest, order_id: int) -> HttpResponse:
    order, now = visible_order(request, order_id), moment.now(request)
    form, shown = ResolveForm(request.POST, now=now), SeenForm(request.POST)
    if not form.is_valid() or not shown.is_valid():
        return not_understood(request, order, form if form.errors else shown)
    return press(
        request,
        order,
        lambda: escalation_resolve(
            order_id=order.pk,
            reason=form.why,
            seen_id=shown.cleaned_data["seen"],
            actor=actor(request),
            now=now,
        ),
        done=_("%(ref)s: the escalation is resolved. Its deadlines go on.") % {"ref": order.ref},
    )


def snooze(request: HttpRequest, order_id: int) -> HttpResponse:
    order, now = visible_order(request, order_id), moment.now(request)
    form = SnoozeForm(request.POST, now=now)
    if not form.is_valid():
        return not_understood(request, order, form)
    return press(
        request,
        order,
        lambda: order_snooze(
            order_id=order.pk, until=form.until, why=form.why, actor=actor(request), now=now
        ),
        done=_("%(ref)s is silent for a while. Its deadlines go on.") % {"ref": order.ref},
    )


def unsnooze(request: HttpRequest, order_id: int) -> HttpResponse:
    order, now = visible_order(request, order_id), moment.now(request)
    return press(
        request,
        order,
        lambda: order_unsnooze(order_id=order.pk, actor=actor(request), now=now),
        done=_("%(ref)s is not silent any more.") % {"ref": order.ref},
    )


def accept_proposal(request: HttpRequest, order_id: int, proposal_id: int) -> HttpResponse:
    order, form = visible_order(request, order_id), ProposalForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    return _decide(
        request,
        order_id,
        proposal_id,
        lambda: proposal_accept(
            proposal_id=proposal_id,
            seen_version=form.cleaned_data["version"],
            actor=actor(request),
            now=moment.now(request),
        ),
        done=_("%(ref)s has its new owner.") % {"ref": order.ref},
    )


def dismiss_proposal(request: HttpRequest, order_id: int, proposal_id: int) -> HttpResponse:
    return _decide(
        request,
        order_id,
        proposal_id,
        lambda: proposal_dismiss(proposal_id=proposal_id, actor=actor(request), now=moment.now(request)),
        done=_("The order stays with its owner."),
    )


def _decide(
    request: HttpRequest, order_id: int, proposal_id: int, command: Callable[[], object], *, done: str
) -> HttpResponse:
    order = visible_order(request, order_id)
    if not Proposal.objects.filter(pk=proposal_id, order=order).exists():
        messages.error(request, _("There is no such proposal here."))
        return HttpResponseRedirect(back_to(request, page_after(request, order)))
    return press(request, order, command, done=done)
