"""The README and the pages behind it name what exists: tests, files, commands, settings."""

import ast
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.management import call_command, get_commands

from config.role import RUNNING
from config.translations import read_catalogue
from orders.models import Order
from tests.docs.pages import LINK, PAGES, ROOT, missing_places, missing_tests, named_tests, table, text_of

README = text_of("README.md")
OPERATIONS = text_of("docs/operations.md")
MAKEFILE = text_of("Makefile")
EXAMPLE = ROOT / "docs" / "example-orders.csv"

BY_MAKE_UP = {"PORT", "DEMO", "DEMO_DAYS", "DEMO_ORDERS_PER_DAY", "POSTGRES_BIN", "VENV"}
"""Settings of `make up` alone: the roles know nothing of them."""

NOT_OURS = {"Старт"}
"""A word of Telegram."""

NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]


@pytest.mark.parametrize("name", NAMES)
def test_every_test_that_a_page_names_exists(name: str) -> None:
    assert missing_tests(text_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_a_page_names_exists(name: str) -> None:
    assert missing_places(text_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    targets = [target for target in LINK.findall(text_of(name)) if "://" not in target]
    assert [target for target in targets if not ((ROOT / name).parent / target).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_a_page_exists(name: str) -> None:
    text = text_of(name)
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {name for name in re.findall(r"\bmake ([a-z-]+)", _code(text)) if name not in targets} == set()
    ours = re.findall(r"\bmanage(?:\.py)? ([a-z_]+)|\bARGS='?([a-z_]+)", _code(text))
    named = {first or second for first, second in ours} - {"tests"}
    assert named - get_commands().keys() == set()


@pytest.mark.parametrize("guarantee", [f"G{number}" for number in range(1, 8)])
def test_every_guarantee_has_its_tests(guarantee: str) -> None:
    (promise,) = re.findall(rf"^- \*\*{guarantee} .+?(?=^- |\n\n)", README, re.MULTILINE | re.DOTALL)
    assert named_tests(promise)


def test_the_first_screen_names_what_make_up_prints() -> None:
    first = README.partition("### The first five minutes")[0]
    assert "make up" in first
    assert all(
        word in first
        for word in ("panel", "api", "Telegram (sandbox)", "lead", "manager", ".run/addresses.json")
    )


def test_the_buttons_of_the_russian_page_are_called_so_in_the_panel() -> None:
    catalogue = {text.lower() for entry in read_catalogue("ru") for text in (entry.msgstr, entry.msgid)}
    named = set(re.findall(r"«([^»]+)»", text_of("docs/quickstart.ru.md")))
    assert {name for name in named if name.lower() not in catalogue} == NOT_OURS


@pytest.mark.django_db
def test_the_example_can_be_imported_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with EXAMPLE.open(encoding="utf-8") as file:
        rows = len(list(csv.DictReader(file)))
    call_command("import_orders", str(EXAMPLE), "--language", "en", verbosity=0)
    assert Order.objects.count() == rows > 0


def test_the_settings_of_the_table_are_those_that_the_code_asks_for() -> None:
    assert {name for name, _default in asked()} == settings_table().keys()


def test_numbers_of_the_table_are_those_of_the_code() -> None:
    numbers = {name: default for name, default in asked() if re.fullmatch(r"[\d.]+", default)}
    assert numbers
    assert {name: settings_table()[name] for name in numbers} == numbers


def test_the_readme_names_no_setting_that_is_not_there() -> None:
    rows = README.split("| variable | meaning |", 1)[1].split("\n\n", 1)[0]
    named = set(re.findall(r"`([A-Z_]+)", "\n".join(line.split("|")[1] for line in rows.splitlines()[2:])))
    assert named - settings_table().keys() == BY_MAKE_UP


def test_the_roles_of_the_table_are_those_of_the_image() -> None:
    assert [row[0].strip("`") for row in table(OPERATIONS, "roles")] == [*RUNNING, "migrate", "manage"]


@pytest.mark.parametrize(
    "url", sorted(set(re.findall(r"`((?:smtps?|submission)\S*?://[^`]+)`", OPERATIONS + README)))
)
def test_a_mail_server_of_the_pages_is_spoken_to_in_secret(url: str) -> None:
    show = (
        "from django.conf import settings as s; import json; "
        "print(json.dumps([s.EMAIL_BACKEND, s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_SSL, s.EMAIL_USE_TLS]))"
    )
    asked = subprocess.run(
        [sys.executable, "-W", "error::UserWarning:dj_email_url", "-c", show],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "EMAIL_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    backend, host, port, at_once, later = json.loads(asked.stdout)
    assert (backend, host) == ("django.core.mail.backends.smtp.EmailBackend", "host")
    assert {465: (True, False), 587: (False, True)}[port] == (at_once, later)


def asked() -> Iterator[tuple[str, str]]:
    """What the code asks the environment for, and the default where it stands there as a number or text."""
    for file in ("config/settings.py", "config/gunicorn.py", "config/role.py"):
        for node in ast.walk(ast.parse(text_of(file))):
            if isinstance(node, ast.Call) and _asks(node.func):
                name, *default = [getattr(argument, "value", "") for argument in node.args]
                yield str(name), str(default[0]) if default else ""


def _asks(function: ast.expr) -> bool:
    """`env.int(…)`, `os.environ.get(…)`, `environment.get(…)`."""
    if not isinstance(function, ast.Attribute):
        return False
    of = getattr(function.value, "attr", None) or getattr(function.value, "id", None)
    if of == "env":
        return function.attr != "read_env"
    return of in ("environ", "environment") and function.attr == "get"


def settings_table() -> dict[str, str]:
    return {row[0].strip("`"): row[1].strip("`") for row in table(OPERATIONS, "settings")}


def _code(text: str) -> str:
    """Blocks and spans of code: prose may say "make sure"."""
    blocks = [line for line in text.splitlines() if line.startswith("    ")]
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])
