"""Messages that did not arrive, presses that could not be handled, records that are broken."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import Message, MessageStatus
from panel.inbox.rows import COUNTED, SHOWN, Press, Row
from panel.words import Tone
from rop.selectors import last_audit
from telegram_bot.models import Update, UpdateState

UPDATES_MATTER_FOR = timedelta(hours=24)
"""A press that could not be handled for a day is nobody's any more."""


DEAD = Message.objects.filter(status=MessageStatus.DEAD, acted_at__isnull=True)


def dead_rows(_now: datetime) -> list[Row]:
    messages = DEAD.select_related("person", "group").order_by("-pk")[:SHOWN]
    return [
        Row(
            title=_("To %(who)s: not delivered") % {"who": message.person or message.group},
            text=message.error or _("The reason was not recorded."),
            tone=Tone.LATE,
            since=message.ended_at,
            link=reverse("admin:core_message_change", args=[message.pk]),
            link_label=_("Read it"),
            presses=(
                Press(reverse("admin:message_retry", args=[message.pk]), _("Send again")),
                Press(reverse("admin:message_dismiss", args=[message.pk]), _("Not needed any more")),
            ),
        )
        for message in messages
    ]


def _failed_updates(now: datetime) -> int:
    return Update.objects.filter(state=UpdateState.DEAD, received_at__gt=now - UPDATES_MATTER_FOR)[
        :COUNTED
    ].count()


def update_rows(now: datetime) -> list[Row]:
    number = _failed_updates(now)
    text = ngettext(
        "%(n)d press or message of the last day", "%(n)d presses and messages of the last day", number
    )
    return [
        Row(
            title=_("The bot could not handle something"),
            text=text % {"n": number},
            tone=Tone.SOON,
            link=f"{reverse('admin:telegram_bot_update_changelist')}?state__exact={UpdateState.DEAD}",
            link_label=_("See what"),
        )
    ]


def audit_count(_now: datetime) -> int:
    run = last_audit()
    return int(run is not None and run.total > 0)


def audit_rows(_now: datetime) -> list[Row]:
    run = last_audit()
    if run is None or not run.total:
        return []
    broken = ", ".join(f"{name}: {number}" for name, number in run.counts.items() if number)
    return [
        Row(
            title=_("The auditor found broken records"),
            text=broken,
            tone=Tone.LATE,
            since=run.at,
            link=reverse("admin:rop_audit_change", args=[run.pk]),
            link_label=_("See which"),
        )
    ]


def dead_count(_now: datetime) -> int:
    return DEAD[:COUNTED].count()


def update_count(now: datetime) -> int:
    """One line, however many."""
    return int(_failed_updates(now) > 0)
