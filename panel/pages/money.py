"""Finance's own page: what is due to come in, what is to be paid out, what came in last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.refusals import Refusal
from orders.models import Order
from orders.selectors import orders_found
from orders.selectors.deals import Deal, deals, payouts_to_pay
from orders.selectors.money import payments_due, payments_gone, payments_newest
from orders.services import payment_record
from orders.services.money import RECORD
from panel import moment, pulse
from panel.deal.doors import complain
from panel.deal.facts import left_of
from panel.deal.forms import PaymentForm
from panel.pages.page import actor, needs, render
from panel.sites import site

SHOWN = 50
FOUND_AT_MOST = 200
READ = "orders.view_payment"


@dataclass(frozen=True, slots=True)
class Due:
    """An order whose client has confirmed: what is left to come in, and the form to record it with."""

    order: Any
    deal: Deal
    form: PaymentForm

    @property
    def left(self) -> Any:
        return left_of(self.deal)


@dataclass(frozen=True, slots=True)
class Refused:
    """A payment that was not taken, to be shown again with the reason."""

    order_id: int
    form: PaymentForm


@site.page("money/", name="money")
@needs(READ)
def page(request: HttpRequest) -> HttpResponse:
    return _shown(request, None)


@site.page("money/<int:order_id>/pay/", name="money_pay")
@require_POST
@needs(RECORD)
def pay(request: HttpRequest, order_id: int) -> HttpResponse:
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise Http404
    form = PaymentForm(request.POST, auto_id=f"pay-{order_id}-%s")
    if not form.is_valid():
        return _shown(request, Refused(order_id, form))
    try:
        payment_record(order_id=order_id, **form.given(), actor=actor(request), now=moment.now(request))
    except Refusal as refusal:
        complain(form, refusal)
        return _shown(request, Refused(order_id, form))
    pulse.forget()
    messages.success(request, _("%(ref)s: the payment is recorded.") % {"ref": order.ref})
    return HttpResponseRedirect(_address(_asked(request)))


def _asked(request: HttpRequest) -> str:
    """What is looked for; it goes along with what is pressed."""
    given = request.POST.get("q") or request.GET.get("q", "")
    return given.replace("\x00", "").strip()[:200]


def _address(asked: str) -> str:
    return reverse("admin:money") + (f"?{urlencode({'q': asked})}" if asked else "")


def _shown(request: HttpRequest, refused: Refused | None) -> HttpResponse:
    now, asked = moment.now(request), _asked(request)
    found = _found(asked) if asked else None
    due = _due(found, refused, now=now)
    if refused is not None and refused.order_id not in {row.order.pk for row in due}:
        for problem in (text for problems in refused.form.errors.values() for text in problems):
            messages.error(request, str(problem))
    order_ids = None if found is None else [order.pk for order in found]
    in_due = {row.order.pk for row in due}
    # One more than is shown, to know whether there are more.
    payouts = payouts_to_pay(at_most=SHOWN + 1, order_ids=order_ids)
    payments = payments_newest(order_ids=order_ids, document=asked)
    return render(
        request,
        "panel/money/page.html",
        title=_("Money"),
        status=422 if refused else 200,
        now=now,
        asked=asked,
        due=due[:SHOWN],
        more_due=len(due) > SHOWN,
        payouts=payouts[:SHOWN],
        more_payouts=len(payouts) > SHOWN,
        payments=list(payments[:SHOWN]),
        others=[order for order in found or [] if order.pk not in in_due][:SHOWN],
        may_record=request.user.has_perm(RECORD),
        back=_address(asked),
    )


def _found(asked: str) -> list[Order]:
    return list(orders_found(Order.objects.all(), asked).order_by("-pk")[:FOUND_AT_MOST])


def _due(found: Sequence[Order] | None, refused: Refused | None, *, now: datetime) -> list[Due]:
    """One more than is shown, to know whether there are more."""
    kinds = [payments_gone(), payments_due()]
    if found is not None:
        kinds = [orders.filter(pk__in=[order.pk for order in found]) for orders in kinds]
    rows = [order for orders in kinds for order in orders[: SHOWN + 1]][: SHOWN + 1]
    of = deals([order.pk for order in rows])
    return [Due(order, of[order.pk], _form(of[order.pk], refused, now=now)) for order in rows]


def _form(deal: Deal, refused: Refused | None, *, now: datetime) -> PaymentForm:
    if refused is not None and refused.order_id == deal.order_id:
        return refused.form
    here = timezone.localtime(now).replace(second=0, microsecond=0)
    initial = {"amount": left_of(deal), "currency": deal.currency, "paid_at": here}
    return PaymentForm(initial=initial, auto_id=f"pay-{deal.order_id}-%s")
