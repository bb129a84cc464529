from collections.abc import Mapping
from urllib.parse import urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from core.models import User
from panel.models import SavedView

AT_MOST = 12
"""Views that one person keeps (a limit): more is a list to search through, not a shortcut."""

LONGEST = 300
"""Characters of a view's query (a limit, the column's)."""

KEPT = ("view", "status", "severity", "owner", "due", "q", "o")
"""What of an address belongs to a view; pages and the like don't."""


class ViewRefused(ValueError):
    """The view can't be kept; str() says why."""

    code = "view_refused"


@transaction.atomic
def view_save(*, user: User, name: str, asked: Mapping[str, str]) -> SavedView:
    """Keep this way of looking under this name; an earlier one of the same name is replaced. Raises ViewRefused."""
    query = urlencode({key: asked[key] for key in KEPT if asked.get(key)})
    if not query:
        raise ViewRefused(_("There is nothing to keep: choose a view or a filter first."))
    if len(query) > LONGEST:
        raise ViewRefused(_("The search is too long to be kept."))
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    others = SavedView.objects.filter(user=user).exclude(name=name)
    if others.count() >= AT_MOST:
        raise ViewRefused(_("You keep %(n)d views already: remove one first.") % {"n": AT_MOST})
    saved, _created = SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query})
    return saved


def view_forget(*, user: User, view_id: int) -> None:
    """Nobody forgets the views of others."""
    SavedView.objects.filter(user=user, pk=view_id).delete()
