"""The roster of leads on duty, and the group that the ladder ends in."""

import pytest

from core.models import ChatGroup, Duty, User
from core.roles import LEAD
from tests.panel.visitor import Visitor, manager_visitor, observer, said, superuser, text
from tests.stories.company import HOUR, Company, moment


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")


def span(lead: User, starts: str, ends: str) -> dict[str, object]:
    return {"lead": lead.pk, "starts_at": starts, "ends_at": ends}


def on_duty(company: Company, lead: User, starts: str = "09:00", ends: str = "21:00") -> Duty:
    return Duty.objects.create(user=lead, starts_at=moment(starts), ends_at=moment(ends))


def test_a_turn_is_written_down_and_shown_in_its_week(company: Company, lead: Visitor) -> None:
    back = lead.post(
        "duty_add",
        data={
            **span(company.lead, "2026-03-04T09:00", "2026-03-04T21:00"),
            "next": "/admin/duty/?from=2026-03-02",
        },
    )

    assert back.redirect_chain[-1][0] == "/admin/duty/?from=2026-03-02"
    turn = Duty.objects.get()
    assert (turn.starts_at, turn.ends_at) == (moment("09:00", day=2), moment("21:00", day=2))
    (line,) = lead.get("duty").context["roster"].lines
    # From 9 to 21 is half of the day, three eighths of it in.
    assert [(part.left, part.width) for part in line.days[2].parts] == [(37.5, 50.0)]


def test_the_page_says_who_is_on_duty_now(company: Company, lead: Visitor) -> None:
    assert "Nobody is on duty now" in text(lead.get("duty"))

    on_duty(company, company.lead)

    assert "Olga is on duty until 21:00" in text(lead.get("duty"))


def test_days_ahead_without_anybody_are_marked(company: Company, lead: Visitor) -> None:
    on_duty(company, company.lead, "00:00", "21:00")
    Duty.objects.create(user=company.lead, starts_at=moment("21:00"), ends_at=moment("00:00", day=2))

    gaps = lead.get("duty").context["roster"].gaps

    # Monday and Tuesday are full; from Wednesday on nobody is there.
    assert sorted(day.day for day in gaps) == [4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-03-02T20:00", "2026-03-02T23:00"),
        ("2026-03-04T12:00", "2026-03-04T11:00"),
        ("2026-03-01T12:00", "2026-03-01T13:00"),
        ("", "2026-03-04T11:00"),
        ("soon", "later"),
    ],
)
def test_a_turn_that_can_not_be_is_refused_with_a_sentence(
    company: Company, lead: Visitor, starts: str, ends: str
) -> None:
    on_duty(company, company.lead)

    assert said(lead.post("duty_add", data=span(company.lead, starts, ends)))

    assert Duty.objects.count() == 1


def test_nobody_but_a_lead_is_on_duty(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna").user

    assert len(said(lead.post("duty_add", data=span(anna, "2026-03-04T09:00", "2026-03-04T21:00")))) == 1
    assert not Duty.objects.exists()


def test_a_turn_ahead_is_removed_and_one_that_runs_is_ended(company: Company, lead: Visitor) -> None:
    running = on_duty(company, company.lead)
    ahead = Duty.objects.create(
        user=company.lead, starts_at=moment("09:00", day=1), ends_at=moment("21:00", day=1)
    )

    lead.post("duty_remove", ahead.pk)
    lead.post("duty_remove", running.pk)

    assert Duty.objects.get().ends_at == company.now
    assert said(lead.post("duty_remove", ahead.pk)) == ["There is no such turn on duty."]


def test_nobody_but_a_lead_changes_the_roster(company: Company) -> None:
    turn = on_duty(company, company.lead)
    data = span(company.lead, "2026-03-04T09:00", "2026-03-04T21:00")
    watching = observer(company)
    for visitor in (watching, manager_visitor(company, company.manager("Anna"))):
        assert visitor.post("duty_add", data=data).status_code == 403
        assert visitor.post("duty_remove", turn.pk).status_code == 403
    assert "window-duty" not in watching.get("duty").content.decode()


def test_links_change_nothing_of_the_roster(company: Company, lead: Visitor) -> None:
    assert lead.get("duty_add").status_code == 405
    assert lead.get("duty_remove", 1).status_code == 405


def test_whoever_leads_no_more_is_shown_with_the_turns_they_have(company: Company, lead: Visitor) -> None:
    before = company.person("Before", LEAD)
    on_duty(company, before)
    before.groups.clear()

    lines = lead.get("duty").context["roster"].lines

    assert [str(line.lead) for line in lines] == ["Olga", "Before"]


def test_the_admins_group_is_said_to_be_connected_or_not(company: Company) -> None:
    root = superuser(company)
    User.objects.update(language="en")
    assert "No group is connected" in text(root.get("core_chatgroup_changelist"))

    group = ChatGroup.objects.create(code="admins", title="Leads", chat_id=-100500)
    page = text(root.get("core_chatgroup_changelist"))
    assert "Leads — here come escalations" in page
    assert "not connected" not in page

    ChatGroup.objects.filter(pk=group.pk).update(
        unreachable_since=company.now - HOUR, unreachable_because="the bot was removed"
    )
    assert "the bot was removed" in text(root.get("core_chatgroup_changelist"))


def test_the_roster_warns_of_a_ladder_without_its_end(company: Company, lead: Visitor) -> None:
    warning = "The admins' group is not connected"
    assert warning in text(lead.get("duty"))

    ChatGroup.objects.create(code="admins", title="Leads", chat_id=-100500)

    assert warning not in text(lead.get("duty"))
