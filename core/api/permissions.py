"""Whether a key may be used for this. Rights to one order are asked by the gate, not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.api.authentication import actor_of
from core.models import ApiKey
from core.scopes import PERSONAL_ONLY, SCOPES

if TYPE_CHECKING:
    # Views read the settings, and the settings name this module.
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """`view.scopes` names the scope of each method; a method without one is nobody's.

    `view.permissions_of_people` names what a person has to hold besides, where no service asks for it.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            raise NotAuthenticated(_("Give a key: “Authorization: Bearer <key>”."))
        method = "GET" if request.method == "HEAD" else str(request.method)
        scopes: Mapping[str, str] = getattr(view, "scopes", {})
        scope = scopes.get(method)
        if scope is None or scope not in request.auth.scopes:
            raise PermissionDenied(
                _("The key lacks the scope “%(scope)s” (%(what)s).")
                % {"scope": scope or method, "what": SCOPES.get(scope or "", "")},
                code="no_scope",
            )
        if scope in PERSONAL_ONLY and request.auth.user is None:
            # Issuing such a key is refused; whatever its row says, it opens nothing.
            raise PermissionDenied(_("Only a person's token opens this."), code="no_scope")
        needed: Mapping[str, str] = getattr(view, "permissions_of_people", {})
        permission = needed.get(method)
        actor = actor_of(request)
        if permission and actor.user_id is not None and not actor.may(permission):
            raise PermissionDenied(_("You have no permission for this."), code="no_permission")
        return True
