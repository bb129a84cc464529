"""aiogram costs seconds and 150 MB in each process that imports it: only the bot's may."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent

REACHABLE = """
import django
django.setup()
from importlib import import_module
import_module("config.urls")
from django.contrib import admin
from config.celery import app
app.loader.import_default_modules()
import sys
print(*(name for name in sys.modules if name.split(".")[0] == "aiogram"))
"""


def test_neither_the_web_nor_the_workers_import_aiogram() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REACHABLE],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x", "ROP_ENV_FILE": "", "PATH": ""},
    )
    assert done.stdout.strip() == ""


def test_the_bot_does() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REACHABLE.replace("config.urls", "telegram_bot.worker.main")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x", "ROP_ENV_FILE": "", "PATH": ""},
    )
    assert "aiogram" in done.stdout.split()
