from django.db.models import QuerySet

from core.models import User


def staff() -> QuerySet[User]:
    """Who can be given something to do or be told of a note."""
    return User.objects.filter(is_active=True, is_staff=True)
