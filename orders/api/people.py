"""People as the API names them."""

from typing import Any

from core.models import User


def person_picture(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": str(user)} if user else None
