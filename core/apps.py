from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from core import checks, moments


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("People and journal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(checks.check_database_roles, Tags.database)
        connection_created.connect(moments.read_fast)
