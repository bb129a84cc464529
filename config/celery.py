"""The Celery app: hints on a broker. No task, timer or result that matters lives in Redis."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("rop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
