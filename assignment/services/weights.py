from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from assignment.models import WeightTable
from core import journal, work
from core.actors import Actor
from core.refusals import NotAllowed, Refusal
from orders.statuses import Severity, Status


class WeightsInvalid(Refusal):
    """The table can't be put in force; str() says why."""

    code = "weights_invalid"


def weights_publish(
    *, stages: Mapping[str, Decimal], severities: Mapping[str, Decimal], actor: Actor, now: datetime
) -> WeightTable:
    """A new version of what open orders weigh, in force from now on. Raises NotAllowed, WeightsInvalid.

    The loads of managers follow as their orders are looked at.
    """
    with work.command("command.weights_publish", actor=actor, now=now):
        if not actor.may("assignment.add_weighttable"):
            raise NotAllowed(_("Only a lead changes the weights."))
        _check(stages, known=set(Status.values))
        _check(severities, known=set(Severity.values))
        if min(severities.values()) <= 0:
            raise WeightsInvalid(_("The weight of a severity has to be above zero."))

        newest = WeightTable.objects.order_by("-version").first()
        table = WeightTable.objects.create(
            version=newest.version + 1 if newest else 1,
            stages={code: str(weight) for code, weight in stages.items()},
            severities={code: str(weight) for code, weight in severities.items()},
            published_at=now,
        )
        record = journal.Record(kind="command.weights_publish", output={"version": table.version})
        journal.write([record], actor=actor, now=now)
    return table


def _check(weights: Mapping[str, Decimal], *, known: set[str]) -> None:
    if set(weights) != known:
        raise WeightsInvalid(_("A weight is missing, or there is one too many."))
    if any(not weight.is_finite() or weight < 0 for weight in weights.values()):
        raise WeightsInvalid(_("A weight can't be below zero."))
