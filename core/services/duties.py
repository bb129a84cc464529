"""The roster of leads on duty."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import journal
from core.actors import Actor
from core.models import Duty, User
from core.roles import LEAD


class DutyRefused(Exception):
    """The roster can't be changed like this; str() says why. `code` is stable."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def duty_add(*, user_id: int, starts_at: datetime, ends_at: datetime, actor: Actor, now: datetime) -> Duty:
    """This lead is on duty from one moment until another; nobody else is then. Raises DutyRefused.

    Codes: `not_yours`, `not_a_lead`, `ends_before_start`, `ended`, `overlaps`.
    """
    _check(actor, "core.add_duty")
    if ends_at <= starts_at:
        raise DutyRefused("ends_before_start", _("A turn on duty has to end after it starts."))
    if ends_at <= now:
        raise DutyRefused("ended", _("This turn on duty would be over already."))
    if not User.objects.filter(pk=user_id, is_active=True, groups__name=LEAD).exists():
        raise DutyRefused("not_a_lead", _("Only a lead can be on duty."))
    with transaction.atomic():
        try:
            with transaction.atomic():
                duty = Duty.objects.create(user_id=user_id, starts_at=starts_at, ends_at=ends_at)
        except IntegrityError as error:
            raise DutyRefused("overlaps", _("Somebody is on duty then.")) from error
        _journal("command.duty_add", duty, actor=actor, now=now)
    return duty


def duty_remove(*, duty_id: int, actor: Actor, now: datetime) -> None:
    """This turn will not be; one that has begun ends now, so that it stays known who was on duty.

    Raises DutyRefused (`not_yours`, `ended`), Duty.DoesNotExist.
    """
    _check(actor, "core.delete_duty")
    with transaction.atomic():
        duty = Duty.objects.select_for_update(of=("self",)).get(pk=duty_id)
        if duty.ends_at <= now:
            raise DutyRefused("ended", _("This turn on duty is over."))
        _journal("command.duty_remove", duty, actor=actor, now=now)
        if duty.starts_at < now:
            duty.ends_at = now
            duty.save(update_fields=["ends_at"])
        else:
            duty.delete()


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise DutyRefused("not_yours", _("Only a lead changes the roster."))


def _journal(kind: str, duty: Duty, *, actor: Actor, now: datetime) -> None:
    inputs = {
        "duty": duty.pk,
        "person": duty.user_id,
        "from": duty.starts_at.isoformat(),
        "until": duty.ends_at.isoformat(),
    }
    journal.write([journal.Record(kind=kind, inputs=inputs)], actor=actor, now=now)
