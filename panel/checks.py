from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection

from core.models import User
from panel import deciders


def check_deciders(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Said by `check --deploy --database default`, the last step of a set-up: whether two people are named to decide.

    Nothing is said of a database that has no tables or no people yet: nobody can ask for anything there, and
    whoever would name the second one has to be made first.
    """
    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    if User._meta.db_table not in connection.introspection.table_names():
        return []
    said = deciders.lacking(deciders.named())
    if not said or not User.objects.filter(is_active=True).exists():
        return []
    return [checks.Error(said, hint=deciders.how(), id="panel.E001")]
