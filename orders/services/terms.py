"""Versions of the terms of a deal: drafted from the ones in force, edited, published."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from string import Formatter

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from core.refusals import NotAllowed, Refusal
from orders.models import FollowUpStep, Terms
from orders.services.supervision import wake_deals

STEPS_AT_MOST = 10
"""How many steps a scenario may have (a limit)."""

PLACES = frozenset({"client", "item", "price", "order", "manager"})
"""What a text may name of its order."""


class TermsInvalid(Refusal):
    """The terms can't be published like this; `flaws` has a code and a sentence for each reason. str() says all."""

    code = "terms_invalid"

    def __init__(self, flaws: Sequence[tuple[str, str]]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(" ".join(text for _code, text in self.flaws))

    def lacks(self) -> list[str]:
        return [code for code, _text in self.flaws]


def terms_draft(*, actor: Actor, now: datetime) -> Terms:
    """The next version, with what the newest says; the draft that there is, if any. Raises NotAllowed."""
    with work.command("command.terms_draft", actor=actor, now=now):
        _check(actor, "orders.add_terms")
        newest = Terms.objects.select_for_update().order_by("-version").first()
        if newest is not None and newest.published_at is None:
            return newest
        said = (
            model_to_dict(newest, exclude=["id", "version", "created_at", "published_at"]) if newest else {}
        )
        # What the newest says nothing of, having been published before there was such a term, has its default.
        said = {name: value for name, value in said.items() if value is not None}
        draft = Terms.objects.create(version=newest.version + 1 if newest else 1, created_at=now, **said)
        steps = newest.steps.order_by("number") if newest else FollowUpStep.objects.none()
        FollowUpStep.objects.bulk_create(
            FollowUpStep(terms=draft, **model_to_dict(step, exclude=["id", "terms"])) for step in steps
        )
        record = journal.Record("command.terms_draft", output={"version": draft.version})
        journal.write([record], actor=actor, now=now)
        return draft


def terms_publish(*, terms_id: int, actor: Actor, now: datetime) -> Terms:
    """Put this version in force: for what comes due from now on. Published twice is published once.

    What it moves to an earlier moment is taken up soon: AI-РОП looks at every deal that is under way.

    Raises TermsInvalid, NotAllowed, Terms.DoesNotExist.
    """
    with work.command("command.terms_publish", actor=actor, now=now, inputs={"terms": terms_id}):
        _check(actor, "orders.change_terms")
        terms = Terms.objects.select_for_update().get(pk=terms_id)
        if terms.published_at is not None:
            return terms
        if flaws := terms_flaws(list(terms.steps.order_by("number"))):
            raise TermsInvalid(flaws)
        terms.published_at = now
        terms.save(update_fields=["published_at"])
        record = journal.Record("command.terms_publish", output={"version": terms.version})
        journal.write([record], actor=actor, now=now)
    # After the COMMIT: a look meanwhile would go by the earlier terms.
    wake_deals(now=now)
    return terms


@transaction.atomic
def terms_steps_set(*, terms: Terms, steps: Sequence[FollowUpStep]) -> None:
    """The scenario of a draft is exactly these steps, in this order. The database keeps that of a published version."""
    terms.steps.all().delete()
    FollowUpStep.objects.bulk_create(
        FollowUpStep(terms=terms, number=number, **model_to_dict(step, exclude=["id", "terms", "number"]))
        for number, step in enumerate(steps, start=1)
    )


def terms_flaws(steps: Sequence[FollowUpStep]) -> list[tuple[str, str]]:
    """What keeps terms with these steps from being published: (code, sentence) for each flaw."""
    flaws: list[tuple[str, str]] = []
    if not 1 <= len(steps) <= STEPS_AT_MOST:
        text = _("The scenario needs between 1 and %(most)s steps.") % {"most": STEPS_AT_MOST}
        flaws.append(("steps", text))
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        flaws.append(("numbers", _("The steps have to be numbered from 1, without gaps.")))
    for before, step in pairwise(steps):
        if step.delay <= before.delay:
            text = _("Step %(number)s has to come later than the one before it.") % {"number": step.number}
            flaws.append((f"delay:{step.number}", text))
    for step in steps:
        if unknown := _unknown_places(step.text):
            said = {"number": step.number, "places": ", ".join(unknown)}
            text = _("Step %(number)s names what is not known of an order: %(places)s.") % said
            flaws.append((f"text:{step.number}", text))
    return flaws


def _unknown_places(text: str) -> list[str]:
    try:
        named = [
            f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
            for _literal, name, spec, conversion in Formatter().parse(text)
            if name is not None
        ]
    except ValueError:
        return ["{"]
    return sorted(set(named) - PLACES)


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise NotAllowed(_("Only a lead changes the terms of a deal."))
