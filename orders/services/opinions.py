"""What AI-GRC says about the law of an order."""

from datetime import datetime

from django.utils.translation import gettext as _

from core import work
from core.actors import Actor, ActorKind
from core.models import ApiKey
from orders import gate
from orders.models import Opinion, OpinionVerdict
from orders.services.acting import acted, check_open, one_of, text_given
from orders.services.supervision import lock_order

GRC = "ai_grc"
OPINION_AT_MOST = 5000


def opinion_add(*, order_id: int, verdict: str, text: str, actor: Actor, now: datetime) -> Opinion:
    """An opinion, by the key of AI-GRC alone. It moves nothing: a person asks for the rejection, another one decides.

    Raises DealRefused (unknown, required, too_long, order_closed), gate.NotAllowed, Order.DoesNotExist.
    """
    asked = {"verdict": verdict if verdict in OpinionVerdict.values else "unknown"}
    with work.command("command.opinion_add", actor=actor, now=now, order_id=order_id, inputs=asked):
        is_agent = actor.kind == ActorKind.AGENT and actor.id is not None
        key = ApiKey.objects.filter(pk=actor.id or 0).first() if is_agent else None
        if key is None or key.source != GRC:
            raise gate.NotAllowed(_("Only AI-GRC gives legal opinions."))
        order = lock_order(order_id)
        check_open(order)
        opinion = Opinion.objects.create(
            order=order,
            source=key.source,
            agent_key_id=key.pk,
            verdict=one_of(verdict, OpinionVerdict.values, field="verdict"),
            text=text_given(text, field="text", at_most=OPINION_AT_MOST),
            at=now,
        )
        output = {"opinion": opinion.pk, "verdict": verdict}
        acted(order, "command.opinion_add", output, inputs=asked, actor=actor, now=now, moves=False)
        return opinion
