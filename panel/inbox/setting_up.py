"""What the set-up lacks: a second decider, without whom nobody who was named approves what the first one asks for."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.actors import Actor
from panel import deciders
from panel.inbox.rows import Row
from panel.words import Tone


def count(_now: datetime) -> int:
    return int(deciders.is_demanded())


def rows_for(by: Actor) -> list[Row]:
    may_name = by.may(deciders.NAME)
    return [
        Row(
            title=_("Name a second decider"),
            text=_(
                "Steps at risk, prices after the inspection, refunds and compensations take two people: one asks, "
                "another decides."
            ),
            tone=Tone.LATE,
            link=deciders.where(by),
            link_label=_("Name them") if may_name else _("To the staff"),
        )
    ]
