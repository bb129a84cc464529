from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from core.dbroles import application_role


def check_database_roles(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """Said by `migrate` and `check --database default`: whether history is protected from the application.

    By nobody else: a role that runs has no need to know the owner's password.
    """
    if not databases:
        return []
    role = application_role()
    if role is None:
        return [
            checks.Warning(
                "The application logs in to the database as the owner of its tables: only triggers keep history.",
                hint="Give DATABASE_OWNER_URL of the owner, and DATABASE_URL of another role.",
                id="core.W001",
            )
        ]
    if settings.DATABASES["owner"]["USER"] == role:
        return [
            checks.Error(
                f"DATABASE_APP_ROLE is {role}, which is the owner's.",
                hint="Name the role that DATABASE_URL logs in with, or one that it is a member of.",
                id="core.E001",
            )
        ]
    return []
