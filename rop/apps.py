from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RopConfig(AppConfig):
    name = "rop"
    verbose_name = _("AI-ROP")
    default_auto_field = "django.db.models.BigAutoField"
