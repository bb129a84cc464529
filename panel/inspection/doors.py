"""The doors of an inspection: each translates, makes one call of a service, and translates back.

The page's own script is answered with the parts that changed; a plain form with the page.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.refusals import Refusal
from orders.models import Evidence, Order
from orders.policies.files import BYTES_AT_MOST
from orders.selectors import evidence_visible_to
from orders.services import (
    GivenAnswer,
    InspectionRefused,
    evidence_add,
    evidence_place,
    evidence_remove,
    inspection_answer,
    inspection_answer_group,
    inspection_decide,
    inspection_verdict,
)
from panel import moment, pulse
from panel.inspection import serving
from panel.inspection.forms import AnswerForm, DecideForm, FilesForm, GroupForm, PlaceForm, VerdictForm
from panel.inspection.page import answer_of, changed_parts, inspection_page, wants_parts, whole_page
from panel.inspection.shown import Typed
from panel.order.page import visible_order
from panel.pages.page import actor, back_to
from panel.words import fold

View = Callable[..., HttpResponseBase]


def urls(site: AdminSite) -> list[URLPattern]:
    presses: Sequence[tuple[str, View, str]] = (
        ("inspection/answer/", answer, "inspection_answer"),
        ("inspection/group/", answer_group, "inspection_group"),
        ("inspection/verdict/", give_verdict, "inspection_verdict"),
        ("inspection/decide/", decide, "inspection_decide"),
        ("files/", add_files, "evidence_add"),
        ("files/<int:evidence_id>/place/", place, "evidence_place"),
        ("files/<int:evidence_id>/remove/", remove, "evidence_remove"),
    )
    looks: Sequence[tuple[str, View, str]] = (
        ("inspection/", inspection_page, "order_inspection"),
        ("inspection/parts/", changed_parts, "inspection_parts"),
        ("files/<int:evidence_id>/", serving.original, "evidence_original"),
    )
    preview = site.admin_view(require_GET(serving.preview), cacheable=True)
    return [
        *(_url(route, site.admin_view(require_POST(view)), name) for route, view, name in presses),
        *(_url(route, site.admin_view(require_GET(view)), name) for route, view, name in looks),
        _url("files/<int:evidence_id>/preview/", preview, "evidence_preview"),
    ]


def _url(route: str, view: View, name: str) -> URLPattern:
    return path(f"<int:order_id>/{route}", view, name=name)


# ── what all of them do ──


def carry_out(
    request: HttpRequest,
    order: Order,
    command: Callable[[], object],
    *,
    at: str,
    done: str = "",
    given: GivenAnswer | None = None,
) -> HttpResponse:
    """`at`: the place of the page where one goes on; `given`: an answer, to be shown again when it is refused."""
    try:
        command()
    except Refusal as refusal:
        return refuse(request, order, lines_of(refusal), at=at, given=given)
    except Evidence.DoesNotExist:
        return refuse(request, order, [_("There is no such file here any more.")], at=at)
    pulse.forget()
    if wants_parts(request):
        return _answer(request, order, said=done)
    if done:
        messages.success(request, done)
    return HttpResponseRedirect(back_to(request, page_of(order, at)))


def refuse(
    request: HttpRequest,
    order: Order,
    lines: Sequence[str],
    *,
    at: str = "",
    given: GivenAnswer | None = None,
) -> HttpResponse:
    """Say why nothing was recorded, where it was tried."""
    if wants_parts(request):
        return _answer(request, order, errors=lines)
    if given is not None:
        typed = Typed(given.value, given.remark, " ".join(lines))
        return whole_page(request, visible_order(request, order.pk), typed={given.point: typed})
    for line in lines:
        messages.error(request, line)
    return HttpResponseRedirect(back_to(request, page_of(order, at)))


def _answer(
    request: HttpRequest, order: Order, *, said: str = "", errors: Sequence[str] = ()
) -> HttpResponse:
    """What the page has to be now, refused or not. The order is read again: the command has changed it."""
    now = visible_order(request, order.pk)
    found = answer_of(request, now, have=request.POST.get("have", ""), said=said, errors=list(errors))
    return JsonResponse(found)


def lines_of(refusal: Refusal) -> list[str]:
    """Thing by thing; of many the first, and how many more."""
    if isinstance(refusal, InspectionRefused):
        return fold([error.text for error in refusal.errors])
    return [str(refusal)]


def not_understood(request: HttpRequest, order: Order, form: forms.Form, *, at: str = "") -> HttpResponse:
    problems = [str(text) for problems in form.errors.values() for text in problems]
    return refuse(request, order, fold(problems), at=at)


def page_of(order: Order, at: str = "") -> str:
    return reverse("admin:order_inspection", args=[order.pk]) + (f"#{at}" if at else "")


# ── answers and the verdict ──


def answer(request: HttpRequest, order_id: int) -> HttpResponse:
    order, form = visible_order(request, order_id), AnswerForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    given = GivenAnswer(**form.cleaned_data)
    return carry_out(
        request,
        order,
        lambda: inspection_answer(
            order_id=order.pk, answers=[given], actor=actor(request), now=moment.now(request)
        ),
        at=f"point-{given.point}",
        given=given,
    )


def answer_group(request: HttpRequest, order_id: int) -> HttpResponse:
    order, form = visible_order(request, order_id), GroupForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    group = form.cleaned_data["group"]
    return carry_out(
        request,
        order,
        lambda: inspection_answer_group(
            order_id=order.pk, group=group, actor=actor(request), now=moment.now(request)
        ),
        at=f"group-{group}",
    )


def give_verdict(request: HttpRequest, order_id: int) -> HttpResponse:
    order, form = visible_order(request, order_id), VerdictForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form, at="verdict")
    return carry_out(
        request,
        order,
        lambda: inspection_verdict(
            order_id=order.pk,
            verdict=form.cleaned_data["verdict"],
            remarks=form.cleaned_data["remarks"],
            actor=actor(request),
            seen_version=form.cleaned_data["version"],
            now=moment.now(request),
        ),
        at="verdict",
        done=_("The verdict is written down."),
    )


def decide(request: HttpRequest, order_id: int) -> HttpResponse:
    order, form = visible_order(request, order_id), DecideForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form, at="verdict")
    return carry_out(
        request,
        order,
        lambda: inspection_decide(
            order_id=order.pk,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            actor=actor(request),
            seen_version=form.cleaned_data["version"],
            now=moment.now(request),
        ),
        at="verdict",
        done=_("Your decision is written down."),
    )


# ── files ──


def add_files(request: HttpRequest, order_id: int) -> HttpResponse:
    """One or many; those that are not taken are named, the others stay."""
    order, form = visible_order(request, order_id), FilesForm(request.POST)
    files = request.FILES.getlist("file")
    if not form.is_valid():
        return not_understood(request, order, form)
    if not files:
        return refuse(request, order, [_("Choose a file.")])
    point, purpose = form.cleaned_data["point"], form.cleaned_data["purpose"]
    refused: list[str] = []
    for file in files:
        try:
            _add(request, order, file, point=point, purpose=purpose)
        except Refusal as refusal:
            refused += [f"{file.name}: {line}" if len(files) > 1 else line for line in lines_of(refusal)]
    pulse.forget()
    at = f"point-{point}" if point else "tray"
    if refused:
        return refuse(request, order, fold(refused), at=at)
    return carry_out(request, order, lambda: None, at=at)


def _add(
    request: HttpRequest, order: Order, file: "UploadedFile[Any]", *, point: int | None, purpose: str
) -> Evidence:
    return evidence_add(
        order_id=order.pk,
        # Enough to see that it is too much.
        content=file.read(BYTES_AT_MOST + 1),
        name=file.name or "",
        point=point,
        purpose=purpose,
        actor=actor(request),
        now=moment.now(request),
    )


def place(request: HttpRequest, order_id: int, evidence_id: int) -> HttpResponse:
    order, file = _visible(request, order_id, evidence_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    point = form.cleaned_data["point"]
    return carry_out(
        request,
        order,
        lambda: evidence_place(
            evidence_id=file.pk, point=point, actor=actor(request), now=moment.now(request)
        ),
        at=f"point-{point}" if point else "tray",
    )


def remove(request: HttpRequest, order_id: int, evidence_id: int) -> HttpResponse:
    order, file = _visible(request, order_id, evidence_id)
    return carry_out(
        request,
        order,
        lambda: evidence_remove(evidence_id=file.pk, actor=actor(request), now=moment.now(request)),
        at=f"point-{file.item.number}" if file.item else "tray",
        done=_("The file is taken away."),
    )


def _visible(request: HttpRequest, order_id: int, evidence_id: int) -> tuple[Order, Evidence]:
    order = visible_order(request, order_id)
    found = evidence_visible_to(actor(request)).filter(order=order, pk=evidence_id).select_related("item")
    file = found.first()
    if file is None:
        raise Http404
    return order, file
