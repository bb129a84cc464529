"""Editing a draft of the 28 points. Nobody inspects by a draft, so only putting it in force is journalled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.actors import Actor
from core.refusals import NotAllowed
from orders.models import POINTS, InspectionItem, InspectionTemplate
from orders.services.templates import TemplateInvalid, item_flaws

WRITTEN = (
    *("title", "question", "hint", "kind", "choices", "normal", "unit", "normal_from", "normal_to"),
    *("proof", "proof_rule", "proof_answers", "proof_count", "proof_from_severity"),
)
"""What a lead writes of a point; its number and its group have ways of their own."""


@transaction.atomic
def template_item_save(
    *, template_id: int, number: int, group_title: str, values: Mapping[str, Any], actor: Actor, now: datetime
) -> InspectionItem:
    """Write a point of a draft. `values`: those of WRITTEN; a title of no other group makes a new one.

    Raises TemplateInvalid with the flaws of the point, NotAllowed, InspectionItem.DoesNotExist.
    """
    _draft(template_id, actor)
    item = InspectionItem.objects.get(template=template_id, number=number)
    for name in WRITTEN:
        setattr(item, name, values[name])
    item.group, item.group_title = _group(item, group_title), group_title
    if flaws := item_flaws(item):
        raise TemplateInvalid(flaws)
    item.save()
    return item


@transaction.atomic
def template_item_move(*, template_id: int, number: int, by: int, actor: Actor, now: datetime) -> int:
    """Change places with the point before it (`by` -1) or after it (1). Returns its number from now on.

    Raises TemplateInvalid, NotAllowed, InspectionItem.DoesNotExist.
    """
    _draft(template_id, actor)
    other = number + by
    if abs(by) != 1 or not 1 <= other <= POINTS:
        raise TemplateInvalid([("number", _("There is no place further that way."))])
    items = {
        item.number: item
        for item in InspectionItem.objects.filter(template=template_id, number__in=(number, other))
    }
    if len(items) < 2:
        raise InspectionItem.DoesNotExist
    # Numbers are unique at every moment, so the points stay and exchange what they say.
    first, second = items[number], items[other]
    said = model_to_dict(first, exclude=("id", "template", "number"))
    _say(first, model_to_dict(second, exclude=("id", "template", "number")))
    _say(second, said)
    return other


@transaction.atomic
def template_group_rename(*, template_id: int, group: str, title: str, actor: Actor, now: datetime) -> None:
    """Call a group of a draft otherwise. Raises TemplateInvalid, NotAllowed."""
    _draft(template_id, actor)
    items = InspectionItem.objects.filter(template=template_id)
    if not title:
        raise TemplateInvalid([("group", _("A group needs a title."))])
    if items.filter(group_title=title).exclude(group=group).exists():
        raise TemplateInvalid([("group", _("There is such a group already."))])
    if not items.filter(group=group).update(group_title=title):
        raise TemplateInvalid([("group", _("There is no such group of points."))])


def _draft(template_id: int, actor: Actor) -> InspectionTemplate:
    if not actor.may("orders.change_inspectiontemplate"):
        raise NotAllowed(_("Only a lead changes the points of the inspection."))
    template = InspectionTemplate.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise InspectionItem.DoesNotExist
    if template.published_at is not None:
        raise TemplateInvalid([("published", _("A version that was put in force never changes."))])
    return template


def _group(item: InspectionItem, title: str) -> str:
    """The code of the group of this title; a new one, where there is none."""
    if not title:
        raise TemplateInvalid([("group", _("A group needs a title."))])
    codes = dict(InspectionItem.objects.filter(template=item.template_id).values_list("group_title", "group"))
    if title in codes:
        return codes[title]
    taken = set(codes.values())
    wanted = [slugify(title)[:30] or "group", *(f"group-{number}" for number in range(2, POINTS + 2))]
    return next(code for code in wanted if code not in taken)


def _say(item: InspectionItem, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(item, name, value)
    item.save()
