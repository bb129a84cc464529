"""The first people with their teams, roles and shifts. Made once: afterwards people belong to the admin."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from assignment.models import Manager, WeeklyShift
from assignment.services import weekly_shifts_lay_out
from core.models import ChatGroup, Duty, Team, User
from core.roles import MANAGER, user_set_roles
from core.selectors import ADMINS
from panel.seeding import people
from panel.seeding.policies import CALENDAR_CODE, TIME_ZONE

ROSTER_AHEAD = timedelta(days=60)
"""For so long the first roster of leads on duty lasts; then leads write their own."""


@transaction.atomic
def people_create(
    *, passwords: Mapping[str, str], reached_by_telegram: bool, shifts_back: timedelta, now: datetime
) -> None:
    """Everybody of `people`, with shifts laid out `shifts_back` from now and two weeks ahead, leads' duty longer.

    `passwords` by user name; whoever has none can't log in until the admin gives them one. Where nobody is
    reached by Telegram yet, managers work without it until they link it.
    """
    teams = {name: Team.objects.create(name=name, calendar_code=CALENDAR_CODE) for name in people.TEAMS}
    admin = _user(people.ADMIN, "", "", passwords, now)
    admin.is_superuser = True
    admin.save(update_fields=["is_superuser"])
    user_set_roles(user=admin, roles=[])
    for member in people.STAFF:
        user = _user(member.username, member.first_name, member.last_name, passwords, now)
        user_set_roles(user=user, roles=[member.role])
        if member.leads:
            Team.objects.filter(pk=teams[member.leads].pk).update(lead=user)
    for seller in people.MANAGERS:
        user = _user(seller.username, seller.first_name, seller.last_name, passwords, now)
        user.team = teams[seller.team]
        user.save(update_fields=["team"])
        user_set_roles(user=user, roles=[MANAGER])
        manager = Manager.objects.create(
            user=user,
            capacity=people.CAPACITY,
            works_without_telegram=not reached_by_telegram,
            created_at=now - shifts_back,
        )
        WeeklyShift.objects.bulk_create(
            WeeklyShift(manager=manager, weekday=row.weekday, starts=row.starts, ends=row.ends)
            for row in people.shifts_of(seller.crew)
        )
    _roster(since=now - shifts_back, until=now + ROSTER_AHEAD)
    ChatGroup.objects.create(code=ADMINS, title="Администраторы AI-РОП")
    weekly_shifts_lay_out(now=now, since=now - shifts_back)


def _roster(*, since: datetime, until: datetime) -> None:
    leads = User.objects.in_bulk([member.username for member in people.STAFF], field_name="username")
    turns = people.duty_turns(since, until, time_zone=TIME_ZONE)
    Duty.objects.bulk_create(
        Duty(user=leads[username], starts_at=starts_at, ends_at=ends_at)
        for username, starts_at, ends_at in turns
    )


def _user(
    username: str, first_name: str, last_name: str, passwords: Mapping[str, str], now: datetime
) -> User:
    user = User(
        username=username,
        first_name=first_name,
        last_name=last_name,
        email=f"{username}@rop.example",
        date_joined=now,
    )
    if username in passwords:
        user.set_password(passwords[username])
    else:
        user.set_unusable_password()
    user.save()
    return user
