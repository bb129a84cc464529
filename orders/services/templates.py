"""Versions of the 28 points: drafted from the one in force, edited, published."""

from collections.abc import Sequence
from datetime import datetime

from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from core.refusals import NotAllowed, Refusal
from orders.models import POINTS, AnswerKind, InspectionItem, InspectionTemplate, ProofRule
from orders.selectors.inspections import items_of


class TemplateInvalid(Refusal):
    """The template can't be published or changed like this; `lacks` has a code for each flaw. str() says all."""

    code = "template_invalid"

    def __init__(self, flaws: Sequence[tuple[str, str]]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(" ".join(text for _code, text in self.flaws))

    def lacks(self) -> list[str]:
        return [code for code, _text in self.flaws]


def template_draft(*, actor: Actor, now: datetime) -> InspectionTemplate:
    """The next version, with the points of the newest; the draft that there is, if any. Raises NotAllowed."""
    with work.command("command.template_draft", actor=actor, now=now):
        _check(actor, "orders.add_inspectiontemplate")
        newest = InspectionTemplate.objects.select_for_update().order_by("-version").first()
        if newest is not None and newest.published_at is None:
            return newest
        draft = InspectionTemplate.objects.create(
            version=newest.version + 1 if newest else 1,
            title=newest.title if newest else "",
            created_at=now,
        )
        if newest is not None:
            InspectionItem.objects.bulk_create(_copies(items_of(newest), draft))
        record = journal.Record("command.template_draft", output={"version": draft.version})
        journal.write([record], actor=actor, now=now)
        return draft


def template_publish(*, template_id: int, actor: Actor, now: datetime) -> InspectionTemplate:
    """Put this version in force for inspections that begin from now on. Published twice is published once.

    Raises TemplateInvalid, NotAllowed, InspectionTemplate.DoesNotExist.
    """
    asked = {"template": template_id}
    with work.command("command.template_publish", actor=actor, now=now, inputs=asked):
        _check(actor, "orders.change_inspectiontemplate")
        template = InspectionTemplate.objects.select_for_update().get(pk=template_id)
        if template.published_at is not None:
            return template
        if flaws := template_flaws(list(template.items.order_by("number"))):
            raise TemplateInvalid(flaws)
        template.published_at = now
        template.save(update_fields=["published_at"])
        record = journal.Record("command.template_publish", output={"version": template.version})
        journal.write([record], actor=actor, now=now)
        return template


def template_flaws(items: Sequence[InspectionItem]) -> list[tuple[str, str]]:
    """What keeps these points from being a template: (code, sentence) for each flaw."""
    flaws: list[tuple[str, str]] = []
    if [item.number for item in items] != list(range(1, POINTS + 1)):
        flaws.append(
            ("points", _("There have to be %(points)s points, numbered from 1.") % {"points": POINTS})
        )
    seen: list[str] = []
    for item in items:
        if not seen or seen[-1] != item.group:
            if item.group in seen:
                text = _("The points of the group “%(group)s” have to stand together.")
                flaws.append((f"group:{item.number}", text % {"group": item.group_title}))
            seen.append(item.group)
        flaws += [(f"{code}:{item.number}", f"{item.number}. {text}") for code, text in item_flaws(item)]
    return flaws


def item_flaws(item: InspectionItem) -> list[tuple[str, str]]:
    """What is wrong with one point, by itself."""
    flaws: list[tuple[str, str]] = []
    choices = [str(choice.get("code", "")) for choice in item.choices]
    answers = {AnswerKind.YES_NO: ["yes", "no"], AnswerKind.CHOICE: choices}.get(AnswerKind(item.kind), [])
    if item.kind == AnswerKind.CHOICE and (len(set(choices)) < 2 or len(set(choices)) < len(choices)):
        flaws.append(("choices", _("A choice needs two or more different answers.")))
    if not set(item.normal) <= set(answers):
        flaws.append(("normal", _("The norm has to be one of the answers.")))
    if answers and not item.normal:
        flaws.append(("normal", _("Say which answers are the norm.")))
    if item.normal_from is not None and item.normal_to is not None and item.normal_from > item.normal_to:
        flaws.append(("range", _("The norm's range is the wrong way round.")))
    if (item.proof_rule != ProofRule.NONE or item.proof_from_severity) and not item.proof:
        flaws.append(("proof", _("Say which kind of file is needed.")))
    if item.proof_rule == ProofRule.ANSWERS and not (
        item.proof_answers and set(item.proof_answers) <= set(answers)
    ):
        flaws.append(("proof_answers", _("Say with which answers a file is needed.")))
    return flaws


def _copies(items: Sequence[InspectionItem], draft: InspectionTemplate) -> list[InspectionItem]:
    return [
        InspectionItem(template=draft, **model_to_dict(item, exclude=["id", "template"])) for item in items
    ]


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise NotAllowed(_("Only a lead changes the points of the inspection."))
