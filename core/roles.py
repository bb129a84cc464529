"""Roles of people: groups named by their code, and what each may do, granted by each app's own migration.

A superuser is no role: that is who sets the installation up.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models.people import User

LEAD = "lead"
MANAGER = "manager"
FINANCE = "finance"
OBSERVER = "observer"
DECIDER = "decider"

ROLES = {
    LEAD: _("operations lead"),
    MANAGER: _("manager"),
    FINANCE: _("finance"),
    OBSERVER: _("observer"),
    DECIDER: _("second decider"),
}

READERS = (LEAD, FINANCE, OBSERVER)
"""Who sees everybody's orders and how the work is organised."""


@transaction.atomic
def user_set_roles(*, user: User, roles: Iterable[str]) -> None:
    """Exactly these roles. Whoever has one logs in to the admin; whoever has none does not. Raises ValueError."""
    codes = set(roles)
    if unknown := codes - ROLES.keys():
        raise ValueError(f"no such roles: {sorted(unknown)}")
    user.groups.set(Group.objects.filter(name__in=codes))
    user.is_staff = user.is_superuser or bool(codes)
    user.save(update_fields=["is_staff"])


def role_groups_create(apps: Any, *, alias: str) -> None:
    """For a migration: the groups."""
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for role in ROLES:
        groups.get_or_create(name=role)


def grant(
    apps: Any, *, alias: str, app_label: str, model: str, codenames: Iterable[str], roles: Iterable[str]
) -> None:
    """For a migration: let the roles do what these permissions of a model name ("view" for "view_<model>").

    Django makes permissions only after all migrations; those granted are made here, as it would make them.
    Raises LookupError for a permission that the model does not have.
    """
    options = apps.get_model(app_label, model)._meta
    names = _permission_names(options)
    content_type, _created = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(alias)
        .get_or_create(app_label=app_label, model=options.model_name)
    )
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    granted = []
    for short in codenames:
        codename = get_permission_codename(short, options) if short in options.default_permissions else short
        if codename not in names:
            raise LookupError(f"{app_label}.{model} has no permission {codename}")
        permission, _created = permissions.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": names[codename]}
        )
        granted.append(permission)
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=list(roles)):
        group.permissions.add(*granted)


def _permission_names(options: Any) -> dict[str, str]:
    """Names by codename, as `django.contrib.auth` makes them after migrating."""
    builtin = {
        get_permission_codename(action, options): f"Can {action} {options.verbose_name_raw}"
        for action in options.default_permissions
    }
    return builtin | dict(options.permissions)
