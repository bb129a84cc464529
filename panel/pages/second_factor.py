"""The one-time password that the panel asks for: setting it up by a QR code, and giving it."""

from base64 import b32encode

from django import forms
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_otp import login, match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.models import User
from panel import qr
from panel.pages.page import me
from panel.sites import is_staff, is_verified, site

SPARE_CODES = 10


class TokenForm(forms.Form):
    token = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "size": 12}
        ),
    )


@site.page("second-factor/", name="second_factor", before_login=True)
def page(request: HttpRequest) -> HttpResponse:
    """Whoever has no device sets one up; whoever has one gives its code, or a spare one."""
    if not is_staff(request):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if is_verified(request):
        return HttpResponseRedirect(_target(request))
    user = me(request)
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return _ask(request, user) if device else _set_up(request, user)


@site.page("second-factor/leave/", name="second_factor_leave", before_login=True)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Whoever has no code logs out: the site's own page for that is behind the code."""
    logout(request)
    return HttpResponseRedirect(reverse("admin:login"))


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = match_token(user, form.cleaned_data["token"].replace(" ", "").lower())
        if device is not None:
            login(request, device)
            return HttpResponseRedirect(_target(request))
        form.add_error("token", _("This code is wrong or too old. Wait for the next one."))
    return _show(request, "panel/second_factor.html", _("One-time password"), form=form)


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    form = TokenForm(request.POST or None)
    device = _unconfirmed(user)
    if request.method == "POST" and form.is_valid():
        codes = _confirm(device.pk, user, form.cleaned_data["token"].replace(" ", ""))
        if codes:
            login(request, TOTPDevice.objects.get(pk=device.pk))
            return _show(
                request, "panel/spare_codes.html", _("Spare codes"), codes=codes, target=_target(request)
            )
        form.add_error("token", _("This code is wrong or too old. Wait for the next one."))
    return _show(
        request,
        "panel/second_factor_set_up.html",
        _("Set up a one-time password"),
        form=form,
        picture=qr.svg(device.config_url),
        secret=b32encode(device.bin_key).decode(),
    )


def _unconfirmed(user: User) -> TOTPDevice:
    """The device that is being set up: the same one for every look at the page, so that its QR code stays."""
    device, _created = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "telephone"}
    )
    return device


@transaction.atomic
def _confirm(device_id: int, user: User, token: str) -> list[str]:
    """Spare codes when the token is right; nothing when it is not."""
    device = TOTPDevice.objects.select_for_update().get(pk=device_id)
    if not device.verify_token(token):
        return []
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    StaticDevice.objects.filter(user=user).delete()
    spare = StaticDevice.objects.create(user=user, name="spare codes")
    codes = [StaticToken.random_token() for _n in range(SPARE_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=spare, token=code) for code in codes)
    return codes


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else reverse("admin:index")


def _show(request: HttpRequest, template: str, title: str, **context: object) -> HttpResponse:
    request.current_app = site.name
    shown = {**site.each_context(request), "title": title, "next": _target(request), **context}
    return TemplateResponse(request, template, shown)
