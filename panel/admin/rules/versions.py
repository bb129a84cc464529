from typing import Any

from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from panel.base import PanelAdmin


class VersionAdmin(PanelAdmin):
    """Published versions are read; a draft is edited, and put in force by a press of its own."""

    draft_template = "panel/rules/draft.html"
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is not None and obj.published_at is None
        return is_draft and super().has_delete_permission(request, obj)

    @display(description=gettext_lazy("in force"), boolean=True)
    def in_force(self, version: Any) -> bool:
        return bool(version.published_at) and version.version == self.newest(version)

    def newest(self, version: Any) -> int | None:
        raise NotImplementedError
