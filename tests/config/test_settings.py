"""What the environment decides, and what it can't."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from config.settings import database
from tests.config.running import PROJECT


def run_with(script: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A Python of its own: settings are read once in a process."""
    clean = {"PATH": os.environ["PATH"], "ROP_ENV_FILE": "", "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings\n{script}"],
        env=clean | environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("role", ["web", "worker", "beat", "bot"])
def test_no_role_starts_without_a_key(role: str) -> None:
    refused = run_with("", ROP_PROCESS=role)
    assert refused.returncode == 1
    assert "SECRET_KEY is not given" in refused.stderr


def test_what_nobody_decided_is_the_safe_choice() -> None:
    script = (
        "print(settings.DEBUG, settings.ALLOWED_HOSTS, settings.ADMIN_OTP, settings.SESSION_COOKIE_SECURE)"
    )
    assert run_with(script).stdout.strip() == "False ['127.0.0.1', 'localhost', '[::1]'] True True"


def test_a_command_finds_what_make_up_started(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("DATABASE_URL=postgres://rop_app:pw@127.0.0.1:4711/rop\nADMIN_OTP=0\n")
    script = "print(settings.DATABASES['default']['PORT'], settings.ADMIN_OTP)"
    assert run_with(script, ROP_ENV_FILE=str(file)).stdout.strip() == "4711 False"
    assert run_with(script, ROP_ENV_FILE=str(file), ADMIN_OTP="1").stdout.strip() == "4711 True"


def test_the_owner_is_the_application_where_no_other_is_named() -> None:
    script = "print(settings.DATABASES['owner']['USER'])"
    assert run_with(script, DATABASE_URL="postgres://one@127.0.0.1/rop").stdout.strip() == "one"


def test_a_mail_server_that_is_left_empty_is_none() -> None:
    script = "print(settings.EMAIL_BACKEND.split('.')[-2], settings.EMAIL_HOST)"
    assert run_with(script, EMAIL_URL="").stdout.strip() == "filebased None"
    assert run_with(script, EMAIL_URL="submission://a:b@mail:587").stdout.strip() == "smtp mail"


@pytest.mark.django_db
def test_no_wait_in_the_database_is_without_an_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),"
            " current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("2s", "15s", "0")
    client = connection.connection.info.get_parameters()
    assert (client["connect_timeout"], client["tcp_user_timeout"]) == ("3", "5000")


def test_a_limit_of_statements_goes_to_the_server() -> None:
    options = database("postgres://one@127.0.0.1/rop", statement_timeout=timedelta(seconds=5))["OPTIONS"]
    assert "-c statement_timeout=5000ms" in options["options"]
    assert options["connect_timeout"] == 3
