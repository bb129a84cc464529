"""Who may call: keys are told once, kept as hashes, scoped, rotated, revoked and throttled."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import translation

from core import actors
from core.actors import Door
from core.models import ApiKey, Entry
from core.roles import FINANCE, OBSERVER
from core.services.keys import KeyRefused, key_issue, key_revoke
from tests.api.client import NEW_ORDER, Caller, agent, person, problem
from tests.stories.company import MINUTE, Company, moment


def test_a_key_is_told_once_and_only_its_hash_is_kept(company: Company) -> None:
    key, plain = key_issue(name="intake", source="intake", scopes=["orders:read"], now=company.now)

    found = re.fullmatch(r"rop_([a-z0-9]{8,12})_([A-Za-z0-9_-]{43})", plain)
    assert found is not None
    row = ApiKey.objects.get()
    assert (row.prefix, row.secret_hash) == (found[1], hashlib.sha256(found[2].encode()).hexdigest())
    assert found[2] not in str(row.__dict__)
    entry = Entry.objects.get(kind="command.key_issue")
    assert (entry.output, found[2] in str(entry.__dict__)) == (
        {"key": key.pk, "scopes": ["orders:read"]},
        False,
    )


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "not_authenticated"),
        ("", "not_authenticated"),
        ("Bearer", "invalid_key"),
        ("Bearer ", "invalid_key"),
        ("Basic dXNlcjpwYXNz", "invalid_key"),
        ("Bearer rop_abcdefghij_" + "x" * 43, "invalid_key"),
        ("Bearer " + "x" * 5000, "invalid_key"),
        ("Bearer rop_\u0661bcdefghij_" + "x" * 43, "invalid_key"),
    ],
)
def test_without_a_known_key_nothing_is_answered(company: Company, header: str | None, code: str) -> None:
    caller = Caller(company, headers={} if header is None else {"Authorization": header})

    response = caller.get("orders/")

    assert problem(response)[:2] == (401, code)
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_the_secret_has_to_be_right_to_the_last_letter(company: Company) -> None:
    caller = agent(company)
    last = "A" if caller.key[-1] != "A" else "B"

    assert caller.get("orders/").status_code == 200
    assert problem(Caller(company, caller.key[:-1] + last).get("orders/"))[:2] == (401, "invalid_key")
    assert problem(Caller(company, caller.key + "A").get("orders/"))[:2] == (401, "invalid_key")


def test_a_revoked_or_expired_key_opens_nothing(company: Company) -> None:
    key, plain = key_issue(
        name="a", source="a", scopes=["orders:read"], now=company.now, expires_at=company.now + MINUTE
    )
    other, revoked = key_issue(name="b", source="b", scopes=["orders:read"], now=company.now)
    assert Caller(company, plain).get("orders/").status_code == 200

    key_revoke(key_id=other.pk, now=company.now)
    company.now += MINUTE

    assert problem(Caller(company, plain).get("orders/"))[:2] == (401, "expired_key")
    assert problem(Caller(company, revoked).get("orders/"))[:2] == (401, "revoked_key")
    assert key_revoke(key_id=other.pk, now=company.now + MINUTE).revoked_at == company.now - MINUTE
    assert key.pk != other.pk


def test_two_keys_of_a_name_live_at_once_and_a_third_waits(company: Company) -> None:
    def issue(**more: Any) -> tuple[ApiKey, str]:
        return key_issue(name="intake", source="intake", scopes=["orders:read"], now=company.now, **more)

    (old, old_plain), (_new, new_plain) = issue(), issue(expires_at=company.now + MINUTE)
    assert [Caller(company, plain).get("orders/").status_code for plain in (old_plain, new_plain)] == [
        200,
        200,
    ]

    with pytest.raises(KeyRefused) as refused:
        issue()
    assert refused.value.code == "two_live"

    key_revoke(key_id=old.pk, now=company.now)
    issue()
    company.now += MINUTE
    issue()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scopes": ["orders:read", "orders:delete"]}, "unknown_scope"),
        ({"source": ""}, "whose"),
        ({"expires_at": moment("12:00")}, "expired"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_issued(company: Company, change: dict[str, Any], code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        key_issue(**{"name": "a", "source": "a", "scopes": [], "now": company.now, **change})

    assert refused.value.code == code
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("scope", ["money:read", "money:write", "approvals:write"])
def test_what_is_for_people_only_is_no_agents_key(company: Company, scope: str) -> None:
    with pytest.raises(KeyRefused, match=scope) as refused:
        agent(company, "ai_cfo", "orders:read", scope)
    assert refused.value.code == "personal_only"
    assert not ApiKey.objects.exists()

    # Even a row that was written some other way opens nothing.
    order = company.order()
    cfo, token = agent(company, "ai_cfo"), person(company, company.lead, "orders:read", scope)
    ApiKey.objects.filter(name="ai_cfo").update(scopes=["orders:read", scope])
    path = f"orders/{order.ref}/{'approvals' if scope == 'approvals:write' else 'payments'}/"
    method = "get" if scope == "money:read" else "post"
    assert problem(getattr(cfo, method)(path))[:2] == (403, "no_scope")
    assert getattr(token, method)(path).status_code in (200, 400)


def test_a_name_stays_with_whom_it_belongs_to(company: Company) -> None:
    key_issue(name="lead", user=company.lead, scopes=[], now=company.now)

    with pytest.raises(KeyRefused, match=r".") as refused:
        key_issue(name="lead", source="intake", scopes=[], now=company.now)

    assert refused.value.code == "taken"


def test_its_last_use_is_written_once_a_minute(company: Company) -> None:
    caller = agent(company)
    for passed in (0, 59, 60):
        company.now = moment("12:00") + timedelta(seconds=passed)
        caller.get("orders/")
        expected = moment("12:00") + timedelta(seconds=60 if passed == 60 else 0)
        assert ApiKey.objects.get(name="intake").last_used_at == expected


# ── scopes and people ──


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "orders/", "orders:read"),
        ("get", "orders/R-1/", "orders:read"),
        ("get", "orders/R-1/timeline/", "orders:read"),
        ("get", "orders/R-1/explain/", "explain:read"),
        ("post", "orders/", "orders:write"),
        ("post", "orders/batch/", "orders:write"),
        ("post", "orders/R-1/routes/accept/", "orders:act"),
        ("post", "orders/R-1/assign/", "orders:act"),
        ("post", "orders/R-1/notes/", "orders:act"),
        ("post", "orders/R-1/severity/", "orders:act"),
        ("post", "orders/R-1/tasks/", "orders:act"),
        ("post", "tasks/1/done/", "orders:act"),
    ],
)
def test_each_door_needs_its_scope(company: Company, method: str, path: str, scope: str) -> None:
    others = [one for one in ("orders:read", "orders:write", "orders:act", "explain:read") if one != scope]
    without = agent(company, "without", *others)
    with_it = agent(company, "with-it", scope)

    response = getattr(without, method)(path)

    assert problem(response)[:2] == (403, "no_scope")
    assert scope in response.json()["detail"]
    assert getattr(with_it, method)(path).status_code in (200, 400, 404)


def test_a_person_with_the_scope_still_needs_the_permission(company: Company) -> None:
    anna = company.manager("Anna")
    watcher, finance = company.person("Willi", OBSERVER), company.person("Fedor", FINANCE)
    order = company.order()

    assert problem(person(company, anna.user).post("orders/", NEW_ORDER))[:2] == (403, "no_permission")
    assert (
        person(company, company.lead).post("orders/", {**NEW_ORDER, "external_id": "B-1"}).status_code == 201
    )
    for user in (watcher, finance):
        caller = person(company, user)
        assert caller.get(f"orders/{order.ref}/").status_code == 200
        refused = caller.post(f"orders/{order.ref}/routes/accept/", {"version": order.version})
        assert problem(refused)[:2] == (403, "not_yours")


def test_a_token_ends_with_its_person(company: Company) -> None:
    anna = company.manager("Anna").user
    token = person(company, anna)
    assert token.get("orders/").status_code == 200

    anna.is_active = False
    anna.save()

    assert problem(token.get("orders/"))[:2] == (401, "revoked_key")


def test_no_agent_moves_or_assigns_whatever_its_scopes(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    ceo = agent(company, "ai_ceo", "orders:read", "orders:act")

    for path, body in (
        ("routes/accept/", {"version": order.version}),
        ("assign/", {"version": order.version, "manager": anna.user_id}),
        ("severity/", {"severity": "high"}),
        ("tasks/", {"title": "Call", "owner": anna.user_id, "due_at": "2026-03-02T18:00:00Z"}),
    ):
        assert problem(ceo.post(f"orders/{order.ref}/{path}", body))[:2] == (403, "not_yours"), path
    assert ceo.post(f"orders/{order.ref}/notes/", {"text": "A priority of the day"}).status_code == 201


def test_actions_are_journalled_with_who_and_through_which_door(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    person(company, anna.user).post(f"orders/{order.ref}/routes/accept/", {"version": order.version})

    entry = Entry.objects.get(kind="command.route")
    assert (entry.actor_kind, entry.actor_id, entry.door) == ("person", anna.user_id, Door.API)
    assert actors.person(anna.user, door=Door.API).user_id == anna.user_id


# ── how often ──


def test_a_key_that_calls_too_often_is_told_when_to_come_again(company: Company) -> None:
    caller, other = agent(company), agent(company, "other", "orders:read")
    with override_settings(API_RATES={"key": 5, "intake": 2}):
        answers = [caller.get("orders/").status_code for _turn in range(6)]
        response = caller.get("orders/")
        writes = [
            caller.post("orders/", {**NEW_ORDER, "external_id": f"A-{n}"}).status_code for n in range(3)
        ]
        others = other.get("orders/").status_code

    assert answers == [200] * 5 + [429]
    assert problem(response)[:2] == (429, "throttled")
    assert 1 <= int(response["Retry-After"]) <= 12
    # What brings orders has a rate of its own, and so has every key.
    assert writes == [201, 201, 429]
    assert others == 200


def test_an_address_that_guesses_is_told_to_wait_and_good_keys_from_there_are_not(company: Company) -> None:
    good = agent(company)
    guesses = [Caller(company, f"rop_abcdefghij_{'x' * 42}{letter}") for letter in "abcd"]
    with override_settings(API_RATES={**settings.API_RATES, "failed": 3}):
        answers = [problem(guess.get("orders/"))[:2] for guess in guesses]
        waits = guesses[0].get("orders/")["Retry-After"]
        elsewhere = Client(REMOTE_ADDR="10.0.0.7").get(
            "/api/v1/orders/", headers={"Authorization": "Bearer x"}
        )
        let_through = good.get("orders/").status_code

    assert answers == [(401, "invalid_key")] * 3 + [(429, "throttled")]
    assert 1 <= int(waits) <= 20
    assert elsewhere.status_code == 401
    assert let_through == 200


# ── in whose language ──


def test_problems_are_told_in_the_readers_language(company: Company) -> None:
    anna = company.manager("Anna").user
    anna.language = "en"
    anna.save()
    english, russian = person(company, anna), person(company, company.lead)

    def title(caller: Caller, **headers: str) -> str:
        answer: str = caller.get("orders/R-99/", **headers).json()["detail"]
        return answer

    with translation.override("en"):
        expected = translation.gettext("There is nothing here, or nothing that you may see.")
    assert title(english) == expected
    assert title(russian, Accept_Language="en") == expected
    with translation.override("ru"):
        assert title(russian) == translation.gettext("There is nothing here, or nothing that you may see.")
