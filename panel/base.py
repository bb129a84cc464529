"""What the panel's ModelAdmins have in common: Unfold's look, no deleting in bulk, histories that are only read.

Unfold carries no types: for the type checker these are Django's own classes.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import ListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from panel.paginator import CappedPaginator

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.contrib.admin import ModelAdmin as DjangoModelAdmin
    from django.contrib.admin import TabularInline as DjangoTabularInline

    class UnfoldAdminSite(AdminSite): ...

    class ModelAdmin(DjangoModelAdmin[Any]): ...

    class TabularInline(DjangoTabularInline[Any, Any]): ...
else:
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.sites import UnfoldAdminSite

__all__ = ["ListFilter", "PanelAdmin", "ReadOnlyAdmin", "TabularInline", "UnfoldAdminSite"]


class PanelAdmin(ModelAdmin):
    """Lists of bounded cost; nothing is deleted in bulk."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    list_filter_submit = True
    list_fullwidth = True
    change_list_template = "panel/list.html"
    warn_unsaved_form = True
    compressed_fields = True
    actions_on_bottom = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Called by what is listed: “Select %s to view” can't be said in Russian of every word."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        # PostgreSQL refuses to be asked for such a text; there is no row of that name either.
        if "\x00" in object_id:
            raise Http404
        return super().get_object(request, object_id, from_field)

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Chosen rows are numbers of rows; Django would ask the database for whatever was sent."""
        try:
            for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(chosen)
        except ValidationError:
            messages.error(request, _("The selection is not valid any more. Choose the orders again."))
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *args, **kwargs)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class ReadOnlyAdmin(PanelAdmin):
    """A history or a journal: whoever may see it reads it, nobody changes it here."""

    actions = None
    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
