"""Managers, their shifts and absences. Everything is changed through the services, which wake what it concerns."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import display
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from assignment.models import Absence, Manager, ManagerLoad, Shift
from assignment.services import manager_add, manager_set
from core.models import User
from core.roles import MANAGER
from panel import marks, moment, words
from panel.base import PanelAdmin, ReadOnlyAdmin
from panel.pages.page import actor, needs
from panel.people import Load
from panel.staff import doors
from panel.staff.forms import SpanForm
from panel.staff.presence import PRESENCE_TONES, PRESSES, presence_of, presence_words, with_presence
from panel.staff.silence import silence_words, with_silence
from panel.staff.weekly import weekly_form

CHANGE = "assignment.change_manager"


class ManagerForm(forms.ModelForm[Manager]):
    class Meta:
        model = Manager
        fields = ("user", "active", "capacity", "offers_cap", "works_without_telegram")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            people = User.objects.filter(is_active=True, groups__name=MANAGER, manager__isnull=True)
            self.fields["user"].queryset = people  # type: ignore[attr-defined]


class ManagerAdmin(PanelAdmin):
    form = ManagerForm
    list_display = ("name", "presence", "load_", "offers", "last_assigned", "presses")
    list_filter = ("active", "user__team")
    list_filter_submit = False
    search_fields = ("user__last_name", "user__first_name", "user__username")
    change_list_template = "panel/staff/managers.html"
    change_form_outer_before_template = "panel/staff/manager_now.html"
    change_form_outer_after_template = "panel/staff/manager_time.html"
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        now = moment.now(request)
        return moment.stamped(with_silence(with_presence(Manager.objects.all(), now=now), now=now), request)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Whoever may change nothing has nothing to press."""
        shown = self.list_display
        return shown if request.user.has_perm(CHANGE) else [name for name in shown if name != "presses"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    # ── the list ──

    @display(description=gettext_lazy("manager"), ordering="user__last_name")
    def name(self, manager: Manager) -> SafeString:
        return marks.two_lines(str(manager), manager.user.team or "")

    @display(description=gettext_lazy("now"))
    def presence(self, manager: Manager) -> SafeString:
        said, when = presence_words(manager, now=moment.of(manager))
        return marks.two_lines(marks.mark(said, PRESENCE_TONES[presence_of(manager)]), when)

    @display(description=gettext_lazy("load"), ordering="load__load")
    def load_(self, manager: Manager) -> SafeString:
        load, counted = load_of(manager), _counted(manager)
        orders = counted.open_orders if counted else 0
        said = _("%(load)s of %(capacity)s") % {
            "load": words.number(load.load),
            "capacity": words.number(load.capacity),
        }
        said += " · " + ngettext("%(n)d order", "%(n)d orders", orders) % {"n": orders}
        return marks.two_lines(marks.bar(load.percent, load.tone, title=f"{load.share} %"), said)

    @display(description=gettext_lazy("not accepted"), ordering="load__offers")
    def offers(self, manager: Manager) -> SafeString:
        """How many, how long the oldest waits, and how many were missed."""
        counted = _counted(manager)
        cap = "" if manager.offers_cap is None else f" / {manager.offers_cap}"
        waits, tone, missed = silence_words(manager, now=moment.of(manager))
        number = f"{counted.offers if counted else 0}{cap}"
        return marks.two_lines(format_html("{} {}", number, marks.mark(waits, tone) if waits else ""), missed)

    @display(description=gettext_lazy("last got an order"), ordering="load__last_assigned_at")
    def last_assigned(self, manager: Manager) -> str:
        counted = _counted(manager)
        if counted is None or counted.last_assigned_at is None:
            return str(self.get_empty_value_display())
        return words.ago(counted.last_assigned_at, now=moment.of(manager))

    @display(description="")
    def presses(self, manager: Manager) -> SafeString:
        """Each posts the form that stands outside the list: forms can't be nested."""
        buttons = format_html_join(
            "",
            '<button class="button small{}" form="presses" formaction="{}" title="{}" aria-label="{}: {}">'
            '<span class="material-symbols-outlined" aria-hidden="true">{}</span></button>',
            (
                (
                    press.style,
                    reverse(press.url, args=[manager.pk]),
                    press.label,
                    press.label,
                    manager,
                    press.icon,
                )
                for press in PRESSES[presence_of(manager)]
            ),
        )
        return format_html('<span class="presses">{}</span>', buttons)

    # ── the page ──

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        manager = self.get_object(request, object_id)
        more = self._about(request, manager) if manager else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _about(self, request: HttpRequest, manager: Manager) -> dict[str, Any]:
        now = moment.now(request)
        said, when = presence_words(manager, now=now)
        ahead = Shift.objects.filter(manager=manager, ends_at__gt=now).order_by("starts_at")
        return {
            "now": now,
            "title": str(manager),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "manager": manager,
            "presence_tone": PRESENCE_TONES[presence_of(manager)],
            "presence_words": said,
            "presence_when": when,
            "presses": [
                (press, reverse(press.url, args=[manager.pk])) for press in PRESSES[presence_of(manager)]
            ],
            "silence": silence_words(manager, now=now),
            "load": load_of(manager),
            "counted": _counted(manager),
            "may_change": self.has_change_permission(request, manager),
            "weekly": weekly_form(manager),
            "shifts": list(ahead[:20]),
            "absences": list(Absence.objects.filter(manager=manager, ends_at__gt=now).order_by("starts_at")),
            "absence_form": SpanForm(with_reason=True),
            "shift_form": SpanForm(with_reason=False),
        }

    def save_model(
        self, request: HttpRequest, obj: Manager, form: forms.ModelForm[Manager], change: bool
    ) -> None:
        given = form.cleaned_data
        if not change:
            added = manager_add(
                user_id=obj.user_id, capacity=given["capacity"], actor=actor(request), now=moment.now(request)
            )
            obj.pk, obj.created_at = added.pk, added.created_at
        changed = {name: given[name] for name in form.changed_data if name != "user"}
        if changed:
            manager_set(manager_id=obj.pk, actor=actor(request), now=moment.now(request), **changed)

    def get_urls(self) -> list[URLPattern]:
        views: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
            ("<int:manager_id>/absent-now/", doors.absent_now, "manager_absent_now"),
            ("<int:manager_id>/shift-now/", doors.shift_now, "manager_shift_now"),
            ("<int:manager_id>/shift-over/", doors.shift_over, "manager_shift_over"),
            ("<int:manager_id>/weekly/", doors.weekly, "manager_weekly"),
            ("<int:manager_id>/absences/", doors.absence, "manager_absence"),
            ("<int:manager_id>/shifts/", doors.shift, "manager_shift"),
            ("absences/<int:absence_id>/end/", doors.end_absence, "absence_end"),
            ("shifts/<int:shift_id>/remove/", doors.remove_shift, "shift_remove"),
        )
        own = [
            path(route, self.admin_site.admin_view(require_POST(needs(CHANGE)(view))), name=name)
            for route, view, name in views
        ]
        return [*own, *super().get_urls()]


class ShiftAdmin(ReadOnlyAdmin):
    """The list; shifts are changed on their manager's page."""

    list_display = ("manager", "starts_at", "ends_at", "source")
    list_select_related = ("manager__user",)
    list_filter = ("manager",)
    list_filter_submit = False
    ordering = ("-starts_at",)


class AbsenceAdmin(ReadOnlyAdmin):
    """The list; absences are recorded on their manager's page."""

    list_display = ("manager", "starts_at", "ends_at", "reason")
    list_select_related = ("manager__user",)
    list_filter = ("manager",)
    list_filter_submit = False
    ordering = ("-starts_at",)


def load_of(manager: Manager) -> Load:
    counted = _counted(manager)
    return Load(counted.load if counted else Decimal(0), manager.capacity)


def _counted(manager: Manager) -> ManagerLoad | None:
    return getattr(manager, "load", None)
