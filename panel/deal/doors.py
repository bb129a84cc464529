"""The doors of a deal: each reads a form, gives it to its command, and says what came of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from core.refusals import Refusal
from orders.models import Order
from panel import moment, pulse, words
from panel.deal.acts import ACTS, ROW_ACTS, Act, RowAct, row_form_name
from panel.deal.forms import ActForm, PaymentForm
from panel.order.doors import page_after, refusal_lines
from panel.order.page import order_page, visible_order
from panel.pages.page import actor, back_to

View = Callable[..., HttpResponse]


def urls(site: AdminSite) -> list[URLPattern]:
    def door(view: View) -> View:
        return site.admin_view(require_POST(view))

    acts = [
        path(f"<int:order_id>/{name}/", door(_door_of(name, act)), name=url_name(name))
        for name, act in ACTS.items()
    ]
    row_acts = [
        path(
            f"<int:order_id>/{what}/<int:row_id>/{deed}/",
            door(_row_door_of(name, act)),
            name=row_url_name(name),
        )
        for name, act in ROW_ACTS.items()
        for what, _slash, deed in [name.partition("/")]
    ]
    return [*acts, *row_acts]


def url_name(act: str) -> str:
    return f"order_{act.replace('-', '_')}"


def row_url_name(act: str) -> str:
    return act.replace("/", "_")


def _door_of(name: str, act: Act) -> View:
    def door(request: HttpRequest, order_id: int) -> HttpResponse:
        order, form = visible_order(request, order_id), act.filled(request.POST)
        if not form.is_valid():
            return order_page(request, order.pk, refused={form_name(name): form})
        try:
            result = act.command(
                order_id=order.pk, **form.given(), actor=actor(request), now=moment.now(request)
            )
        except Refusal as refusal:
            complain(form, refusal)
            return order_page(request, order.pk, refused={form_name(name): form})
        pulse.forget()
        messages.success(request, act.said(result))
        return HttpResponseRedirect(back_to(request, page_after(request, order)))

    return door


def form_name(act: str) -> str:
    """What a page calls the form of an act."""
    return f"{act.replace('-', '_')}_form"


def complain(form: ActForm, refusal: Refusal) -> None:
    """A refusal at the field that it names; above the fields when it names none of them."""
    field = getattr(refusal, "field", "")
    for line in refusal_lines(refusal):
        form.add_error(field if field in form.fields else None, line)
    if isinstance(form, PaymentForm):
        form.equal_to = getattr(refusal, "equal_to", None)


def _row_door_of(name: str, act: RowAct) -> View:
    def door(request: HttpRequest, order_id: int, row_id: int) -> HttpResponse:
        order, form = visible_order(request, order_id), act.filled(request.POST)
        if not act.model._default_manager.filter(pk=row_id, order=order).exists():
            raise Http404
        if not form.is_valid():
            return _row_again(request, order, form, row_form_name(name, row_id))
        about: dict[str, Any] = {act.argument: row_id, **form.given()}
        try:
            act.command(**about, actor=actor(request), now=moment.now(request))
        except Refusal as refusal:
            complain(form, refusal)
            return _row_again(request, order, form, row_form_name(name, row_id))
        pulse.forget()
        messages.success(request, act.said(None))
        return HttpResponseRedirect(back_to(request, page_after(request, order)))

    return door


def _row_again(request: HttpRequest, order: Order, form: ActForm, name: str) -> HttpResponse:
    """The order's page with what was typed; what no field is wrong about is said above, for the row may be gone."""
    for line in words.fold([str(line) for line in form.non_field_errors()]):
        messages.error(request, line)
    return order_page(request, order.pk, refused={name: form})
