"""Health says what is silent, and says it while the database is gone."""

from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from core import clock, heartbeats
from core.heartbeats import REQUIRED


def test_live_asks_nobody(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})


@pytest.mark.django_db
def test_ready_when_every_part_made_progress(client: Client) -> None:
    now = clock.now()
    for name in REQUIRED:
        heartbeats.beat(name, now=now - timedelta(seconds=30))
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["silent"] == []
    assert answer.json()["loop_lag_seconds"] == 0
    assert all(30 <= seconds < 40 for seconds in answer.json()["seconds_since_progress"].values())


@pytest.mark.parametrize("silent", REQUIRED)
@pytest.mark.django_db
def test_one_silent_part_is_named(client: Client, silent: str) -> None:
    now = clock.now()
    for name in REQUIRED:
        heartbeats.beat(name, now=now - timedelta(seconds=61 if name == silent else 1))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["silent"]) == (503, [silent])


@pytest.mark.django_db
def test_a_part_that_never_spoke_is_silent(client: Client) -> None:
    assert client.get("/health/ready").json()["silent"] == list(REQUIRED)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_is_named(client: Client) -> None:
    default = connections["default"]
    default.close()
    port = default.settings_dict["PORT"]
    default.settings_dict["PORT"] = 9
    try:
        answer = client.get("/health/ready")
    finally:
        default.close()
        default.settings_dict["PORT"] = port
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "silent": ["database"]}


@pytest.mark.django_db
def test_the_start_page_leads_to_the_panel(client: Client) -> None:
    assert client.get("/")["Location"] == "/admin/"


@pytest.mark.django_db
def test_pages_carry_a_policy_without_inline_scripts(client: Client) -> None:
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert "unsafe-inline" not in directives["script-src"]
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
