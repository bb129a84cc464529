"""How deals are followed up, decided, tracked and closed: versions of the terms."""

from typing import Any

from django.contrib import messages
from django.db.models import Subquery
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from orders.models import FollowUpStep, Terms
from orders.services import TermsInvalid, terms_draft, terms_publish
from orders.services.terms import terms_flaws, terms_steps_set
from panel import moment
from panel.admin.rules.versions import VersionAdmin
from panel.base import TabularInline
from panel.pages.page import actor, needs
from panel.rules.terms import SPANS, StepForm, StepFormSet, TermsForm


class StepInline(TabularInline):
    model = FollowUpStep
    form = StepForm
    formset = StepFormSet
    add_text = gettext_lazy("Add a step")
    extra = 0
    hide_title = True
    verbose_name_plural = gettext_lazy("What an undecided client is told, step by step")


class TermsAdmin(VersionAdmin):
    form = TermsForm
    list_display = ("__str__", "title", "created_at", "published_at", "in_force")
    change_list_template = "panel/rules/list.html"
    change_form_outer_before_template = "panel/rules/terms.html"
    inlines = (StepInline,)
    fieldsets = (
        (None, {"fields": ("title",)}),
        (gettext_lazy("The client"), {"fields": (("lead_after", "lead_within"), "think_within")}),
        (gettext_lazy("The way"), {"fields": (("tracking_every", "tracking_within"),)}),
        (
            gettext_lazy("Approvals and money"),
            {"fields": (("approval_within", "approval_expires"), "payout_within")},
        ),
        (gettext_lazy("Claims"), {"fields": (("claim_window", "claim_within"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        published = Terms.objects.filter(published_at__isnull=False).order_by("-version")
        return super().get_queryset(request).annotate(newest=Subquery(published.values("version")[:1]))

    def newest(self, version: Terms) -> int | None:
        found: int | None = vars(version)["newest"]
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The table above says what a published version says."""
        if obj is not None and self.has_change_permission(request, obj):
            return self.fieldsets
        return ((None, {"fields": ("title",)}),)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return list(self.inlines) if obj is not None and self.has_change_permission(request, obj) else []

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        formset.save(commit=False)
        terms_steps_set(terms=form.instance, steps=formset.kept())  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = request.user.has_perm("orders.add_terms")
        draft = {"draft_url": reverse("admin:terms_draft") if may else ""}
        return super().changelist_view(request, {**draft, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        terms = self.get_object(request, object_id)
        steps = list(terms.steps.order_by("number")) if terms else []
        may_change = terms is not None and self.has_change_permission(request, terms)
        more = {
            "spans": _spans(terms) if terms else [],
            "steps": steps,
            "flaws": terms_flaws(steps) if may_change else [],
            "terms_are_in_force": terms is not None and self.in_force(terms),
            "publish_url": reverse("admin:terms_publish", args=[terms.pk]) if terms else "",
            "may_publish": may_change,
        }
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("draft/", guard(require_POST(needs("orders.add_terms")(draft))), name="terms_draft"),
            path(
                "<int:terms_id>/publish/",
                guard(require_POST(needs("orders.change_terms")(publish))),
                name="terms_publish",
            ),
            *super().get_urls(),
        ]


def _spans(terms: Terms) -> list[tuple[Any, int, bool]]:
    """How each is called, how long it is, whether the version before says something else."""
    before = Terms.objects.filter(version__lt=terms.version).order_by("-version").first()
    return [
        (label, getattr(terms, name), before is not None and getattr(before, name) != getattr(terms, name))
        for name, (label, _least) in SPANS.items()
    ]


def draft(request: HttpRequest) -> HttpResponse:
    made = terms_draft(actor=actor(request), now=moment.now(request))
    return HttpResponseRedirect(reverse("admin:orders_terms_change", args=[made.pk]))


def publish(request: HttpRequest, terms_id: int) -> HttpResponse:
    try:
        made = terms_publish(terms_id=terms_id, actor=actor(request), now=moment.now(request))
    except Terms.DoesNotExist:
        messages.error(request, _("There is no such version."))
        return HttpResponseRedirect(reverse("admin:orders_terms_changelist"))
    except TermsInvalid as invalid:
        for _code, text in invalid.flaws:
            messages.error(request, text)
    else:
        messages.success(
            request, _("Version %(n)d is in force for what comes due from now on.") % {"n": made.version}
        )
    return HttpResponseRedirect(reverse("admin:orders_terms_change", args=[terms_id]))
