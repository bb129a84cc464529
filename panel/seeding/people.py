"""The people that an installation begins with, and who works when. All of them are invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.roles import FINANCE, LEAD, OBSERVER

ADMIN = "admin"
"""Sets the installation up; a superuser is no role."""

CAPACITY = Decimal(500)
"""So much that the four who are always on shift can take some 2 000 ordinary orders: a flood finds owners at any
hour. A lead sets what people can really carry."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who takes no orders. `leads`: the team that they lead."""

    username: str
    first_name: str
    last_name: str
    role: str
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Salesperson:
    """A manager: of which team, and in which crew they work."""

    username: str
    first_name: str
    last_name: str
    team: str
    crew: str


TEAMS = ("Север", "Центр", "Юг")

STAFF = (
    Staff("e.orlova", "Елена", "Орлова", LEAD, leads="Север"),
    Staff("d.gromov", "Дмитрий", "Громов", LEAD, leads="Центр"),
    Staff("o.belyaeva", "Ольга", "Беляева", LEAD, leads="Юг"),
    Staff("m.kovaleva", "Марина", "Ковалёва", FINANCE),
    Staff("v.nazarov", "Виктор", "Назаров", OBSERVER),
)

MANAGERS = (
    Salesperson("a.sokolova", "Анна", "Соколова", "Север", "even-1"),
    Salesperson("i.vorontsov", "Илья", "Воронцов", "Север", "even-1"),
    Salesperson("t.lebedeva", "Татьяна", "Лебедева", "Север", "odd-1"),
    Salesperson("s.yegorov", "Сергей", "Егоров", "Север", "odd-1"),
    Salesperson("k.mironova", "Ксения", "Миронова", "Центр", "even-2"),
    Salesperson("p.zaytsev", "Павел", "Зайцев", "Центр", "even-2"),
    Salesperson("yu.danilova", "Юлия", "Данилова", "Центр", "odd-2"),
    Salesperson("a.tikhonov", "Артём", "Тихонов", "Центр", "odd-2"),
    Salesperson("n.filippova", "Наталья", "Филиппова", "Юг", "even-3"),
    Salesperson("r.akhmetov", "Руслан", "Ахметов", "Юг", "even-3"),
    Salesperson("v.kiseleva", "Вера", "Киселёва", "Юг", "odd-3"),
    Salesperson("m.stepanov", "Максим", "Степанов", "Юг", "odd-3"),
)

LOGINS = {
    ADMIN: ADMIN,
    LEAD: "e.orlova",
    "manager": "a.sokolova",
    FINANCE: "m.kovaleva",
    OBSERVER: "v.nazarov",
}
"""Whose passwords are kept for the demonstration, by role."""

HALF_DAYS_OF_A_WEEK = 14
CREWS_OF_A_CYCLE = 3
CYCLES = {"even": (time(8), time(20)), "odd": (time(11), time(23))}
"""Two cycles of twelve-hour shifts, three hours apart: two managers hand over while two others stay."""


DUTY_CHANGES = (time(8), time(20))
"""Leads take turns of twelve hours."""


def duty_turns(
    since: datetime, until: datetime, *, time_zone: str
) -> Iterator[tuple[str, datetime, datetime]]:
    """(user name, from, until) of the leads' turns that touch this stretch of time: one at any hour, in rotation."""
    zone = ZoneInfo(time_zone)
    morning, evening = DUTY_CHANGES
    leads = [member.username for member in STAFF if member.leads]
    day = since.astimezone(zone).date() - timedelta(days=1)
    while (starts := datetime.combine(day, morning, tzinfo=zone)) < until:
        changes = datetime.combine(day, evening, tzinfo=zone)
        next_day = datetime.combine(day + timedelta(days=1), morning, tzinfo=zone)
        for half, (start, end) in enumerate(((starts, changes), (changes, next_day))):
            if start < until and end > since:
                yield leads[(2 * day.toordinal() + half) % len(leads)], start, end
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """Local time; an end that is not after the start is on the next day."""

    weekday: int
    starts: time
    ends: time


def shifts_of(crew: str) -> Iterator[ShiftRow]:
    """The weekly shifts of a crew such as "odd-2": each third half-day of its cycle, so that nobody works two in a
    row and every half-day has its crew."""
    cycle, _dash, number = crew.partition("-")
    morning, evening = CYCLES[cycle]
    for half_day in range(int(number) - 1, HALF_DAYS_OF_A_WEEK, CREWS_OF_A_CYCLE):
        weekday, is_night = divmod(half_day, 2)
        yield ShiftRow(weekday, evening, morning) if is_night else ShiftRow(weekday, morning, evening)
