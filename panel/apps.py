from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class PanelConfig(AppConfig):
    name = "panel"
    verbose_name = _("Panel")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Named by its path: it reads models, which are not there yet when this module is imported. For deployments
        # only: `migrate` has the database checked too, and must not wait for what is done in the panel afterwards.
        register(import_string("panel.checks.check_deciders"), Tags.database, "deciders", deploy=True)
