from datetime import datetime

from django.utils.translation import gettext as _

from assignment.services import order_assign
from core import journal, work
from core.actors import Actor
from rop.announcing import announce
from rop.models import Proposal, ProposalState
from rop.services.refusals import EscalationRefused, lock_for_lead


def proposal_accept(*, proposal_id: int, seen_version: int | None, actor: Actor, now: datetime) -> Proposal:
    """Do what AI-РОП proposes: the order goes to the manager it names.

    Raises gate.NotAllowed, gate.StaleVersion, EscalationRefused, AssignRefused, Proposal.DoesNotExist.
    """
    order_id = Proposal.objects.values_list("order_id", flat=True).get(pk=proposal_id)
    asked = {"proposal": proposal_id}
    with work.command("command.proposal_accept", actor=actor, now=now, order_id=order_id, inputs=asked):
        proposal = _lock(proposal_id, order_id, actor)
        # Decided first: the look that follows the change of owner would find that it no longer fits.
        _decide(proposal, ProposalState.ACCEPTED, "command.proposal_accept", actor=actor, now=now)
        order_assign(
            order_id=proposal.order_id,
            manager_id=proposal.to_user_id,
            actor=actor,
            seen_version=seen_version,
            now=now,
        )
    return proposal


def proposal_dismiss(*, proposal_id: int, actor: Actor, now: datetime) -> Proposal:
    """The order stays with its owner. Raises gate.NotAllowed, EscalationRefused, Proposal.DoesNotExist."""
    order_id = Proposal.objects.values_list("order_id", flat=True).get(pk=proposal_id)
    asked = {"proposal": proposal_id}
    with work.command("command.proposal_dismiss", actor=actor, now=now, order_id=order_id, inputs=asked):
        proposal = _lock(proposal_id, order_id, actor)
        _decide(proposal, ProposalState.DISMISSED, "command.proposal_dismiss", actor=actor, now=now)
        announce({proposal.order_id: "proposal_dismissed"}, now=now)
    return proposal


def _lock(proposal_id: int, order_id: int, actor: Actor) -> Proposal:
    lock_for_lead(order_id, actor)
    proposal = Proposal.objects.get(pk=proposal_id)
    if proposal.state != ProposalState.OPEN:
        raise EscalationRefused("stale", _("This proposal was decided already, or no longer fits."))
    return proposal


def _decide(proposal: Proposal, state: ProposalState, kind: str, *, actor: Actor, now: datetime) -> None:
    proposal.state = state
    proposal.decided_by_id = actor.user_id
    proposal.decided_at = now
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    inputs = {"proposal": proposal.pk, "from": proposal.from_user_id, "to": proposal.to_user_id}
    journal.write(
        [journal.Record(kind=kind, order_id=proposal.order_id, inputs=inputs)], actor=actor, now=now
    )
