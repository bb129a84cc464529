"""Keys of agents and personal tokens: issued once in plain, rotated by a second one, revoked for good."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from core.models import ApiKey, User
from core.scopes import SCOPES
from core.services.keys import KeyRefused, key_issue, key_revoke
from panel import marks, moment
from panel.base import ReadOnlyAdmin
from panel.pages.page import actor, needs, render
from panel.staff.forms import moment_field
from panel.words import Tone

ISSUE = "core.add_apikey"
REVOKE = "core.change_apikey"


class KeyForm(forms.Form):
    name = forms.SlugField(label=gettext_lazy("Name"))
    source = forms.SlugField(
        label=gettext_lazy("Agent"),
        required=False,
        help_text=gettext_lazy("Which agent it is, or leave it empty and choose a person."),
    )
    user = forms.ModelChoiceField(
        label=gettext_lazy("Person"), queryset=User.objects.filter(is_active=True), required=False
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What for"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_at"] = moment_field(gettext_lazy("Until"))
        self.fields["expires_at"].required = False


class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "whose", "prefix", "scopes_", "state", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("source",)
    list_filter_submit = False
    search_fields = ("name", "prefix")
    change_form_outer_before_template = "panel/keys/key.html"
    fields = ("name", "whose", "prefix", "scopes_", "created_at", "expires_at", "revoked_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ISSUE)

    def get_queryset(self, request: HttpRequest) -> Any:
        return moment.stamped(super().get_queryset(request), request)

    @display(description=pgettext_lazy("key", "whose"))
    def whose(self, key: ApiKey) -> str:
        return str(key.user) if key.user else key.source

    @display(description=gettext_lazy("what for"))
    def scopes_(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> SafeString:
        if key.revoked_at is not None:
            return marks.mark(_("revoked"), Tone.QUIET)
        if key.expires_at is not None and key.expires_at <= moment.of(key):
            return marks.mark(_("expired"), Tone.QUIET)
        return marks.mark(_("live"), Tone.GOOD)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return issue(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        key = self.get_object(request, object_id)
        live = key is not None and key.revoked_at is None
        may_revoke = live and request.user.has_perm(REVOKE)
        more = {
            "revoke_url": reverse("admin:key_revoke", args=[key.pk]) if key and may_revoke else "",
            "rotate_url": f"{reverse('admin:core_apikey_add')}?like={key.pk}"
            if key and live and self.has_add_permission(request)
            else "",
        }
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(needs(REVOKE)(revoke)))
        return [path("<int:key_id>/revoke/", view, name="key_revoke"), *super().get_urls()]


@needs(ISSUE)
def issue(request: HttpRequest) -> HttpResponse:
    """A new key; `?like=` another one, which it succeeds. Its text is shown in the answer and kept nowhere."""
    form = KeyForm(request.POST or None, initial=_like(request))
    if request.method == "POST" and form.is_valid():
        try:
            key, plain = key_issue(**form.cleaned_data, now=moment.now(request), actor=actor(request))
        except KeyRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "panel/keys/issued.html", title=_("The new key"), key=key, plain=plain)
    return render(request, "panel/keys/issue.html", title=_("Issue a key"), form=form)


def _like(request: HttpRequest) -> dict[str, Any]:
    value = request.GET.get("like", "")
    key = ApiKey.objects.filter(pk=int(value)).first() if value.isdecimal() else None
    if key is None:
        return {}
    return {"name": key.name, "source": key.source, "user": key.user_id, "scopes": key.scopes}


def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=key_id)
    key_revoke(key_id=key.pk, now=moment.now(request), actor=actor(request))
    messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": key.name})
    return HttpResponseRedirect(reverse("admin:core_apikey_changelist"))
