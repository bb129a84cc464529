"""Versions of the 28 points: drafted from the one in force, edited, published."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from core import journal, work
from core.actors import Actor
from core.refusals import NotAllowed, Refusal
from orders.models import POINTS, AnswerKind, InspectionItem, InspectionTemplate, ProofRule
from orders.policies.inspection import NO, YES
from orders.selectors.inspections import items_of

_CODE = re.compile(r"[a-z0-9_-]{1,40}")


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
    if item.kind not in AnswerKind.values:
        return [("kind", _("Say what kind of answer it is."))]
    return [*_answer_flaws(item), *_norm_flaws(item), *_proof_flaws(item)]


def _answer_flaws(item: InspectionItem) -> Iterator[tuple[str, str]]:
    if item.kind != AnswerKind.CHOICE:
        return
    codes = _choices(item)
    if len(codes) != len(item.choices) or len(set(codes)) < max(2, len(codes)):
        yield "choices", _("A choice needs two or more different answers, each with a code and a title.")


def _norm_flaws(item: InspectionItem) -> Iterator[tuple[str, str]]:
    answers = _answers(item)
    if not set(item.normal) <= set(answers):
        yield "normal", _("The norm has to be one of the answers.")
    if answers and not item.normal:
        yield "normal", _("Say which answers are the norm.")
    if item.normal_from is not None and item.normal_to is not None and item.normal_from > item.normal_to:
        yield "range", _("The norm's range is the wrong way round.")


def _proof_flaws(item: InspectionItem) -> Iterator[tuple[str, str]]:
    if (item.proof_rule != ProofRule.NONE or item.proof_from_severity) and not item.proof:
        yield "proof", _("Say which kind of file is needed.")
    if item.proof_rule == ProofRule.ANSWERS and not (
        item.proof_answers and set(item.proof_answers) <= set(_answers(item))
    ):
        yield "proof_answers", _("Say with which answers a file is needed.")


def _answers(item: InspectionItem) -> list[str]:
    """The codes of the answers, where they are known beforehand."""
    return {AnswerKind.YES_NO: [YES, NO], AnswerKind.CHOICE: _choices(item)}.get(AnswerKind(item.kind), [])


def _choices(item: InspectionItem) -> list[str]:
    """The codes of the choices that are whole: whoever edits a draft may have written anything."""
    given = item.choices if isinstance(item.choices, list) else []
    return [
        choice["code"]
        for choice in given
        if isinstance(choice, dict)
        and isinstance(choice.get("code"), str)
        and isinstance(choice.get("title"), str)
        and _CODE.fullmatch(choice["code"])
        and choice["title"].strip()
    ]


def _copies(items: Sequence[InspectionItem], draft: InspectionTemplate) -> list[InspectionItem]:
    return [
        InspectionItem(template=draft, **model_to_dict(item, exclude=["id", "template"])) for item in items
    ]


def _check(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise NotAllowed(_("Only a lead changes the points of the inspection."))
