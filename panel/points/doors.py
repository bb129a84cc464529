"""What a lead does with a version of the 28 points: prepare it, edit its points, put it in force."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.refusals import Refusal
from orders.models import POINTS, InspectionItem, InspectionTemplate
from orders.services import TemplateInvalid, template_draft, template_publish
from orders.services.drafting import template_group_rename, template_item_move, template_item_save
from panel import moment
from panel.pages.page import actor, needs, render
from panel.points.forms import PointForm, TitleForm

CHANGE = "orders.change_inspectiontemplate"
MOVES = {"up": -1, "down": 1}


def urls(site: AdminSite) -> list[URLPattern]:
    def press(view: Callable[..., HttpResponse], permission: str) -> Callable[..., HttpResponse]:
        return site.admin_view(require_POST(needs(permission)(view)))

    point = "<int:template_id>/points/<int:number>/"
    return [
        path("draft/", press(draft, "orders.add_inspectiontemplate"), name="template_draft"),
        path("<int:template_id>/publish/", press(publish, CHANGE), name="template_publish"),
        path("<int:template_id>/groups/<slug:group>/", press(rename, CHANGE), name="template_group"),
        path(point, site.admin_view(needs(CHANGE)(edit_point)), name="template_point"),
        path(f"{point}<str:way>/", press(move, CHANGE), name="template_point_move"),
    ]


def page_of(template_id: int, at: str = "") -> str:
    page = reverse("admin:orders_inspectiontemplate_change", args=[template_id])
    return f"{page}#{at}" if at else page


def draft(request: HttpRequest) -> HttpResponse:
    made = template_draft(actor=actor(request), now=moment.now(request))
    return HttpResponseRedirect(page_of(made.pk))


def publish(request: HttpRequest, template_id: int) -> HttpResponse:
    try:
        made = template_publish(template_id=template_id, actor=actor(request), now=moment.now(request))
    except InspectionTemplate.DoesNotExist:
        messages.error(request, _("There is no such version."))
        return HttpResponseRedirect(reverse("admin:orders_inspectiontemplate_changelist"))
    except TemplateInvalid as invalid:
        for _code, text in invalid.flaws:
            messages.error(request, text)
    else:
        messages.success(
            request,
            _("Version %(n)d is in force for inspections that begin from now on.") % {"n": made.version},
        )
    return HttpResponseRedirect(page_of(template_id))


def rename(request: HttpRequest, template_id: int, group: str) -> HttpResponse:
    form = TitleForm(request.POST)
    if form.is_valid():
        title = form.cleaned_data["title"]
        return _carry_out(
            request,
            template_id,
            lambda: template_group_rename(
                template_id=template_id,
                group=group,
                title=title,
                actor=actor(request),
                now=moment.now(request),
            ),
            at=f"group-{group}",
        )
    _complain(request, form)
    return HttpResponseRedirect(page_of(template_id, f"group-{group}"))


def move(request: HttpRequest, template_id: int, number: int, way: str) -> HttpResponse:
    if way not in MOVES:
        raise Http404
    return _carry_out(
        request,
        template_id,
        lambda: template_item_move(
            template_id=template_id,
            number=number,
            by=MOVES[way],
            actor=actor(request),
            now=moment.now(request),
        ),
        at=f"point-{number + MOVES[way]}",
    )


def _carry_out(
    request: HttpRequest, template_id: int, command: Callable[[], object], *, at: str
) -> HttpResponse:
    try:
        command()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    except InspectionItem.DoesNotExist:
        raise Http404 from None
    return HttpResponseRedirect(page_of(template_id, at))


def _complain(request: HttpRequest, form: forms.Form) -> None:
    for problem in (text for problems in form.errors.values() for text in problems):
        messages.error(request, str(problem))


def edit_point(request: HttpRequest, template_id: int, number: int) -> HttpResponse:
    """One point of a draft; "save and next" goes on to the point after it."""
    items = list(
        InspectionItem.objects.filter(template=template_id).select_related("template").order_by("number")
    )
    item = next((one for one in items if one.number == number), None)
    if item is None or item.template.published_at is not None:
        raise Http404
    groups = list(dict.fromkeys(one.group_title for one in items))
    form = PointForm(request.POST or None, item=item, groups=groups)
    if request.method == "POST" and form.is_valid():
        try:
            template_item_save(
                template_id=template_id,
                number=number,
                group_title=form.group_title,
                values=form.values(),
                actor=actor(request),
                now=moment.now(request),
            )
        except TemplateInvalid as invalid:
            for _code, text in invalid.flaws:
                form.add_error(None, text)
        else:
            return HttpResponseRedirect(_after(request, template_id, number))
    return render(
        request,
        "panel/points/point.html",
        title=_("Point %(number)s of version %(version)s")
        % {"number": number, "version": item.template.version},
        section=(str(item.template), page_of(template_id, f"point-{number}")),
        status=422 if form.errors else 200,
        item=item,
        form=form,
        back=page_of(template_id, f"point-{number}"),
        has_next=number < POINTS,
    )


def _after(request: HttpRequest, template_id: int, number: int) -> str:
    if "next" in request.POST and number < POINTS:
        return reverse("admin:template_point", args=[template_id, number + 1])
    return page_of(template_id, f"point-{number}")
