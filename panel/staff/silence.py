"""Who does not answer: the offer that waits longest, and how many were taken away for silence."""

from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from assignment.models import Assignment, AssignmentState, Manager
from panel import words
from panel.words import Tone

REMEMBERED = timedelta(days=7)
"""So far back silences are counted."""

OFFERS_STAND_FOR = timedelta(days=30)
"""No offer is older: it is taken away when its time to accept has run out. Holds the query to an index."""


def with_silence(managers: QuerySet[Manager], *, now: datetime) -> QuerySet[Manager]:
    """Each with `asked_at` and `answer_due` of the oldest offer, and `silences` of a week. No query by itself."""
    given = Assignment.objects.filter(manager=OuterRef("user"))
    offers = given.filter(
        state=AssignmentState.OFFERED, ended_at__isnull=True, assigned_at__gt=now - OFFERS_STAND_FOR
    ).order_by("assigned_at")
    missed = given.filter(state=AssignmentState.SILENT, assigned_at__gt=now - REMEMBERED)
    return managers.annotate(
        asked_at=Subquery(offers.values("assigned_at")[:1]),
        answer_due=Subquery(offers.values("order__due_at")[:1]),
        silences=Subquery(missed.order_by().values("manager").annotate(n=Count("pk")).values("n")),
    )


def silence_words(manager: Manager, *, now: datetime) -> tuple[str, Tone, str]:
    """How long an offer waits for an answer and how urgent that is; what was missed this week. Both may be ""."""
    found = vars(manager)
    missed = _("missed in a week: %(n)d") % {"n": found["silences"]} if found["silences"] else ""
    if found["asked_at"] is None:
        return "", Tone.QUIET, missed
    waits = _("no answer for %(span)s") % {"span": words.span(now - found["asked_at"])}
    urgent = words.due(found["answer_due"], now=now).tone if found["answer_due"] else Tone.QUIET
    return waits, urgent, missed
