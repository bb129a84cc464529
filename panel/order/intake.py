"""An order that came by telephone: the lead writes it in, and it goes the way of every other one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import flaws
from orders.models import Order
from orders.policies.intake import LENGTHS, read_order
from orders.services import IntakeConflict, NewOrder, orders_intake
from orders.statuses import Severity
from panel import moment, pulse
from panel.pages.page import actor, render


class NewOrderForm(forms.Form):
    """The fields only: what is right is said by the policy that every door asks."""

    item = forms.CharField(label=gettext_lazy("Item"), max_length=LENGTHS["item"])
    client_name = forms.CharField(label=gettext_lazy("Client"), max_length=LENGTHS["client_name"])
    client_contact = forms.CharField(
        label=gettext_lazy("Client's contact"), max_length=LENGTHS["client_contact"], required=False
    )
    price = forms.CharField(label=gettext_lazy("Price"), required=False, max_length=20)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, initial="RUB")
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), choices=Severity.choices, initial=Severity.NORMAL
    )
    seller_name = forms.CharField(
        label=gettext_lazy("Seller"), max_length=LENGTHS["seller_name"], required=False
    )
    seller_contact = forms.CharField(
        label=gettext_lazy("Seller's contact"), max_length=LENGTHS["seller_contact"], required=False
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=LENGTHS["comment"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    external_id = forms.CharField(label=gettext_lazy("External id"), max_length=LENGTHS["external_id"])

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = moment.now(request)
        self.fields["external_id"].initial = timezone.localtime(self.now).strftime("hand-%Y%m%d-%H%M%S")

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        price = given.pop("price", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
        values, wrong = read_order({**given, "price": price or None}, now=self.now)
        for flaw in wrong:
            self.add_error(flaw.field if flaw.field in self.fields else None, flaws.sentence(flaw))
        return values

    def order(self) -> NewOrder:
        return NewOrder(**self.cleaned_data)


def add_page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("orders.intake"):
        raise PermissionDenied
    form = NewOrderForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            received = orders_intake(rows=[form.order()], actor=actor(request), now=form.now)[0]
        except IntakeConflict as conflict:
            form.add_error("external_id", str(conflict))
        else:
            pulse.forget()
            ref = Order(pk=received.order_id).ref
            messages.success(request, _("%(ref)s came in.") % {"ref": ref})
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[received.order_id]))
    return render(
        request,
        "panel/orders/add.html",
        title=_("New order"),
        form=form,
        now=form.now,
        import_url=reverse("admin:orders_order_import"),
        status=422 if form.errors else 200,
    )
