"""Files of orders, for whoever may see the order: the original to be saved, the preview to be looked at."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from orders.evidence_files import serving
from orders.evidence_files.serving import Served
from orders.models import Evidence
from orders.selectors import evidence_visible_to
from panel.pages.page import actor


def original(request: HttpRequest, order_id: int, evidence_id: int) -> HttpResponseBase:
    return _serve(request, order_id, evidence_id, serving.original)


def preview(request: HttpRequest, order_id: int, evidence_id: int) -> HttpResponseBase:
    return _serve(request, order_id, evidence_id, serving.preview)


def _serve(
    request: HttpRequest, order_id: int, evidence_id: int, kept: Callable[[Evidence], Served]
) -> HttpResponseBase:
    evidence = evidence_visible_to(actor(request)).filter(order=order_id, pk=evidence_id).first()
    if evidence is None:
        raise Http404
    try:
        return serving.respond(kept(evidence))
    except FileNotFoundError:
        raise Http404 from None
