"""No token, password, name or phone can be read in the log."""

import json
import logging
import logging.config
from io import StringIO

import psycopg
import pytest
import redis
import structlog
from django.test import Client

from core.logs import logging_config, mask

TOKEN = "7012345678:AAHxJk3-abcdefghijklmnopqrstuvwxyz0"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
            "POST https://api.telegram.org/bot***/sendMessage",
        ),
        (f"token is {TOKEN}.", "token is ***."),
        ("postgres://rop_app:s3cret@db:5432/rop", "postgres://***@db:5432/rop"),
        ("redis://:s3cret@127.0.0.1:6379/0", "redis://***@127.0.0.1:6379/0"),
        ("Authorization: Bearer rop_abc_def", "Authorization: Bearer ***"),
        ("called +7 (916) 123-45-67 twice", "called *** twice"),
        ("called 89161234567 twice", "called *** twice"),
        ("took 12:34:56, order 1234567890", "took 12:34:56, order 1234567890"),
        ("2026-11-22T10:00:00.123456+00:00", "2026-11-22T10:00:00.123456+00:00"),
        (
            "ERROR: duplicate key\nDETAIL:  Key (phone)=(123) already exists.",
            "ERROR: duplicate key\nDETAIL:  ***",
        ),
        (
            'bad JSON\nLINE 1: ...jsonb_to_recordset(E\'[{"client":"Иванов"\n      ^\nCONTEXT:  JSON data: Иванов',
            "bad JSON\n***\n      ^\nCONTEXT:  ***",
        ),
        (
            "refused\nCONTEXT:  PL/pgSQL function orders_guard() line 3 at RAISE",
            "refused\nCONTEXT:  PL/pgSQL function orders_guard() line 3 at RAISE",
        ),
        (
            "Field required [type=missing, input_value={'first_name': 'Иван'}, input_type=dict]",
            "Field required [type=missing, input_value=***, input_type=dict]",
        ),
    ],
)
def test_secrets_are_masked_and_nothing_else(written: str, read: str) -> None:
    assert mask(written) == read


@pytest.fixture
def log(request: pytest.FixtureRequest) -> StringIO:
    """What a handler with our format writes."""
    configuration = logging_config(as_json=True, level="INFO", process="web")
    out = StringIO()
    configuration["handlers"]["out"]["stream"] = out
    configuration["root"]["handlers"] = []
    configuration["loggers"] = {"tests.logs": {"handlers": ["out"], "propagate": False}}
    logging.config.dictConfig(configuration)
    return out


def test_private_keys_are_masked_whole(log: StringIO) -> None:
    structlog.get_logger("tests.logs").info(
        "order_came", order=7, client_name="Иванов", phones=["+79161234567"]
    )
    said = json.loads(log.getvalue())
    assert (said["event"], said["order"], said["client_name"], said["phones"]) == (
        "order_came",
        7,
        "***",
        "['***']",
    )


def test_a_traceback_does_not_tell_what_the_database_refused(log: StringIO) -> None:
    refusal = "refused\nDETAIL:  Failing row contains (1, Иванов, 89161234567)."
    try:
        raise ValueError(refusal)
    except ValueError:
        logging.getLogger("tests.logs").exception("failed for %s", TOKEN)
    text = log.getvalue()
    assert "Traceback" in text
    assert "Иванов" not in text
    assert TOKEN not in text


class Nested(Exception):
    pass


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (psycopg.OperationalError("refused:\n\tIs it running?"), "OperationalError: refused:"),
        (psycopg.errors.CannotConnectNow("starting up"), "CannotConnectNow: starting up"),
        (redis.exceptions.ConnectionError("Error 111"), "ConnectionError: Error 111"),
        (ConnectionResetError("reset"), "ConnectionResetError: reset"),
    ],
)
def test_whoever_is_away_gets_one_line(log: StringIO, away: Exception, said: str) -> None:
    try:
        raise Nested("no orders today") from away
    except Nested:
        logging.getLogger("tests.logs").exception("sweep failed")
    line = json.loads(log.getvalue())
    assert (line["event"], line["unreachable"]) == ("sweep failed", said)
    assert "exception" not in line


@pytest.mark.parametrize("refused", [psycopg.errors.LockNotAvailable("busy"), ValueError("ours")])
def test_what_a_server_refused_and_our_own_faults_keep_their_traceback(
    log: StringIO, refused: Exception
) -> None:
    logging.getLogger("tests.logs").error("sweep failed", exc_info=refused)
    line = json.loads(log.getvalue())
    assert type(refused).__name__ in line["exception"]
    assert "unreachable" not in line


def test_being_asked_for_health_is_not_news(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/health/nothing")
    client.get("/nothing")
    assert [record.message for record in caplog.records] == ["Not Found: /nothing"]
