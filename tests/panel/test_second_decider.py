"""A set-up with a single decider: the check says so, whoever may name another is led to it, and nothing is approved."""

from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import Entry, User
from core.roles import DECIDER
from panel.deciders import is_demanded
from panel.deciders import warning as set_up_warning
from tests.panel.visitor import (
    Visitor,
    finance,
    manager_visitor,
    observer,
    said,
    superuser,
    text,
    with_a_single_decider,
)
from tests.rop.reading import explained, most_read
from tests.stories.company import Company

PAGE = "/admin/second-decider/"
OLGA_ALONE = (
    "Only one person decides about money and risk, Olga: name a second one, for nobody may approve their own "
    "request."
)


@pytest.fixture(autouse=True)
def _olga_decides_alone(company: Company) -> None:
    """Anna sells."""
    with_a_single_decider()
    company.manager("Anna")
    User.objects.update(language="en")


@pytest.fixture
def boss(company: Company) -> Visitor:
    visitor = superuser(company)
    User.objects.update(language="en")
    return visitor


def name_dora(company: Company) -> User:
    dora = company.person("Dora", DECIDER)
    User.objects.update(language="en")
    return dora


def check() -> None:
    with translation.override("en"):
        call_command("check", "--deploy", databases=["default"], tags=["deciders"], stderr=StringIO())


def sections(visitor: Visitor) -> list[str]:
    return [section.kind.code for section in visitor.get("inbox").context["sections"]]


# ── the check ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_check_says_who_decides_alone_and_ends_with_an_error() -> None:
    with pytest.raises(SystemCheckError) as refused:
        check()

    assert "(panel.E001)" in str(refused.value)
    assert OLGA_ALONE in str(refused.value)


def test_the_check_is_silent_with_two(company: Company) -> None:
    name_dora(company)

    check()


def test_a_superuser_is_not_counted_until_a_role_says_so(company: Company, boss: Visitor) -> None:
    with pytest.raises(SystemCheckError, match="Olga"):
        check()

    boss.post("second_decider_name", boss.user.pk)

    check()


def test_people_of_whom_nobody_decides_are_an_error_too(company: Company) -> None:
    User.objects.filter(pk=company.lead.pk).update(is_active=False)

    with pytest.raises(SystemCheckError, match="Nobody is named to decide about money and risk"):
        check()


def test_the_check_is_silent_before_there_are_people() -> None:
    User.objects.update(is_active=False)

    check()


def test_only_a_check_of_the_deployed_database_asks() -> None:
    call_command("check", databases=["default"])
    call_command("check", "--deploy", tags=["deciders"])
    with pytest.raises(SystemCheckError, match=r"panel\.E001"):
        call_command("check", "--deploy", databases=["default"], stderr=StringIO())


def test_the_first_fill_says_it_too(company: Company) -> None:
    with translation.override("en"):
        assert set_up_warning().startswith(OLGA_ALONE)
    name_dora(company)
    assert set_up_warning() == ""


# ── whoever may name somebody ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["index", "inbox", "orders_order_changelist", "week"])
def test_whoever_may_name_somebody_is_led_to_the_page_from_any_other(boss: Visitor, name: str) -> None:
    answer = boss.get(name)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{PAGE}?next=%2Fadmin%2F")


def test_the_page_says_why_and_lists_who_is_there_with_their_roles(company: Company, boss: Visitor) -> None:
    finance(company)
    User.objects.update(language="en")

    page = boss.get("second_decider")

    people = [(person.name, person.roles, person.decides) for person in page.context["people"]]
    # Those without a last name stand by their first; Anna sells and comes last; Zoya is not there any more.
    assert people == [
        ("Marina", "finance", False),
        ("Olga", "operations lead", True),
        ("Root", "superuser", False),
        ("Anna", "manager", False),
    ]
    assert OLGA_ALONE in text(page)
    assert "Nobody approves their own request, so one who decides is not enough." in text(page)
    assert "/admin/core/user/add/" in page.content.decode()


def test_named_with_a_press_it_is_gone_everywhere(company: Company, lead: Visitor, boss: Visitor) -> None:
    marina = finance(company).user
    User.objects.update(language="en")
    assert (sections(lead), lead.get("inbox").context["pulse"].inbox) == (["deciders"], 1)

    page = boss.post("second_decider_name", marina.pk, data={"next": "/admin/inbox/"})

    assert page.redirect_chain == [("/admin/inbox/", 302)]
    assert said(page) == ["Named to decide about money and risk: Marina."]
    assert sorted(marina.groups.values_list("name", flat=True)) == [DECIDER, "finance"]
    entry = Entry.objects.get(kind="command.person_set_roles")
    assert entry.inputs == {"person": marina.pk, "roles": [DECIDER, "finance"], "before": ["finance"]}
    assert (entry.actor_id, entry.door) == (boss.user.pk, "admin")
    assert boss.get("index").status_code == 200
    assert boss.get("second_decider")["Location"] == "/admin/"
    assert (sections(lead), lead.get("inbox").context["pulse"].inbox) == ([], 0)
    assert "decides about money and risk" not in text(lead.get("index"))
    check()


