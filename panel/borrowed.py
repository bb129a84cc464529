"""Words of others that have no Russian, or none that fits. Listed here, they get into our catalogue."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

UNFOLD = (
    _("Select record"),
    _("Select action"),
    _("Select action to run"),
    _("Select value"),
    _("Select format"),
    _("Select all rows"),
    _("Run"),
    _("Value"),
    _("To"),
    _("Date"),
    _("Date from"),
    _("Date to"),
    _("Add new item"),
    _("Add row"),
    _("View traceback"),
    _("This exporter will export the following fields"),
    _(
        "Raw passwords are not stored, so there is no way to see this "
        "user’s password, but you can change the password using "
        '<a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    _("After you've created a user, you’ll be able to edit more user options."),
    _("Expand row"),
    _("Welcome back to"),
    _("System"),
    _("Welcome"),
    _("Forgotten your password or username?"),
    _("Type to search"),
    _("You have been successfully logged out from the administration"),
    _("No data"),
    _("More actions"),
    _("All applications"),
    _("True"),
    _("False"),
    _("Apply Filters"),
    _("Cancel"),
    _("Record picture"),
    _("This item will be deleted."),
    _("Click to cancel"),
    _("Click to download"),
    _("Current file"),
    _("Choose file to upload"),
    _("Image preview"),
    _("No results found"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("Reset filters"),
    _("Go back"),
    _("Previous"),
    _("Next"),
    _("Search apps and models..."),
    _("General"),
    _("Light"),
    _("Dark"),
    _("Return to site"),
    _("Toggle password visibility"),
    _("Recent searches"),
    _("No recent searches"),
    _("No results matching your query"),
    _("Loading more results..."),
    ngettext_lazy(
        "\n                Found %(counter)s result in %(time)s seconds\n            ",
        "\n                Found %(counter)s results in %(time)s seconds\n            ",
        "counter",
    ),
    ngettext_lazy(
        "\n                    Export %(len)s selected item.\n                ",
        "\n                    Export %(len)s selected items.\n                ",
        "len",
    ),
)

# Django, where the name of a thing would have to be declined in its Russian; import-export.
OTHERS = (
    _("Add %s"),
    _("Change %s"),
    _("View %s"),
    _("Select all"),
)
