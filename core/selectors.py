from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Q

from core import bulk
from core.models import Calendar, ChatGroup, Duty, Message, MessageStatus, Team, User
from core.policies import worktime
from core.roles import LEAD

ADMINS = "admins"
"""The code of the admins' group."""


class NoCalendar(RuntimeError):
    """No calendar has been published: working time can't be counted."""


def calendar_versions_in_force() -> dict[str, int]:
    """The newest published version of each calendar, by code. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, max(version) FROM core_calendar WHERE published_at IS NOT NULL GROUP BY code"
        )
        return dict(cursor.fetchall())


@lru_cache(maxsize=64)
def calendar(code: str, version: int) -> worktime.Calendar:
    """A published version as a value. Published versions never change, so each process reads one once."""
    row = Calendar.objects.get(code=code, version=version, published_at__isnull=False)
    return worktime.calendar_from_json(row.hours, code=row.code, version=row.version, time_zone=row.time_zone)


def messages_undone(at_most: int) -> dict[str, int]:
    """How many messages there are in each state that is not an end, and dead ones that nobody has dealt with.

    Counted up to `at_most` each.
    """
    on_their_way = (MessageStatus.QUEUED, MessageStatus.FAILED, MessageStatus.SENDING)
    # Not in the model's order: by id, PostgreSQL may walk through all that were ever sent.
    messages = Message.objects.order_by()
    counts = {str(state): messages.filter(status=state)[:at_most].count() for state in on_their_way}
    dead = messages.filter(status=MessageStatus.DEAD, acted_at__isnull=True)
    return {**counts, str(MessageStatus.DEAD): dead[:at_most].count()}


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """How these people are called. One query; none for nobody."""
    ids = list(set(user_ids))
    if not ids:
        return {}
    return {user.pk: str(user) for user in bulk.read_rows(User, "WHERE id = ANY(%s)", [ids])}


NamesOf = Callable[[Iterable[int]], Mapping[int, str]]
"""`names_of`, or the same from what was read already."""


class KnownNames:
    """`names_of` for a page whose parts tell of the same people: whoever was read once is not read again."""

    def __init__(self, people: Iterable[User]) -> None:
        self._names = {person.pk: str(person) for person in people}

    def __call__(self, user_ids: Iterable[int]) -> dict[int, str]:
        asked = set(user_ids)
        self._names |= names_of(asked - self._names.keys())
        return {user_id: self._names[user_id] for user_id in asked & self._names.keys()}


def all_leads() -> list[int]:
    """Everybody in the role of a lead, by id."""
    return list(
        User.objects.filter(is_active=True, groups__name=LEAD).order_by("pk").values_list("pk", flat=True)
    )


def people_who_may(permission: str) -> list[int]:
    """The active people who hold "app.codename", by role or by themselves, superusers last; by id. One query."""
    people = User.objects.filter(_given(permission) | Q(is_superuser=True), is_active=True)
    return list(people.order_by("is_superuser", "pk").values_list("pk", flat=True))


def people_named_for(permission: str) -> list[User]:
    """The active people who were given "app.codename", by role or by themselves: not whoever merely may everything.

    One query.
    """
    return list(User.objects.filter(_given(permission), is_active=True).order_by("pk"))


def _given(permission: str) -> Q:
    app_label, _dot, codename = permission.partition(".")
    held = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    # Not by joins: they read each person once for every permission of their roles, and the panel asks often.
    by_role = User.groups.through.objects.filter(group__permissions__in=held)
    by_themselves = User.user_permissions.through.objects.filter(permission__in=held)
    return Q(pk__in=by_role.values("user")) | Q(pk__in=by_themselves.values("user"))


def leads_by_member(user_ids: Iterable[int]) -> dict[int, int]:
    """The lead of each person's team, where there is one. One query."""
    rows = User.objects.filter(pk__in=user_ids, team__lead__is_active=True).values_list("pk", "team__lead_id")
    return {user_id: lead_id for user_id, lead_id in rows if lead_id is not None}


def leads_above(user_id: int | None, *, at: datetime) -> list[int]:
    """Who decides about this person's work: the lead of their team, the lead on duty, then all other leads.

    Never the person, unless there is nobody else.
    """
    first = leads_by_member([user_id]).get(user_id) if user_id is not None else None
    asked = dict.fromkeys([first, lead_on_duty(at), *all_leads()])
    leads = [lead for lead in asked if lead is not None]
    return [lead for lead in leads if lead != user_id] or leads


def team_of_lead(user_id: int) -> list[Team]:
    """The teams that this person leads."""
    return list(Team.objects.filter(lead_id=user_id))


def lead_on_duty(at: datetime) -> int | None:
    """Whose turn it is at this moment; None in a gap of the roster, or when that person is no active lead any more."""
    on_duty = Duty.objects.filter(
        starts_at__lte=at, ends_at__gt=at, user__is_active=True, user__groups__name=LEAD
    )
    return on_duty.values_list("user_id", flat=True).first()


def duties(start: datetime, end: datetime) -> Sequence[Duty]:
    """The turns that touch this stretch of time, in order, with their people. One query."""
    return list(
        Duty.objects.filter(starts_at__lt=end, ends_at__gt=start).select_related("user").order_by("starts_at")
    )


def admins_chat() -> ChatGroup | None:
    """The group where the ladder ends and alarms go, as long as anything can be sent there."""
    groups = ChatGroup.objects.filter(
        code=ADMINS, active=True, chat_id__isnull=False, unreachable_since__isnull=True
    )
    return groups.first()


def admins_group() -> int | None:
    """The same by its id."""
    group = admins_chat()
    return group.pk if group else None
