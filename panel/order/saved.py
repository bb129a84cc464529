"""The views of orders that a person keeps."""

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from panel.fields import Line
from panel.models import SavedView
from panel.pages.page import me
from panel.services import ViewRefused, view_forget, view_save


class ViewForm(forms.Form):
    name = Line(label=gettext_lazy("Name"), max_length=40)
    asked = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("views/", site.admin_view(require_POST(save)), name="view_save"),
        path("views/<int:view_id>/forget/", site.admin_view(require_POST(forget)), name="view_forget"),
    ]


def views_of(request: HttpRequest) -> list[SavedView]:
    return list(SavedView.objects.filter(user=me(request)))


def save(request: HttpRequest) -> HttpResponse:
    form = ViewForm(request.POST)
    orders = reverse("admin:orders_order_changelist")
    if not form.is_valid():
        for problem in (str(text) for problems in form.errors.values() for text in problems):
            messages.error(request, problem)
        return HttpResponseRedirect(orders)
    try:
        saved = view_save(
            user=me(request),
            name=form.cleaned_data["name"],
            asked=QueryDict(form.cleaned_data["asked"]).dict(),
        )
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(orders)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": saved.name})
    return HttpResponseRedirect(f"{orders}?{saved.query}")


def forget(request: HttpRequest, view_id: int) -> HttpResponse:
    view_forget(user=me(request), view_id=view_id)
    messages.success(request, _("The view is not kept any more."))
    return HttpResponseRedirect(reverse("admin:orders_order_changelist"))
