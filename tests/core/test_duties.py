"""The roster of leads on duty: who may change it, and who is on duty when."""

from datetime import timedelta

import pytest

from core.models import Duty, Entry
from core.selectors import duties, lead_on_duty
from core.services.duties import DutyRefused, duty_add, duty_remove
from tests.stories.company import HOUR, Company, moment


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def add(company: Company, starts: str, ends: str, *, day: int = 0) -> Duty:
    return duty_add(
        user_id=company.lead.pk,
        starts_at=moment(starts),
        ends_at=moment(ends, day=day),
        actor=company.actor(company.lead),
        now=company.now,
    )


def test_whose_turn_it_is(company: Company) -> None:
    add(company, "12:00", "20:00")

    assert [lead_on_duty(moment(clock)) for clock in ("11:59", "12:00", "19:59", "20:00")] == [
        None,
        company.lead.pk,
        company.lead.pk,
        None,
    ]
    assert [d.user for d in duties(moment("00:00"), moment("12:01"))] == [company.lead]
    assert duties(moment("20:00"), moment("23:00")) == []


def test_who_is_no_lead_any_more_is_not_on_duty(company: Company) -> None:
    add(company, "12:00", "20:00")
    company.lead.groups.clear()
    assert lead_on_duty(moment("13:00")) is None


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        ("14:00", "14:00", "ends_before_start"),
        ("09:00", "12:00", "ended"),
        ("19:00", "21:00", "overlaps"),
    ],
)
def test_a_turn_that_can_not_be_is_refused(company: Company, starts: str, ends: str, code: str) -> None:
    add(company, "16:00", "20:00")
    with pytest.raises(DutyRefused) as refused:
        add(company, starts, ends)
    assert refused.value.code == code
    assert Duty.objects.count() == 1


def test_only_leads_are_on_duty_and_only_they_write_the_roster(company: Company) -> None:
    anna = company.manager("Anna").user
    ahead = {"starts_at": moment("14:00"), "ends_at": moment("15:00"), "now": company.now}
    with pytest.raises(DutyRefused) as refused:
        duty_add(user_id=anna.pk, actor=company.actor(company.lead), **ahead)
    assert refused.value.code == "not_a_lead"

    duty = add(company, "14:00", "15:00")
    for command in (
        lambda: duty_add(user_id=company.lead.pk, actor=company.actor(anna), **ahead),
        lambda: duty_remove(duty_id=duty.pk, actor=company.actor(anna), now=company.now),
    ):
        with pytest.raises(DutyRefused) as refused:
            command()
        assert refused.value.code == "not_yours"


def test_a_turn_ahead_is_removed_and_one_that_has_begun_ends_now(company: Company) -> None:
    ahead, begun = add(company, "16:00", "20:00"), add(company, "12:00", "16:00")
    lead = company.actor(company.lead)

    duty_remove(duty_id=ahead.pk, actor=lead, now=company.now)
    company.now += HOUR
    duty_remove(duty_id=begun.pk, actor=lead, now=company.now)

    assert [(d.starts_at, d.ends_at) for d in Duty.objects.all()] == [(moment("12:00"), moment("13:00"))]
    assert lead_on_duty(company.now) is None
    with pytest.raises(DutyRefused) as refused:
        duty_remove(duty_id=begun.pk, actor=lead, now=company.now + timedelta(minutes=1))
    assert refused.value.code == "ended"
    kinds = (
        Entry.objects.filter(kind__startswith="command.duty").order_by("pk").values_list("kind", flat=True)
    )
    assert list(kinds) == ["command.duty_add"] * 2 + ["command.duty_remove"] * 2
