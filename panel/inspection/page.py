"""The page of an inspection: whole, or only what has changed since it was looked at."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Order
from orders.policies.files import BYTES_AT_MOST
from panel import moment
from panel.inspection.forms import ACCEPTED
from panel.inspection.parts import parts, those_changed
from panel.inspection.shown import Shown, Typed, shown
from panel.order.page import visible_order
from panel.pages.page import actor, render


def wants_parts(request: HttpRequest) -> bool:
    """Whether the page's own script asks."""
    return request.headers.get("Accept") == "application/json"


def inspection_page(request: HttpRequest, order_id: int) -> HttpResponse:
    return whole_page(request, visible_order(request, order_id))


def whole_page(
    request: HttpRequest,
    order: Order,
    *,
    typed: Mapping[int, Typed] | None = None,
    wrong: Sequence[str] = (),
) -> HttpResponse:
    """`typed`: by point what was refused; `wrong`: what was refused that is of no single point."""
    found = shown(order, actor=actor(request), now=moment.now(request), typed=typed)
    return render(
        request,
        "panel/inspection/page.html",
        title=_("Inspection of %(ref)s") % {"ref": order.ref},
        section=(order.ref, reverse("admin:orders_order_change", args=[order.pk])),
        status=422 if typed or wrong else 200,
        now=found.now,
        order=order,
        shown=found,
        parts=parts(found, request) if found.view else None,
        wrong=wrong,
        accepted=ACCEPTED,
        most=BYTES_AT_MOST,
        texts=_texts(),
    )


def changed_parts(request: HttpRequest, order_id: int) -> HttpResponse:
    """For the page that is open: nothing (204) while the order is as it was seen."""
    order = visible_order(request, order_id)
    if request.GET.get("seen") == str(order.version):
        return HttpResponse(status=204)
    return JsonResponse(answer_of(request, order, have=request.GET.get("have", "")))


def answer_of(request: HttpRequest, order: Order, *, have: str, **more: object) -> dict[str, object]:
    found: Shown = shown(order, actor=actor(request), now=moment.now(request))
    changed = those_changed(parts(found, request), have) if found.view else []
    return {"version": order.version, "parts": changed, **more}


def _texts() -> dict[str, str]:
    """What the script says by itself."""
    return {
        "saving": _("Writing it down…"),
        "saved": _("Written down."),
        "offline": _("No connection: not written down. It is tried again as soon as there is one."),
        "gone": _("This page is out of date: open it again."),
        "failed": _("It did not work: not written down. Try again."),
        "again": _("Try again"),
        "dismiss": _("Dismiss"),
        "waiting": _("waits"),
        "checking": _("is being checked"),
        "too_large": _("The file is larger than %(megabytes)s MB.") % {"megabytes": BYTES_AT_MOST // 1024**2},
        "empty": _("The file is empty."),
        "with_answer": _("It is written down together with the answer."),
        "and_more": _("and %(n)s more"),
    }
