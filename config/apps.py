from django.apps import AppConfig

# Imported so that every process with a Django in it binds its shared tasks to this Celery app.
from config.celery import app as celery_app

__all__ = ["ConfigConfig", "celery_app"]


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "AI-РОП"
