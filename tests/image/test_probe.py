"""What a container's health check says of each role."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from config import probe
from core import clock, heartbeats
from telegram_bot.worker import takeover

NOBODY_LISTENS = "127.0.0.1:9"


def database_url() -> str:
    settings = connections["default"].settings_dict
    password = quote(settings["PASSWORD"])
    return (
        f"postgres://{settings['USER']}:{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )


def ask(role: str, **more: str) -> int:
    return probe.main(role, {"DATABASE_URL": database_url(), **more})


def test_a_web_server_that_answers_is_well(live_server: LiveServer) -> None:
    bind = live_server.url.removeprefix("http://")
    assert ask("web", BIND=bind, ALLOWED_HOSTS="localhost,rop.example") == 0


def test_a_web_server_that_is_gone_or_refuses_is_not(live_server: LiveServer) -> None:
    assert ask("web", BIND=NOBODY_LISTENS) == 1
    bind = live_server.url.removeprefix("http://")
    assert ask("web", BIND=bind, ALLOWED_HOSTS="never-allowed.example") == 1


@pytest.mark.parametrize(
    ("allowed", "name"),
    [
        ("", "localhost"),
        ("*", "localhost"),
        ("rop.example, other.example", "rop.example"),
        (".rop.example", "rop.example"),
    ],
)
def test_the_web_server_is_asked_by_a_name_that_it_accepts(allowed: str, name: str) -> None:
    assert probe.asked_as(allowed) == name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", probe.PARTS)
def test_a_role_is_well_while_all_its_parts_make_progress(role: str) -> None:
    now = clock.now()
    assert ask(role) == 1, "nothing was heard of it yet"
    for part in probe.PARTS[role]:
        heartbeats.beat(part, now=now)
    assert ask(role) == 0
    heartbeats.Heartbeat.objects.filter(name=probe.PARTS[role][0]).update(at=now - timedelta(seconds=61))
    assert ask(role) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["worker", "beat"])
def test_workers_are_not_well_while_the_bot_does_their_work(role: str) -> None:
    now = clock.now()
    heartbeats.beat("auditor", now=now)
    heartbeats.beat("loop", now=now, detail={"looked": 3, "by": takeover.BY_BOT})
    assert ask(role) == 1
    heartbeats.beat("loop", now=now + timedelta(seconds=1), detail={"looked": 3})
    assert ask(role) == 0


def test_a_database_that_does_not_answer_is_no_health() -> None:
    assert ask("bot", DATABASE_URL=f"postgres://rop_app:wrong@{NOBODY_LISTENS}/rop") == 1


def test_the_probe_and_the_panel_agree_on_what_is_silent() -> None:
    assert heartbeats.SILENT_AFTER.total_seconds() == probe.SILENT_AFTER
    assert {part for parts in probe.PARTS.values() for part in parts} == set(heartbeats.REQUIRED)
