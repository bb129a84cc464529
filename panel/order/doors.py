"""The doors of an order: each translates, makes one call of a service, and translates back."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assignment.services import AssignRefused, order_assign
from orders import gate
from orders.models import Order, Task
from orders.selectors import orders_visible_to
from orders.services import (
    ApprovalRefused,
    ContactRefused,
    DealRefused,
    TaskRefused,
    contact_add,
    note_add,
    order_route,
    order_set_severity,
    task_add,
    task_cancel,
    task_done,
)
from panel import moment, pulse, words
from panel.order import forms
from panel.order.page import order_page, visible_order
from panel.order.people import staff
from panel.pages.page import actor, back_to

Refused = (gate.Refusal, AssignRefused, TaskRefused, DealRefused, ApprovalRefused)


def urls(site: AdminSite) -> list[URLPattern]:
    views: Sequence[tuple[str, Callable[..., HttpResponse], str]] = (
        ("<int:order_id>/routes/<str:route>/", route_door, "order_route"),
        ("<int:order_id>/assign/", assign_door, "order_assign"),
        ("<int:order_id>/severity/", severity_door, "order_severity"),
        ("<int:order_id>/notes/", note_door, "order_note"),
        ("<int:order_id>/contacts/", contact_door, "order_contact"),
        ("<int:order_id>/tasks/", task_door, "order_task"),
        ("<int:order_id>/tasks/<int:task_id>/done/", task_done_door, "task_done"),
        ("<int:order_id>/tasks/<int:task_id>/cancel/", task_cancel_door, "task_cancel"),
    )
    return [path(route, site.admin_view(require_POST(view)), name=name) for route, view, name in views]


def refusal_lines(refusal: Exception) -> list[str]:
    """What a refusal says, thing by thing."""
    if isinstance(refusal, gate.RouteRefused):
        return [item.text for item in refusal.missing]
    return [str(refusal)]


def press(
    request: HttpRequest, order: Order, command: Callable[[], Any], *, done: str | Callable[[Any], str]
) -> HttpResponse:
    """Carry the command out; say what came of it on the order's page. `done` may depend on what it returned."""
    try:
        result = command()
    except Refused as refusal:
        for line in words.fold(refusal_lines(refusal)):
            messages.error(request, line)
    else:
        messages.success(request, done(result) if callable(done) else done)
        pulse.forget()
    return HttpResponseRedirect(back_to(request, page_after(request, order)))


def page_after(request: HttpRequest, order: Order) -> str:
    """The order's page; the list, for a manager who has just lost it."""
    if orders_visible_to(actor(request)).filter(pk=order.pk).exists():
        return reverse("admin:orders_order_change", args=[order.pk])
    return reverse("admin:orders_order_changelist")


def _again(request: HttpRequest, order: Order, name: str, form: Form) -> HttpResponse:
    """The form was not filled in well: the page once more, with what was written and what is wrong with it."""
    return order_page(request, order.pk, refused={name: form})


def not_understood(request: HttpRequest, order: Order, form: Form) -> HttpResponse:
    for problem in (text for problems in form.errors.values() for text in problems):
        messages.error(request, str(problem))
    return HttpResponseRedirect(back_to(request, page_after(request, order)))


def route_door(request: HttpRequest, order_id: int, route: str) -> HttpResponse:
    order = visible_order(request, order_id)
    form = forms.RouteForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    return press(
        request,
        order,
        lambda: order_route(
            order_id=order.pk,
            route=route,
            actor=actor(request),
            seen_version=form.cleaned_data["version"],
            now=moment.now(request),
            data=form.data_for_gate(),
            asks=True,
        ),
        done=lambda taken: _route_said(taken, route),
    )


def _route_said(order: Order, route: str) -> str:
    """The step was taken, or waits for a second person."""
    said = {"ref": order.ref, "what": gate.ROUTE_LABELS[route]}
    if order.status == gate.ROUTES[route].target:
        return _("%(ref)s: done — %(what)s.") % said
    return _("%(ref)s: a second person is asked — %(what)s.") % said


