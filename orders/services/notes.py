from collections.abc import Sequence
from datetime import datetime

from core import journal, outbox, work
from core.actors import Actor, ActorKind
from core.models import Importance
from orders import gate
from orders.models import Note
from orders.services.supervision import lock_order


def note_add(*, order_id: int, text: str, actor: Actor, now: datetime, mentions: Sequence[int] = ()) -> Note:
    """Record a note; the mentioned (user ids) get a message. A note is not a movement and wakes nobody else.

    A person who may move the order, or an agent (held by its scopes). Raises gate.NotAllowed.
    """
    with work.command("command.note", actor=actor, now=now, order_id=order_id):
        order = lock_order(order_id)
        if actor.kind == ActorKind.PERSON and not gate.may_act(actor, owner_id=order.assigned_manager_id):
            raise gate.NotAllowed
        note = Note.objects.create(
            order=order,
            text=text,
            author_id=actor.user_id,
            agent_key_id=actor.id if actor.kind == ActorKind.AGENT else None,
            mentions=sorted(set(mentions)),
            at=now,
        )
        outbox.post(
            [
                outbox.Outgoing(
                    template="note_mention",
                    importance=Importance.REMINDER,
                    dedup_key=f"note_mention:{note.pk}:{user_id}",
                    person_id=user_id,
                    order_id=order.pk,
                    context={"note": note.pk},
                )
                for user_id in note.mentions
                if user_id != actor.user_id
            ],
            now=now,
        )
        record = journal.Record(kind="command.note", order_id=order.pk, output={"note": note.pk})
        journal.write([record], actor=actor, now=now)
        return note
