"""Who of the leads is on duty when: whom escalations climb to."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.models import Duty
from core.selectors import admins_group, duties
from core.services.duties import DutyRefused, duty_add, duty_remove
from panel import moment, pulse
from panel.pages.page import actor, back_to, needs, render
from panel.pages.week import day_asked
from panel.sites import site
from panel.staff.duties import leads, roster
from panel.staff.forms import SpanForm
from panel.staff.week import monday_of

SEE, ADD, REMOVE = "core.view_duty", "core.add_duty", "core.delete_duty"


class DutyForm(SpanForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, with_reason=False, **kwargs)
        self.fields["lead"] = forms.TypedChoiceField(
            label=gettext_lazy("Lead"), coerce=int, choices=[(lead.pk, str(lead)) for lead in leads()]
        )
        self.order_fields(["lead", "starts_at", "ends_at"])


@site.page("duty/", name="duty")
@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """The roster; `?from=` any day of another week."""
    now = moment.now(request)
    here = timezone.localtime(now).date()
    return render(
        request,
        "panel/staff/duty.html",
        title=_("On duty"),
        now=now,
        roster=roster(monday_of(day_asked(request) or here), now=now),
        on_duty=next((turn for turn in duties(now, now) if turn.starts_at <= now < turn.ends_at), None),
        group_is_reached=admins_group() is not None,
        form=DutyForm(),
        may_add=request.user.has_perm(ADD),
        may_remove=request.user.has_perm(REMOVE),
    )


@site.page("duty/add/", name="duty_add")
@require_POST
@needs(ADD)
def add(request: HttpRequest) -> HttpResponse:
    form = DutyForm(request.POST)
    if not form.is_valid():
        for problem in (str(text) for problems in form.errors.values() for text in problems):
            messages.error(request, problem)
        return _back(request)
    given = form.cleaned_data
    try:
        duty_add(
            user_id=given["lead"],
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            actor=actor(request),
            now=moment.now(request),
        )
    except DutyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The turn on duty is written down."))
    return _back(request)


@site.page("duty/<int:duty_id>/remove/", name="duty_remove")
@require_POST
@needs(REMOVE)
def remove(request: HttpRequest, duty_id: int) -> HttpResponse:
    try:
        duty_remove(duty_id=duty_id, actor=actor(request), now=moment.now(request))
    except DutyRefused as refusal:
        messages.error(request, str(refusal))
    except Duty.DoesNotExist:
        messages.error(request, _("There is no such turn on duty."))
    else:
        messages.success(request, _("The turn on duty is removed."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    pulse.forget()
    return HttpResponseRedirect(back_to(request, reverse("admin:duty")))
