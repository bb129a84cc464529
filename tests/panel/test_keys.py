"""Keys in the panel: told once, succeeded, revoked."""

import re

from core.models import ApiKey, Entry
from core.services.keys import key_find, key_issue
from tests.panel.visitor import Visitor, manager_visitor, superuser, text
from tests.stories.company import Company

GIVEN = {
    "name": "intake",
    "source": "intake",
    "user": "",
    "scopes": ["orders:write", "orders:read"],
    "expires_at": "",
}


def test_a_key_is_told_once(company: Company) -> None:
    admin = superuser(company)

    page = admin.post("core_apikey_add", data=GIVEN)

    found = re.search(r'id="issued-key">([^<]+)<', page.content.decode())
    assert found
    key = key_find(found[1])
    assert key is not None
    assert (key.name, key.scopes) == ("intake", ["orders:read", "orders:write"])
    assert Entry.objects.get(kind="command.key_issue").actor_id == admin.user.pk
    for later in (admin.get("core_apikey_changelist"), admin.get("core_apikey_change", key.pk)):
        assert found[1] not in later.content.decode()
        assert key.secret_hash not in later.content.decode()


def test_a_key_is_somebodys_and_one_persons_only(company: Company) -> None:
    admin = superuser(company)

    for wrong in (
        {"source": "", "user": ""},
        {"source": "intake", "user": company.lead.pk},
        {"scopes": ["all"]},
    ):
        page = admin.post("core_apikey_add", data={**GIVEN, **wrong})
        assert page.context["form"].errors
    assert not ApiKey.objects.exists()


def test_a_successor_takes_over_name_and_scopes(company: Company) -> None:
    admin = superuser(company)
    key, _plain = key_issue(name="intake", source="intake", scopes=["orders:write"], now=company.now)

    page = admin.get("core_apikey_add", query={"like": key.pk})

    assert page.context["form"].initial == {
        "name": "intake",
        "source": "intake",
        "user": None,
        "scopes": ["orders:write"],
    }
    admin.post("core_apikey_add", data={**GIVEN, "scopes": ["orders:write"]})
    assert ApiKey.objects.filter(name="intake", revoked_at__isnull=True).count() == 2
    third = admin.post("core_apikey_add", data={**GIVEN, "scopes": ["orders:write"]})
    assert third.context["form"].errors


def test_a_revoked_key_opens_nothing(company: Company) -> None:
    admin = superuser(company)
    key, _plain = key_issue(name="intake", source="intake", scopes=["orders:write"], now=company.now)

    admin.post("key_revoke", key.pk)

    key.refresh_from_db()
    assert key.revoked_at == company.now


def test_a_lead_sees_keys_and_changes_none(company: Company, lead: Visitor) -> None:
    key, _plain = key_issue(name="intake", source="intake", scopes=["orders:write"], now=company.now)

    assert "intake" in text(lead.get("core_apikey_changelist"))
    assert lead.post("core_apikey_add", data=GIVEN).status_code == 403
    assert lead.post("key_revoke", key.pk).status_code == 403
    assert manager_visitor(company, company.manager("Anna")).get("core_apikey_changelist").status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None
