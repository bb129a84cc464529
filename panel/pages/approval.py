"""A request on its own page: what exactly happens when the answer is yes, and the answer."""

from datetime import datetime

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.actors import Actor
from core.refusals import Refusal
from orders.approval_words import headline
from orders.models import Approval, ApprovalAction, ApprovalState, Opinion
from orders.selectors import orders_visible_to
from orders.selectors.deals import deal_of
from orders.services import Answer, approval_decide, hash_now
from orders.services.approvals import DECIDE, is_unchanged
from orders.services.deciding import decision_check
from panel import moment, pulse
from panel.deal.doors import complain
from panel.deal.facts import held_of
from panel.deal.forms import DecideForm
from panel.deal.words import consequences
from panel.pages.page import actor, back_to, render
from panel.sites import site


@site.page("approvals/<int:approval_id>/", name="approval")
def page(request: HttpRequest, approval_id: int) -> HttpResponse:
    return _shown(request, _visible(request, approval_id), DecideForm())


@site.page("approvals/<int:approval_id>/decide/", name="approval_decide")
@require_POST
def decide(request: HttpRequest, approval_id: int) -> HttpResponse:
    approval, form = _visible(request, approval_id), DecideForm(request.POST)
    if not form.is_valid():
        return _shown(request, approval, form)
    try:
        approval_decide(
            approval_id=approval.pk, **form.given(), actor=actor(request), now=moment.now(request)
        )
    except Refusal as refusal:
        complain(form, refusal)
        return _shown(request, _visible(request, approval_id), form)
    pulse.forget()
    is_yes = form.cleaned_data["answer"] == Answer.APPROVE
    said = _("%(ref)s: approved — %(what)s.") if is_yes else _("%(ref)s: declined — %(what)s.")
    messages.success(request, said % {"ref": approval.order.ref, "what": headline(approval)})
    # To what else waits for this person.
    return HttpResponseRedirect(back_to(request, reverse("admin:inbox")))


def _visible(request: HttpRequest, approval_id: int) -> Approval:
    """For whoever decides, asked, or sees the order. Raises Http404 for all others."""
    found = Approval.objects.select_related("order__assigned_manager", "asked_by", "decided_by")
    approval, by = found.filter(pk=approval_id).first(), actor(request)
    if approval is None:
        raise Http404
    if by.may(DECIDE) or approval.asked_by_id == by.user_id:
        return approval
    if not orders_visible_to(by).filter(pk=approval.order_id).exists():
        raise Http404
    return approval


def _shown(request: HttpRequest, approval: Approval, form: Form) -> HttpResponse:
    now, order, by = moment.now(request), approval.order, actor(request)
    deal, seen = deal_of(order.pk), hash_now(approval)
    is_open, asks_the_law = approval.state == ApprovalState.OPEN, approval.route == "reject"
    return render(
        request,
        "panel/approval/page.html",
        title=_("Request about %(ref)s") % {"ref": order.ref},
        section=(order.ref, reverse("admin:orders_order_change", args=[order.pk])),
        status=422 if form.errors else 200,
        now=now,
        approval=approval,
        order=order,
        headline=headline(approval),
        consequences=consequences(approval, order, deal),
        is_route=approval.action == ApprovalAction.ROUTE,
        held=held_of(deal),
        opinion=Opinion.objects.filter(order=order).order_by("-pk").first() if asks_the_law else None,
        hash_now=seen,
        form=form,
        why_not=_why_not(approval, by, now=now),
        is_changed=is_open and not is_unchanged(approval, seen),
        may_withdraw=is_open and approval.asked_by_id == by.user_id,
        sees_order=orders_visible_to(by).filter(pk=order.pk).exists(),
    )


def _why_not(approval: Approval, by: Actor, *, now: datetime) -> str:
    """Why this person can't decide; "" when they can."""
    if approval.state != ApprovalState.OPEN:
        return (
            _("This has been decided already.")
            if approval.decided_by_id
            else _("This is not asked for any more.")
        )
    try:
        decision_check(approval, actor=by, now=now)
    except Refusal as refusal:
        return str(refusal)
    return ""