def assign_door(request: HttpRequest, order_id: int) -> HttpResponse:
    order = visible_order(request, order_id)
    form = forms.AssignForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    return press(
        request,
        order,
        lambda: order_assign(
            order_id=order.pk,
            manager_id=form.cleaned_data["manager"],
            actor=actor(request),
            seen_version=form.cleaned_data["version"],
            now=moment.now(request),
            reason=form.cleaned_data["reason"],
        ),
        done=_("%(ref)s has its new owner.") % {"ref": order.ref},
    )


def severity_door(request: HttpRequest, order_id: int) -> HttpResponse:
    order = visible_order(request, order_id)
    form = forms.SeverityForm(request.POST)
    if not form.is_valid():
        return not_understood(request, order, form)
    return press(
        request,
        order,
        lambda: order_set_severity(
            order_id=order.pk,
            severity=form.cleaned_data["severity"],
            actor=actor(request),
            seen_version=form.cleaned_data["version"],
            now=moment.now(request),
        ),
        done=_("%(ref)s: the severity is set.") % {"ref": order.ref},
    )


def note_door(request: HttpRequest, order_id: int) -> HttpResponse:
    order = visible_order(request, order_id)
    form = forms.NoteForm(request.POST, people=list(staff()))
    if not form.is_valid():
        return _again(request, order, "note_form", form)
    return press(
        request,
        order,
        lambda: note_add(
            order_id=order.pk,
            text=form.cleaned_data["text"],
            mentions=form.cleaned_data["mentions"],
            actor=actor(request),
            now=moment.now(request),
        ),
        done=_("The note is written."),
    )


CONTACT_FIELDS = {"next_required": "next_at", "next_in_past": "next_at", "next_too_late": "next_at"}
"""At which field of the form a refusal is shown; others stand above the fields."""


def contact_door(request: HttpRequest, order_id: int) -> HttpResponse:
    order, form = visible_order(request, order_id), forms.ContactForm(request.POST)
    if not form.is_valid():
        return _again(request, order, "contact_form", form)
    try:
        return press(
            request,
            order,
            lambda: contact_add(
                order_id=order.pk, **form.cleaned_data, actor=actor(request), now=moment.now(request)
            ),
            done=_("The contact is written down."),
        )
    except ContactRefused as refusal:
        form.add_error(CONTACT_FIELDS.get(refusal.code), str(refusal))
        return _again(request, order, "contact_form", form)


def task_door(request: HttpRequest, order_id: int) -> HttpResponse:
    order = visible_order(request, order_id)
    form = forms.TaskForm(request.POST, people=list(staff()))
    if not form.is_valid():
        return _again(request, order, "task_form", form)
    return press(
        request,
        order,
        lambda: task_add(
            order_id=order.pk,
            title=form.cleaned_data["title"],
            owner_id=form.cleaned_data["owner"],
            due_at=form.cleaned_data["due_at"],
            actor=actor(request),
            now=moment.now(request),
        ),
        done=_("The task is given."),
    )


def task_done_door(request: HttpRequest, order_id: int, task_id: int) -> HttpResponse:
    return _end_task(request, order_id, task_id, task_done, done=_("The task is done."))


def task_cancel_door(request: HttpRequest, order_id: int, task_id: int) -> HttpResponse:
    return _end_task(request, order_id, task_id, task_cancel, done=_("The task is cancelled."))


def _end_task(
    request: HttpRequest, order_id: int, task_id: int, end: Callable[..., Any], *, done: str
) -> HttpResponse:
    order = visible_order(request, order_id)
    if not Task.objects.filter(pk=task_id, order=order).exists():
        messages.error(request, _("There is no such task here."))
        return HttpResponseRedirect(page_after(request, order))
    return press(
        request,
        order,
        lambda: end(task_id=task_id, actor=actor(request), now=moment.now(request)),
        done=done,
    )
