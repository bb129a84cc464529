"""One press, one call of a service, and what came of it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from assignment.models import Absence, Manager, Shift
from assignment.services import (
    ShiftRefused,
    absence_add,
    absence_end,
    manager_leave,
    manager_return,
    shift_add,
    shift_end_now,
    shift_remove,
    weekly_shifts_set,
)
from orders import gate
from panel import moment, pulse
from panel.pages.page import actor, back_to
from panel.staff.forms import SpanForm
from panel.staff.weekly import WeeklyForm

Refused = (gate.Refusal, ShiftRefused, ValidationError)


def _press(
    request: HttpRequest, manager_id: int, command: Callable[[], object], *, done: str
) -> HttpResponse:
    try:
        command()
    except Refused as refusal:
        said = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        for line in said:
            messages.error(request, line)
    else:
        messages.success(request, done)
        pulse.forget()
    return _back(request, manager_id)


def _back(request: HttpRequest, manager_id: int) -> HttpResponse:
    page = reverse("admin:assignment_manager_change", args=[manager_id])
    return HttpResponseRedirect(back_to(request, page))


def _not_understood(request: HttpRequest, manager_id: int, form: Form) -> HttpResponse:
    for name, problems in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        for problem in map(str, problems):
            messages.error(request, f"{label}: {problem}" if label else problem)
    return _back(request, manager_id)


def _manager(manager_id: int) -> Manager:
    return get_object_or_404(Manager.objects.select_related("user"), pk=manager_id)


def absent_now(request: HttpRequest, manager_id: int) -> HttpResponse:
    manager = _manager(manager_id)
    return _press(
        request,
        manager.pk,
        lambda: manager_leave(manager_id=manager.pk, actor=actor(request), now=moment.now(request)),
        done=_("%(name)s is absent. What was not accepted goes to others.") % {"name": manager},
    )


def shift_now(request: HttpRequest, manager_id: int) -> HttpResponse:
    manager = _manager(manager_id)
    return _press(
        request,
        manager.pk,
        lambda: manager_return(manager_id=manager.pk, actor=actor(request), now=moment.now(request)),
        done=_("%(name)s is on shift.") % {"name": manager},
    )


def shift_over(request: HttpRequest, manager_id: int) -> HttpResponse:
    manager, now = _manager(manager_id), moment.now(request)
    return _press(
        request,
        manager.pk,
        lambda: shift_end_now(manager_id=manager.pk, actor=actor(request), now=now),
        done=_("The shift of %(name)s is over.") % {"name": manager},
    )


def weekly(request: HttpRequest, manager_id: int) -> HttpResponse:
    manager, form = _manager(manager_id), WeeklyForm(request.POST)
    if not form.is_valid():
        return _not_understood(request, manager.pk, form)
    return _press(
        request,
        manager.pk,
        lambda: weekly_shifts_set(
            manager_id=manager.pk, rows=form.rows(), actor=actor(request), now=moment.now(request)
        ),
        done=_("The weekly shifts are changed; the days ahead are laid out anew."),
    )


def absence(request: HttpRequest, manager_id: int) -> HttpResponse:
    manager, form = _manager(manager_id), SpanForm(request.POST, with_reason=True)
    if not form.is_valid():
        return _not_understood(request, manager.pk, form)
    return _press(
        request,
        manager.pk,
        lambda: absence_add(
            manager_id=manager.pk, **form.cleaned_data, actor=actor(request), now=moment.now(request)
        ),
        done=_("The absence is recorded."),
    )


def shift(request: HttpRequest, manager_id: int) -> HttpResponse:
    manager, form = _manager(manager_id), SpanForm(request.POST, with_reason=False)
    if not form.is_valid():
        return _not_understood(request, manager.pk, form)
    return _press(
        request,
        manager.pk,
        lambda: shift_add(
            manager_id=manager.pk, **form.cleaned_data, actor=actor(request), now=moment.now(request)
        ),
        done=_("The shift is added."),
    )


def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    found = Absence.objects.filter(pk=absence_id).first()
    if found is None:
        raise Http404
    return _press(
        request,
        found.manager_id,
        lambda: absence_end(absence_id=absence_id, actor=actor(request), now=moment.now(request)),
        done=_("The absence is over."),
    )


def remove_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    found = Shift.objects.filter(pk=shift_id).first()
    if found is None:
        raise Http404
    return _press(
        request,
        found.manager_id,
        lambda: shift_remove(shift_id=shift_id, actor=actor(request), now=moment.now(request)),
        done=_("The shift is removed."),
    )