def test_the_journal_says_who_named_them_also_of_somebody_without_a_name(boss: Visitor) -> None:
    User.objects.filter(pk=boss.user.pk).update(first_name="")
    boss.post("second_decider_name", User.objects.get(username="anna").pk)

    assert "roles changed — root admin" in text(boss.get("core_entry_changelist"))


def test_not_now_lets_work_go_on_and_row_and_banner_stay(boss: Visitor) -> None:
    page = boss.post("second_decider_later", data={"next": "/admin/orders/order/"})

    assert page.redirect_chain == [("/admin/orders/order/", 302)]
    assert OLGA_ALONE in text(boss.get("index"))
    assert PAGE in boss.get("index").content.decode()
    inbox = boss.get("inbox")
    (section,) = inbox.context["sections"]
    (row,) = section.rows
    assert (section.kind.code, row.title, row.link) == ("deciders", "Name a second decider", PAGE)
    assert inbox.context["pulse"].inbox == 1

    # The next log-in asks again.
    boss.client.logout()
    again = Visitor(boss.company, boss.user)
    assert again.get("index").status_code == 302


def test_a_lead_with_the_right_to_change_people_is_led_there_too(company: Company, lead: Visitor) -> None:
    right = Permission.objects.get(codename="change_user", content_type__app_label="core")
    company.lead.user_permissions.add(right)

    assert lead.get("index")["Location"].startswith(PAGE)
    page = lead.get("second_decider")
    assert page.status_code == 200
    assert "/admin/core/user/add/" not in page.content.decode()


def test_the_first_of_two_who_are_missing_leads_back_to_the_page(company: Company, boss: Visitor) -> None:
    User.objects.filter(pk=company.lead.pk).update(is_active=False)

    page = boss.post("second_decider_name", boss.user.pk)

    assert page.redirect_chain == [(PAGE, 302)]
    assert "Only one person decides about money and risk, Root" in text(page)


def test_nobody_is_named_whose_access_is_closed(company: Company, boss: Visitor) -> None:
    zoya = User.objects.get(username="zoya")
    gone = "There is no such person, or their access is closed."

    assert said(boss.post("second_decider_name", zoya.pk)) == [gone]
    assert said(boss.post("second_decider_name", 99_999_999)) == [gone]
    assert not Entry.objects.filter(kind="command.person_set_roles").exists()


def test_people_are_changed_and_made_while_somebody_is_missing(company: Company, boss: Visitor) -> None:
    for page in (boss.get("core_user_changelist"), boss.get("core_user_add")):
        assert page.status_code == 200
    assert boss.get("core_user_change", company.lead.pk).status_code == 200


def test_where_nobody_works_yet_nobody_is_led_anywhere(company: Company, boss: Visitor) -> None:
    User.objects.filter(username="anna").update(is_active=False)

    assert boss.get("index").status_code == 200
    assert sections(boss) == []
    assert boss.get("second_decider").status_code == 200


def test_the_demand_is_asked_for_on_every_page_and_reads_nothing_twice(company: Company) -> None:
    for number in range(200):
        company.manager(f"Boris-{number}")
    with connection.cursor() as cursor:
        # As in an installation: tables that PostgreSQL takes for empty it reads whole for each row of another.
        cursor.execute(
            "ANALYZE core_user, core_user_groups, core_user_user_permissions, auth_group_permissions"
        )
        # Of tables as small as these it may also go through one for each row of another.
        cursor.execute("SET LOCAL enable_nestloop = off")

    with CaptureQueriesContext(connection) as captured:
        assert is_demanded()

    once = max(User.objects.count(), Permission.objects.count())
    assert [most_read(explained(query["sql"])) <= once for query in captured] == [True, True]


# ── whoever may not ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["inbox", "index"])
def test_a_lead_who_may_name_nobody_works_on_with_banner_and_row(
    company: Company, lead: Visitor, page: str
) -> None:
    User.objects.update(language="en")
    shown = lead.get(page)

    assert OLGA_ALONE in text(shown)
    assert "/admin/core/user/" in shown.content.decode()
    assert PAGE not in shown.content.decode()
    assert sections(lead) == ["deciders"]
    assert "money and risk" not in text(observer(company).get("index"))

    dora = name_dora(company)
    assert OLGA_ALONE not in text(lead.get(page))
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert OLGA_ALONE in text(lead.get(page))


def test_whoever_may_name_nobody_does_not(company: Company, lead: Visitor) -> None:
    marina = finance(company)
    anna = manager_visitor(company, company.manager("Boris"))

    for visitor in (lead, marina, anna, observer(company)):
        assert visitor.get("index").status_code == 200
        assert visitor.get("second_decider").status_code == 403
        assert visitor.post("second_decider_name", marina.user.pk).status_code == 403
        assert visitor.post("second_decider_later").status_code == 403
    assert not marina.user.groups.filter(name=DECIDER).exists()


@pytest.mark.parametrize("name", ["second_decider_name", "second_decider_later"])
def test_links_name_nobody(boss: Visitor, name: str) -> None:
    boss.post("second_decider_later")
    args = [boss.user.pk] if name == "second_decider_name" else []

    assert boss.get(name, *args).status_code == 405
