"""What an installation begins with: made once, never taken back from those who changed it since."""

import json
import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import RequestFactory

from assignment.models import Manager, WeightTable
from assignment.selectors import standings
from assignment.services import manager_set
from core import actors, scopes
from core.actors import Door
from core.models import ApiKey, Calendar, ChatGroup, Team, User
from core.selectors import lead_on_duty
from core.services.keys import key_find, key_revoke
from orders.models import Order
from orders.statuses import Severity, Status
from panel.seeding import keys, people
from panel.seeding.installing import Installed, install
from sla.models import Matrix, Rule
from sla.policies.ladder import DEFAULT_LADDER
from sla.policies.required import REQUIRED_RULES
from sla.selectors import rung_of

NOW = datetime(2026, 3, 4, 11, 37, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run" / "seed.json"


def counts() -> dict[str, int]:
    models = (User, Team, Manager, Calendar, Matrix, Rule, WeightTable, ApiKey, ChatGroup)
    return {model.__name__: model.objects.count() for model in models}


def test_it_is_made_once(file: Path) -> None:
    first = install(file=file, demo=timedelta(days=2), now=NOW)
    made, kept = counts(), file.read_text()

    second = install(file=file, demo=timedelta(days=2), now=LATER)

    assert first.people
    assert set(first.rules) == {"calendar", "matrix", "weights"}
    assert second == Installed(people=False, rules=(), issued=(), unknown=())
    assert counts() == made
    assert file.read_text() == kept


def test_the_matrix_has_a_rule_for_every_severity_of_every_stage(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    there = set(Rule.objects.filter(matrix__published_at=NOW).values_list("kind", "stage", "severity"))
    clocks = [*REQUIRED_RULES, ("client_decision", "awaiting_payment")]
    assert there == {(kind, stage, severity) for kind, stage in clocks for severity in Severity.values}
    assert all(rule.warn_at == [50, 75, 90] for rule in Rule.objects.all())


def test_the_ladder_and_the_thresholds_stand_in_the_matrix_as_rows(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    matrix = Matrix.objects.get()
    assert tuple(rung_of(row) for row in matrix.rungs.order_by("pk")) == DEFAULT_LADDER
    assert set(matrix.stuck_rules.filter(level=2).values_list("after_seconds", flat=True)) == {72 * 3600}
    assert (f"{matrix.quiet_from:%H:%M}", f"{matrix.quiet_until:%H:%M}") == ("22:00", "08:00")


def test_at_any_hour_one_lead_is_on_duty(file: Path) -> None:
    install(file=file, demo=timedelta(days=2), now=NOW)

    on_duty = [lead_on_duty(NOW + timedelta(hours=hours)) for hours in range(-48, 14 * 24)]
    leads = User.objects.filter(groups__name="lead").values_list("pk", flat=True)
    assert set(on_duty) == set(leads)
    # Nobody goes on for two turns of twelve hours.
    changes = [hour for hour in range(1, len(on_duty)) if on_duty[hour] != on_duty[hour - 1]]
    assert {after - before for before, after in pairwise(changes)} == {12}


def test_more_urgent_orders_have_shorter_targets_and_weigh_more(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    for kind, stage in REQUIRED_RULES:
        targets = dict(Rule.objects.filter(kind=kind, stage=stage).values_list("severity", "target_seconds"))
        assert targets["critical"] < targets["high"] < targets["normal"]
    weights = WeightTable.objects.get()
    assert {stage: Decimal(weight) for stage, weight in weights.stages.items()} == {
        Status.PENDING_MANAGER: 1,
        Status.UNDER_INSPECTION: 1,
        Status.AWAITING_PAYMENT: Decimal("0.2"),
        Status.READY_FOR_SHIPMENT: Decimal("0.5"),
        Status.IN_TRANSIT: Decimal("0.1"),
        Status.DELIVERED: 0,
        Status.CANCELLED: 0,
        Status.REJECTED: 0,
    }


def test_the_secrets_are_in_a_file_of_their_owner_only(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    assert set(kept) == {"keys", "logins"}
    assert set(kept["keys"]) == {
        *("intake", "ai_ceo", "ai_rom", "ai_cfo", "ai_quality", "ai_sre", "ai_grc"),
        *("lead", "manager", "finance"),
    }
    assert set(kept["logins"]) == {"admin", "lead", "manager", "finance", "observer"}


def test_the_logins_open_the_panel_each_in_its_role(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    for role, (username, password) in json.loads(file.read_text())["logins"].items():
        user = authenticate(RequestFactory().get("/"), username=username, password=password)
        assert user is not None
        assert user.is_staff
        assert user.is_superuser == (role == "admin")
        assert role == "admin" or [group.name for group in user.groups.all()] == [role]
        assert len(password) >= 20


def test_nobody_else_can_log_in_before_the_admin_lets_them(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    usable = {user.username for user in User.objects.all() if user.has_usable_password()}
    assert usable == set(people.LOGINS.values())


def test_the_keys_open_what_they_are_for(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    kept = json.loads(file.read_text())["keys"]
    for name, plain in kept.items():
        key = key_find(plain)
        assert key is not None
        assert (key.source, key.user_id is None) == ((name, True) if name in keys.AGENTS else ("", False))
    intake, lead = key_find(kept["intake"]), key_find(kept["lead"])
    assert intake is not None
    assert scopes.ORDERS_WRITE in intake.scopes
    assert lead is not None
    assert lead.user is not None
    assert lead.user.username == people.LOGINS["lead"]
    assert set(lead.scopes) == set(scopes.PERSONAL)


def test_passwords_are_new_for_each_installation(tmp_path: Path) -> None:
    install(file=tmp_path / "one.json", demo=None, now=NOW)
    one = json.loads((tmp_path / "one.json").read_text())
    User.objects.all()

    assert len({password for _name, password in one["logins"].values()}) == 5
    assert len(set(one["keys"].values())) == 10


def test_a_new_database_beside_an_old_file_keeps_the_passwords_and_replaces_the_keys(file: Path) -> None:
    old = {
        "keys": {"intake": "rop_aaaaaaaaaa_" + "x" * 43},
        "logins": {"admin": ["admin", "an old password 123"]},
    }
    file.parent.mkdir()
    file.write_text(json.dumps(old))

    install(file=file, demo=None, now=NOW)

    kept = json.loads(file.read_text())
    assert kept["logins"]["admin"] == ["admin", "an old password 123"]
    assert kept["keys"]["intake"] != old["keys"]["intake"]
    assert authenticate(RequestFactory().get("/"), username="admin", password="an old password 123")


def test_a_lost_file_gets_new_keys_but_no_password_is_changed(file: Path) -> None:
    install(file=file, demo=None, now=NOW)
    username, password = json.loads(file.read_text())["logins"]["admin"]
    file.unlink()

    again = install(file=file, demo=None, now=LATER)

    assert set(again.issued) == {*keys.AGENTS, *keys.PERSONAL}
    assert set(again.unknown) == {"admin", "lead", "manager", "finance", "observer"}
    assert authenticate(RequestFactory().get("/"), username=username, password=password)
    assert json.loads(file.read_text())["logins"] == {}


def test_a_key_that_was_revoked_stays_revoked(file: Path) -> None:
    install(file=file, demo=None, now=NOW)
    key = key_find(json.loads(file.read_text())["keys"]["ai_cfo"])
    assert key is not None
    key_revoke(key_id=key.pk, now=NOW)

    again = install(file=file, demo=None, now=LATER)

    assert again.issued == ()
    assert ApiKey.objects.filter(name="ai_cfo").count() == 1


def test_a_key_that_is_for_less_than_its_kind_is_by_now_gets_a_successor_and_lives_on(file: Path) -> None:
    install(file=file, demo=None, now=NOW)
    old = json.loads(file.read_text())["keys"]
    ApiKey.objects.filter(name__in=["lead", "ai_grc"]).update(scopes=[scopes.ORDERS_READ])

    again = install(file=file, demo=None, now=LATER)

    new = json.loads(file.read_text())["keys"]
    assert again.issued == ("ai_grc", "lead")
    assert {name for name in new if new[name] != old[name]} == {"lead", "ai_grc"}
    lead, before = key_find(new["lead"]), key_find(old["lead"])
    assert lead is not None
    assert before is not None
    assert set(lead.scopes) == set(scopes.PERSONAL)
    assert before.revoked_at is None
    assert install(file=file, demo=None, now=LATER).issued == ()


def test_what_a_lead_changed_stays_changed(file: Path) -> None:
    install(file=file, demo=None, now=NOW)
    lead = actors.person(User.objects.get(username=people.LOGINS["lead"]), door=Door.ADMIN)
    manager = Manager.objects.order_by("pk").first()
    assert manager is not None
    manager_set(manager_id=manager.pk, capacity=Decimal(7), actor=lead, now=NOW)
    Team.objects.filter(name="Юг").update(name="Юг и море")

    install(file=file, demo=None, now=LATER)

    manager.refresh_from_db()
    assert manager.capacity == 7
    assert set(Team.objects.values_list("name", flat=True)) == {"Север", "Центр", "Юг и море"}


def test_a_company_that_has_its_own_people_gets_none_of_ours(file: Path) -> None:
    User.objects.create_superuser("boss", password="correct horse battery")

    made = install(file=file, demo=timedelta(days=2), now=NOW)

    assert not made.people
    assert User.objects.count() == 1
    assert not Manager.objects.exists()
    assert set(made.rules) == {"calendar", "matrix", "weights"}
    assert set(made.issued) == set(keys.AGENTS)


def test_without_telegram_managers_are_given_orders_all_the_same(file: Path) -> None:
    install(file=file, demo=None, now=NOW)

    reasons = {standing.excluded_because for standing in standings(now=NOW)}
    assert reasons == {None, "off_shift"}


def test_the_command_without_demo_leaves_no_orders(file: Path) -> None:
    call_command("seed", write=str(file), verbosity=0)

    assert not Order.objects.exists()
    assert Manager.objects.count() == 12
    assert Matrix.objects.filter(published_at__isnull=False).count() == 1
    assert file.exists()
