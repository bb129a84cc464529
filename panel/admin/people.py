"""Staff and teams. Roles are groups; whoever sets the installation up gives them."""

from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin, SimpleListFilter, display
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from assignment.services import person_set_active, person_set_roles
from core.models import Team, User
from core.roles import ROLES
from panel import marks, moment
from panel.base import PanelAdmin
from panel.pages.page import actor
from panel.people import roles_said


class StaffForm(UserChangeForm):  # type: ignore[misc]
    """A person with their roles, which are groups by another name."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("A second decider reads the deals and decides about requests of others, nothing else."),
        choices=list(ROLES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["roles"].initial = [group.name for group in self.instance.groups.all()]


class RoleFilter(SimpleListFilter):
    """By the role's name: a group is called by its code."""

    title = _("roles")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return list(ROLES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class UserAdmin(DjangoUserAdmin, PanelAdmin):  # type: ignore[type-arg]
    form = StaffForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("name", "role", "team", "email", "last_login", "active")
    list_filter = ("is_active", "team", RoleFilter)
    list_filter_submit = False
    list_select_related = ("team",)
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("last_name", "first_name", "username")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Person"), {"fields": (("last_name", "first_name"), "email", "team", "language")}),
        (_("What they may do"), {"fields": ("roles", "is_superuser")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        person = (("last_name", "first_name"), "username", "email", "team", "language", "role", "is_active")
        return ((None, {"fields": person}), (_("Dates"), {"fields": (("last_login", "date_joined"),)}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "role")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @display(description=_("person"), ordering="last_name")
    def name(self, user: User) -> SafeString:
        return marks.two_lines(str(user), user.username)

    @display(description=_("roles"))
    def role(self, user: User) -> str:
        return roles_said(user)

    @display(description=pgettext_lazy("person", "active"), boolean=True)
    def active(self, user: User) -> bool:
        return user.is_active

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        """Roles go through their service; so does access, because the open orders of that person follow it."""
        by, now = actor(request), moment.now(request)
        wanted = obj.is_active
        if change:
            obj.is_active = User.objects.values_list("is_active", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if change:
            person_set_active(user_id=obj.pk, active=wanted, actor=by, now=now)
            obj.is_active = wanted
        if "roles" in form.cleaned_data:
            person_set_roles(user_id=obj.pk, roles=form.cleaned_data["roles"], actor=by, now=now)


class TeamAdmin(PanelAdmin):
    list_display = ("name", "lead", "calendar_code", "size")
    list_select_related = ("lead",)
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).prefetch_related("members")

    @display(description=_("people"))
    def size(self, team: Team) -> int:
        return len(team.members.all())
