"""The image and its composition name what the code has, and give nobody more than they need."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.role import RUNNING, command

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]

HOST = re.compile(r"\b[\w-]+\.(?:io|com|org|net|dev)/")


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)


def in_the_image() -> set[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def test_the_image_has_every_package_and_nothing_else_but_what_runs_it() -> None:
    packages = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["packages"])
    assert in_the_image() == packages - {"bench"} | {"locale", "manage.py", "requirements.txt"}
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_the_image_installs_the_lock_and_no_embedded_parts() -> None:
    assert [line for line in DOCKERFILE.splitlines() if "pip install" in line] == [
        "RUN pip install --require-hashes -r /tmp/requirements.txt"
    ]


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    assert instructions("USER") == ["10001:10001"]


def test_bases_have_a_tag_and_name_no_registry() -> None:
    images = [*instructions("ARG PYTHON_IMAGE")] or [instructions("ARG")[0].partition("=")[2]]
    images += [service["image"] for name, service in SERVICES.items() if name not in OURS]
    for image in images:
        assert re.fullmatch(r"[a-z]+(/[a-z]+)?:\d[\w.-]+", image), image
        assert not HOST.search(image), image


def test_the_entry_point_is_the_table_of_roles() -> None:
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["python", "-m", "config.role"]
    assert json.loads(instructions("CMD")[-1]) == ["web"]
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert "config.probe" in instructions("HEALTHCHECK")[0]


def test_every_role_has_its_service() -> None:
    running = {name: service["command"] for name, service in SERVICES.items() if name in RUNNING}
    assert running == {name: [name] for name in RUNNING}
    assert set(OURS) == {*RUNNING, "migrate", "manage"}
    assert command(SERVICES["migrate"]["command"], {})[0] == "manage"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_write_nowhere_and_gain_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in service
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_comes_back_and_says_how_it_is(name: str) -> None:
    service = SERVICES[name]
    if name in ("migrate", "manage"):
        assert service["restart"] == "no"
        assert service["healthcheck"] == {"disable": True}
        return
    assert service["restart"] == "unless-stopped"
    if name in OURS and name != "web":  # whose check is the image's own
        assert service["healthcheck"]["test"] == ["CMD", "python", "-m", "config.probe", name]
    elif name not in OURS:
        assert service["healthcheck"]["test"]


def test_only_the_web_server_has_a_port_and_it_is_on_the_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["${WEB_ADDRESS:-127.0.0.1:8000}:8000"]}


def test_only_who_must_reach_the_world_can() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {"web", "bot"}


def test_passwords_are_given_to_those_who_need_them_only() -> None:
    def knows(secret: str) -> set[str]:
        return {name for name, service in SERVICES.items() if secret in json.dumps(service["environment"])}

    assert knows("ROP_OWNER_PASSWORD") == {"postgres", "migrate"}
    assert knows("POSTGRES_PASSWORD") == {"postgres"}
    assert knows("TELEGRAM_BOT_TOKEN") == {"bot"}
    assert knows("EMAIL_URL") == {"bot"}


def test_workers_can_be_scaled() -> None:
    """No fixed name, no port: any number of them can run."""
    assert not {"container_name", "ports", "hostname"} & SERVICES["worker"].keys()


def new_env() -> dict[str, str]:
    made = subprocess.run(
        [sys.executable, ROOT / "deploy" / "new-env"], capture_output=True, text=True, check=True
    )
    return dict(line.split("=", 1) for line in made.stdout.splitlines() if line and not line.startswith("#"))


def test_a_new_env_has_all_that_the_composition_asks_for_and_two_are_never_alike() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    first, second = new_env(), new_env()
    assert {name for name in asked if first.get(name)} == asked
    secrets = {name for name in first if name.endswith(("_KEY", "_PASSWORD"))}
    assert len({first[name] for name in secrets} | {second[name] for name in secrets}) == 2 * len(secrets)


def test_a_new_env_is_read_by_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    with file.open("w") as out:
        subprocess.run([sys.executable, ROOT / "deploy" / "new-env"], stdout=out, check=True)
    assert file.stat().st_mode & 0o777 == 0o600


def substituted(value: Any, given: dict[str, str]) -> str:
    """As Compose does: `${NAME:-default}`, `${NAME:?message}`."""
    return re.sub(
        r"\$\{(\w+)(?::-(.*?)|:\?.*?)?\}", lambda found: given.get(found[1]) or found[2] or "", str(value)
    )


@pytest.mark.parametrize("name", [*RUNNING, "migrate"])
def test_a_service_starts_with_safe_settings_from_a_new_env(name: str) -> None:
    """The composition's own environment, read by the settings as that process reads it."""
    given = new_env()
    environment = {key: substituted(value, given) for key, value in SERVICES[name]["environment"].items()}
    image = dict(re.findall(r"([A-Z_]+)=(\S+)", instructions("ENV")[-1]))
    show = (
        "from django.conf import settings as s; import json; "
        "print(json.dumps([s.DEBUG, s.HTTPS, s.ADMIN_OTP, s.CSRF_TRUSTED_ORIGINS, s.EMAIL_BACKEND, "
        "s.DATABASES['default']['USER'], s.DATABASES['owner']['USER']]))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ROP_PROCESS": "manage" if name == "migrate" else name,
            "ROP_ENV_FILE": "",
            "MAIL_DIR": image["MAIL_DIR"],
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(asked.stdout) == [
        False,
        True,
        True,
        ["https://localhost"],
        "django.core.mail.backends.filebased.EmailBackend",
        "rop_app",
        "rop_owner" if name == "migrate" else "rop_app",
    ]
