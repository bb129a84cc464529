"""Managers: how full they are, whether they are there, and when they work."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignment.models import Absence, Manager, Shift, WeeklyShift
from core.models import Entry, User
from core.roles import MANAGER
from panel.staff.presence import Presence, presence_of
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, said, superuser, text
from tests.stories.company import HOUR, MINUTE, Company, moment, owner_of

NO_WEEK = {f"day{number}": "" for number in range(7)}


def presences(visitor: Visitor) -> dict[str, Presence]:
    page = visitor.get("assignment_manager_changelist")
    return {str(manager): presence_of(manager) for manager in page.context["cl"].result_list}


def test_the_list_says_who_is_there(company: Company, lead: Visitor) -> None:
    company.manager("Here")
    company.manager("Later", (moment("18:00"), moment("21:00")))
    company.manager("Unlinked", linked=False)
    away = company.manager("Away")
    company.absent(away, company.now, company.now + HOUR)
    gone = company.manager("Gone")
    Manager.objects.filter(pk=gone.pk).update(active=False)

    assert presences(lead) == {
        "Here": Presence.HERE,
        "Later": Presence.OFF_SHIFT,
        "Unlinked": Presence.UNREACHABLE,
        "Away": Presence.ABSENT,
        "Gone": Presence.INACTIVE,
    }


def test_the_list_shows_the_load(company: Company, lead: Visitor) -> None:
    User.objects.update(language="en")
    company.manager("Anna", capacity=4)
    company.accept(company.order("A-1"))
    company.order("A-2", severity="high")

    # One in work weighs 1, a high one 1.5.
    assert "2.5 of 4" in text(lead.get("assignment_manager_changelist"))


def test_the_list_says_who_does_not_answer(company: Company, lead: Visitor) -> None:
    User.objects.update(language="en")
    company.manager("Anna")
    company.order("missed")
    boris = company.manager("Boris")
    company.go(31 * MINUTE)
    company.order("waits")
    company.go(10 * MINUTE)

    # Half an hour to accept: the first went to Boris, who has not answered for 11 minutes, and Anna for 10.
    shown = text(lead.get("assignment_manager_changelist"))
    assert "no answer for 10 min missed in a week: 1" in shown
    assert "no answer for 11 min" in shown
    assert "no answer for 11 min" in text(lead.get("assignment_manager_change", boris.pk))


def test_a_week_later_a_silence_is_forgotten(company: Company, lead: Visitor) -> None:
    User.objects.update(language="en")
    company.manager("Anna")
    company.order("missed")
    company.manager("Boris")
    company.go(31 * MINUTE)
    assert "missed in a week" in text(lead.get("assignment_manager_changelist"))

    company.now += timedelta(days=7)

    assert "missed in a week" not in text(lead.get("assignment_manager_changelist"))


def test_presence_is_changed_from_the_list(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    page = lead.get("assignment_manager_changelist").content.decode()

    assert f'form="presses" formaction="/admin/assignment/manager/{anna.pk}/absent-now/"' in page
    assert f"/admin/assignment/manager/{anna.pk}/shift-now/" not in page
    back = lead.post("manager_absent_now", anna.pk, data={"next": "/admin/assignment/manager/?o=1"})
    assert back.redirect_chain[-1][0] == "/admin/assignment/manager/?o=1"
    assert "absent-now" not in observer(company).get("assignment_manager_changelist").content.decode()


def test_a_shift_and_an_absence_are_written_into_the_week(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("09:00", day=1), moment("18:00", day=1)))
    span = {"manager": anna.pk, "starts_at": "2026-03-04T10:00", "ends_at": "2026-03-04T19:00"}

    back = lead.post("week_shift", data={**span, "next": "/admin/week/?from=2026-03-02"})
    lead.post("week_absence", data={**span, "reason": "Vacation"})

    assert back.redirect_chain[-1][0] == "/admin/week/?from=2026-03-02"
    assert Shift.objects.get(source="hand").starts_at == moment("10:00", day=2)
    assert (absence := Absence.objects.get()).reason == "Vacation"
    assert (absence.starts_at, absence.ends_at) == (moment("10:00", day=2), moment("19:00", day=2))


@pytest.mark.parametrize("chosen", ["", "x", "0", "9" * 30])
def test_nobody_s_shift_is_not_found(company: Company, lead: Visitor, chosen: str) -> None:
    for door in ("week_shift", "week_absence"):
        assert lead.post(door, data={"manager": chosen}).status_code == 404


def test_nobody_but_a_lead_writes_into_the_week(company: Company) -> None:
    anna = company.manager("Anna")
    watching = observer(company)
    for visitor in (watching, manager_visitor(company, anna)):
        assert visitor.post("week_shift", data={"manager": anna.pk}).status_code == 403
        assert visitor.post("week_absence", data={"manager": anna.pk}).status_code == 403
    assert 'id="window-span"' not in watching.get("week").content.decode()


def test_the_cost_of_the_list_does_not_follow_its_length(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    lead.get("assignment_manager_changelist")
    with CaptureQueriesContext(connection) as few:
        lead.get("assignment_manager_changelist")
    for number in range(10):
        company.manager(f"Manager {number}")

    with CaptureQueriesContext(connection) as many:
        lead.get("assignment_manager_changelist")

    assert len(many) == len(few)


def test_absent_now_by_one_press_and_what_is_not_accepted_goes_to_others(
    company: Company, lead: Visitor
) -> None:
    anna = company.manager("Anna")
    offered, taken = company.order("offered"), company.order("taken")
    company.accept(taken)
    company.manager("Boris")

    lead.post("manager_absent_now", anna.pk)

    assert (owner_of(offered), owner_of(taken)) == ("Boris", "Anna")
    assert presences(lead)["Anna"] is Presence.ABSENT
    assert not Shift.objects.filter(
        manager=anna, starts_at__lte=company.now, ends_at__gt=company.now
    ).exists()


def test_on_shift_now_by_one_press_ends_an_absence(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("08:00"), moment("09:00")))
    company.absent(anna, company.now, company.now + 5 * HOUR)
    company.now += HOUR

    lead.post("manager_shift_now", anna.pk)

    assert presences(lead)["Anna"] is Presence.HERE
    assert Absence.objects.get().ends_at == company.now


def test_a_shift_is_ended_by_one_press(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")

    lead.post("manager_shift_over", anna.pk)

    assert presences(lead)["Anna"] is Presence.OFF_SHIFT


def test_capacity_is_changed_through_the_service_and_the_queue_is_served(
    company: Company, lead: Visitor
) -> None:
    anna = company.manager("Anna", capacity=1)
    company.order("A-1")
    waiting = company.order("A-2")
    assert owner_of(waiting) == ""

    lead.post(
        "assignment_manager_change",
        anna.pk,
        data={"active": "on", "capacity": "5", "offers_cap": "", "works_without_telegram": ""},
    )
    company.go(timedelta(seconds=1))

    anna.refresh_from_db()
    assert anna.capacity == 5
    assert owner_of(waiting) == "Anna"


def test_a_cap_can_be_set_and_lifted(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    form = {"active": "on", "capacity": "30", "works_without_telegram": ""}

    lead.post("assignment_manager_change", anna.pk, data={**form, "offers_cap": "3"})
    anna.refresh_from_db()
    assert anna.offers_cap == 3

    lead.post("assignment_manager_change", anna.pk, data={**form, "offers_cap": ""})
    anna.refresh_from_db()
    assert anna.offers_cap is None


def test_a_negative_capacity_is_refused(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")

    page = lead.post("assignment_manager_change", anna.pk, data={"active": "on", "capacity": "-1"})

    assert page.context["adminform"].form.errors.keys() == {"capacity"}


def test_somebody_becomes_a_manager(company: Company, lead: Visitor) -> None:
    person = company.person("Anna", MANAGER)

    lead.post(
        "assignment_manager_add",
        data={
            "user": person.pk,
            "active": "on",
            "capacity": "12",
            "offers_cap": "",
            "works_without_telegram": "on",
        },
    )

    manager = Manager.objects.get(user=person)
    assert (manager.capacity, manager.works_without_telegram, manager.created_at) == (12, True, company.now)


def test_the_week_is_written_as_hours_and_laid_out(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("21:00")))
    week = {**NO_WEEK, "day1": "09:00-18:00", "day4": "22:00–06:00, 08:00 – 12:00"}

    lead.post("manager_weekly", anna.pk, data=week)

    assert list(
        WeeklyShift.objects.order_by("weekday", "starts").values_list("weekday", "starts", "ends")
    ) == [
        (1, time(9), time(18)),
        (4, time(8), time(12)),
        (4, time(22), time(6)),
    ]
    # Tuesday's shift stands in the calendar of days, in Moscow's time.
    assert Shift.objects.filter(starts_at=moment("09:00", day=1), ends_at=moment("18:00", day=1)).exists()
    assert Shift.objects.filter(starts_at=moment("22:00", day=4), ends_at=moment("06:00", day=5)).exists()


def test_a_changed_week_takes_the_days_that_have_not_begun_with_it(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("21:00")))
    lead.post("manager_weekly", anna.pk, data={**NO_WEEK, "day2": "09:00-18:00"})
    lead.post("manager_weekly", anna.pk, data={**NO_WEEK, "day2": "12:00-21:00"})

    assert not Shift.objects.filter(starts_at=moment("09:00", day=2)).exists()
    assert Shift.objects.filter(starts_at=moment("12:00", day=2), ends_at=moment("21:00", day=2)).exists()
    # The shift that runs now goes on.
    assert Shift.objects.filter(starts_at=moment("09:00")).exists()


@pytest.mark.parametrize("hours", ["9 to 6", "25:00-26:00", "09:00", "09:00-18:00-20:00"])
def test_hours_that_are_none_change_nothing(company: Company, lead: Visitor, hours: str) -> None:
    anna = company.manager("Anna")
    lead.post("manager_weekly", anna.pk, data={**NO_WEEK, "day0": "09:00-18:00"})

    page = lead.post("manager_weekly", anna.pk, data={**NO_WEEK, "day0": hours})

    assert len(said(page)) == 1
    assert WeeklyShift.objects.get().starts == time(9)


def test_an_absence_is_recorded_and_ended(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")
    span = {"starts_at": "2026-03-03T00:00", "ends_at": "2026-03-05T00:00", "reason": "Vacation"}

    lead.post("manager_absence", anna.pk, data=span)
    absence = Absence.objects.get()
    assert (absence.starts_at, absence.reason) == (moment("00:00", day=1), "Vacation")

    assert len(said(lead.post("manager_absence", anna.pk, data=span))) == 1
    assert Absence.objects.count() == 1

    # It has not begun: ending it takes it away.
    lead.post("absence_end", absence.pk)
    assert not Absence.objects.exists()


def test_an_absence_that_ends_before_it_begins_is_refused(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")

    page = lead.post(
        "manager_absence", anna.pk, data={"starts_at": "2026-03-05T00:00", "ends_at": "2026-03-03T00:00"}
    )

    assert len(said(page)) == 1
    assert not Absence.objects.exists()


def test_a_shift_is_added_and_removed(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("21:00")))

    lead.post("manager_shift", anna.pk, data={"starts_at": "2026-03-04T10:00", "ends_at": "2026-03-04T15:00"})
    added = Shift.objects.get(source="hand")
    assert added.starts_at == moment("10:00", day=2)

    page = lead.post(
        "manager_shift", anna.pk, data={"starts_at": "2026-03-04T14:00", "ends_at": "2026-03-04T16:00"}
    )
    assert len(said(page)) == 1

    lead.post("shift_remove", added.pk)
    assert not Shift.objects.filter(pk=added.pk).exists()


def test_a_shift_that_has_begun_is_not_removed(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("21:00")))

    lead.post("shift_remove", Shift.objects.get(manager=anna).pk)

    assert Shift.objects.exists()


def test_the_week_shows_who_is_there_at_each_hour(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("12:00")))
    company.manager("Boris", (moment("11:00"), moment("13:00")))
    company.absent(anna, moment("11:00", day=0) + 2 * HOUR, moment("20:00"))

    week = lead.get("week").context["week"]

    assert [week.here[hour] for hour in (8, 9, 10, 11, 12, 13)] == [0, 1, 1, 2, 1, 0]
    (line,) = [line for line in week.lines if str(line.manager) == "Anna"]
    assert [(part.left, part.width, part.kind) for part in line.days[0].parts] == [
        (37.5, 12.5, "shift"),
        (54.17, 29.16, "absence"),
    ]
    assert line.days[0].mark == 50


@pytest.mark.parametrize("day", ["2026-02-30", "0001-01-01", "9999-12-31", "x", ""])
def test_a_strange_week_is_this_week(company: Company, lead: Visitor, day: str) -> None:
    page = lead.get("week", query={"from": day})

    assert page.context["week"].monday.isoformat() == "2026-03-02"


DOORS = ("manager_absent_now", "manager_shift_now", "manager_shift_over", "manager_weekly", "manager_absence")


@pytest.mark.parametrize("door", [*DOORS, "manager_shift"])
def test_nobody_but_a_lead_changes_managers(company: Company, door: str) -> None:
    anna = company.manager("Anna")

    for visitor in (manager_visitor(company, company.manager("Boris")), observer(company)):
        assert visitor.post(door, anna.pk).status_code == 403
        assert visitor.get(door, anna.pk).status_code == 405
    assert not Absence.objects.exists()


def test_a_manager_sees_nothing_of_how_others_work(company: Company) -> None:
    anna = company.manager("Anna")
    visitor = manager_visitor(company, company.manager("Boris"))

    assert visitor.get("assignment_manager_changelist").status_code == 403
    assert visitor.get("assignment_manager_change", anna.pk).status_code == 403
    assert visitor.get("week").status_code == 403


# ── staff ─────────────────────────────────────────────────────────────────────────────────────────────────────


def person_form(user: User, **changed: object) -> dict[str, object]:
    form = {
        "username": user.username,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "email": user.email,
        "team": user.team_id or "",
        "language": user.language,
        "is_active": "on",
        "roles": ["manager"],
    }
    return {name: value for name, value in {**form, **changed}.items() if value is not None}


def test_closing_somebodys_access_frees_what_they_have_not_accepted(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    company.manager("Boris")

    superuser(company).post("core_user_change", anna.user_id, data=person_form(anna.user, is_active=None))

    assert not User.objects.get(pk=anna.user_id).is_active
    assert owner_of(order) == "Boris"


def test_roles_are_given_by_whoever_sets_the_installation_up(company: Company, lead: Visitor) -> None:
    person = User.objects.create(username="vera", first_name="Vera")
    assert lead.post("core_user_change", person.pk, data=person_form(person)).status_code == 403

    superuser(company).post(
        "core_user_change", person.pk, data=person_form(person, roles=["finance", "observer"])
    )

    person.refresh_from_db()
    assert sorted(person.groups.values_list("name", flat=True)) == ["finance", "observer"]
    assert person.is_staff
    entry = Entry.objects.get(kind="command.person_set_roles")
    assert entry.inputs == {"person": person.pk, "roles": ["finance", "observer"], "before": []}
    assert entry.actor_id == User.objects.get(username="root").pk


def test_a_form_that_leaves_the_roles_as_they_are_journals_none(company: Company) -> None:
    marina = finance(company).user

    superuser(company).post("core_user_change", marina.pk, data=person_form(marina, roles=["finance"]))

    assert User.objects.get(pk=marina.pk).groups.get().name == "finance"
    assert not Entry.objects.filter(kind="command.person_set_roles").exists()


def test_a_new_person_is_added_with_a_password(company: Company) -> None:
    data = {
        "username": "new",
        "password1": "a-long-enough-one",
        "password2": "a-long-enough-one",
        "usable_password": "true",
    }

    superuser(company).post("core_user_add", data=data)

    assert User.objects.get(username="new").check_password("a-long-enough-one")
