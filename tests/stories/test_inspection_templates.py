"""Versions of the 28 points: a new one is for the inspections that begin after it."""

from typing import Any

import pytest

from core.models import Entry
from core.refusals import NotAllowed
from orders.models import Inspection, InspectionItem, InspectionTemplate
from orders.selectors import inspection_view, template_in_force
from orders.services import (
    GivenAnswer,
    InspectionRefused,
    TemplateInvalid,
    template_draft,
    template_publish,
)
from tests.factories import InspectionTemplateFactory
from tests.stories.company import Company
from tests.stories.inspecting import PHOTOS, answer, under_inspection


def draft_of(company: Company) -> InspectionTemplate:
    return template_draft(actor=company.actor(company.lead), now=company.now)


def publish(company: Company, draft: InspectionTemplate) -> InspectionTemplate:
    return template_publish(template_id=draft.pk, actor=company.actor(company.lead), now=company.now)


@pytest.mark.django_db
def test_the_first_template_is_whole() -> None:
    template = template_in_force()
    items = list(template.items.all())

    assert (template.version, [item.number for item in items]) == (1, [*range(1, 29)])
    groups = list(dict.fromkeys(item.group_title for item in items))
    assert groups == [
        "Документы и подлинность",
        "Корпус и конструкция",
        "Механика и работа",
        "Износ и следы",
        "Комплектность",
        "Продавец",
        "Цена и условия",
    ]
    always = {item.number: item.proof_count for item in items if item.proof_rule == "always"}
    assert always == PHOTOS


@pytest.mark.parametrize(("hours", "is_normal"), [("-5", False), ("0", True), ("12500", True)])
def test_nothing_has_run_for_less_than_no_time(company: Company, hours: str, is_normal: bool) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    answer(company, order, [GivenAnswer(18, hours)])

    assert inspection_view(order.pk).point(18).answer.is_normal is is_normal


def test_a_draft_is_a_copy_of_the_newest_and_there_is_one(company: Company) -> None:
    draft = draft_of(company)

    assert (draft.version, draft.published_at, draft_of(company).pk) == (2, None, draft.pk)
    copied = [_facts(item) for item in draft.items.all()]
    assert copied == [_facts(item) for item in template_in_force().items.all()]
    assert template_in_force().version == 1


def _facts(item: InspectionItem) -> dict[str, Any]:
    return {
        field.name: getattr(item, field.attname)
        for field in InspectionItem._meta.concrete_fields
        if field.name not in ("id", "template")
    }


def test_an_inspection_keeps_the_version_it_began_under(company: Company) -> None:
    company.manager("Anna")
    before = under_inspection(company, "A-1")
    draft = draft_of(company)
    draft.items.filter(number=7).update(
        kind="number", unit="mm", normal=[], normal_to=3, proof_rule="none", proof=""
    )

    assert publish(company, draft).published_at == company.now
    publish(company, draft)
    after = under_inspection(company, "A-2")

    answer(company, before, [GivenAnswer(7, "yes")])
    answer(company, after, [GivenAnswer(7, "2,5")])
    with pytest.raises(InspectionRefused):
        answer(company, after, [GivenAnswer(7, "yes")])
    versions = Inspection.objects.order_by("order_id").values_list("template__version", flat=True)
    assert list(versions) == [1, 2]
    assert inspection_view(after.pk).point(7).answer.value == "2.5"
    kinds = ("command.template_draft", "command.template_publish")
    entries = Entry.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "output__version")
    assert list(entries) == [(kinds[0], 2), (kinds[1], 2)]
    assert company.audit() == {}


def test_only_a_lead_changes_the_points(company: Company) -> None:
    draft = draft_of(company)
    by = {"actor": company.actor(company.manager("Anna")), "now": company.now}

    with pytest.raises(NotAllowed):
        template_draft(**by)
    with pytest.raises(NotAllowed):
        template_publish(template_id=draft.pk, **by)


@pytest.mark.parametrize(
    ("number", "changed", "flaws"),
    [
        (7, {"kind": "colour"}, ["kind:7"]),
        (3, {"choices": [{"code": "full", "title": "All"}]}, ["choices:3", "normal:3", "proof_answers:3"]),
        (3, {"choices": "full"}, ["choices:3", "normal:3", "proof_answers:3"]),
        (3, {"choices": [{"code": "full"}, "receipt", None, {"code": "a b", "title": "A"}]},
         ["choices:3", "normal:3", "proof_answers:3"]),
        (17, {"choices": [{"code": code, "title": "A"} for code in ("new", "good", "good")]}, ["choices:17"]),
        (7, {"normal": ["maybe"]}, ["normal:7"]),
        (7, {"normal": []}, ["normal:7"]),
        (18, {"normal": ["yes"]}, ["normal:18"]),
        (18, {"normal_from": 5, "normal_to": 4}, ["range:18"]),
        (7, {"proof": ""}, ["proof:7"]),
        (7, {"proof_rule": "answers"}, ["proof_answers:7"]),
        (7, {"proof_rule": "answers", "proof_answers": ["perhaps"]}, ["proof_answers:7"]),
        (7, {"group": "seller", "group_title": "Seller"}, ["group:8", "group:24"]),
        (7, {"proof_rule": "answers", "proof_answers": ["no"]}, []),
    ],
)  # fmt: skip
def test_a_flawed_version_is_not_put_in_force(
    company: Company, number: int, changed: dict[str, Any], flaws: list[str]
) -> None:
    draft = draft_of(company)
    draft.items.filter(number=number).update(**changed)

    if not flaws:
        assert publish(company, draft).published_at == company.now
        return
    with pytest.raises(TemplateInvalid) as refused:
        publish(company, draft)
    assert refused.value.lacks() == flaws
    assert template_in_force().version == 1


def test_27_points_are_no_template(company: Company) -> None:
    draft = draft_of(company)
    draft.items.get(number=28).delete()

    with pytest.raises(TemplateInvalid) as refused:
        publish(company, draft)

    assert refused.value.lacks() == ["points"]
    with pytest.raises(TemplateInvalid):
        publish(company, InspectionTemplateFactory())
