"""Versions of the 28 points: read, drafted, edited point by point, put in force for new inspections only."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from core.models import User
from orders.models import Inspection, InspectionItem, InspectionTemplate
from orders.services import template_draft, template_publish
from tests.panel.visitor import Visitor, manager_visitor, observer, said, text
from tests.stories.company import Company

BLANK = {
    f"{name}{part}": ""
    for name in ("yes", "no", *(f"choice{n}" for n in range(8)))
    for part in ("_normal", "_file")
}


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")
    company.lead.refresh_from_db()


@pytest.fixture
def draft(lead: Visitor) -> InspectionTemplate:
    lead.post("template_draft")
    return InspectionTemplate.objects.get(published_at__isnull=True)


def form_of(page: HttpResponse) -> dict[str, Any]:
    """What the browser would send back of the form that is shown."""
    form = page.context["form"]
    given = {field.html_name: field.value() for field in form}
    return {
        name: "on" if value is True else value
        for name, value in given.items()
        if value is not None and value is not False
    }


def save(lead: Visitor, draft: InspectionTemplate, number: int, **changed: str) -> HttpResponse:
    given = form_of(lead.get("template_point", draft.pk, number))
    kept = {name: value for name, value in {**given, **changed}.items() if value != ""}
    return lead.post("template_point", draft.pk, number, data=kept)


def item(draft: InspectionTemplate, number: int) -> InspectionItem:
    return InspectionItem.objects.get(template=draft, number=number)


def test_the_version_in_force_is_read_as_points_in_groups(company: Company, lead: Visitor) -> None:
    page = lead.get("orders_inspectiontemplate_change", InspectionTemplate.objects.get().pk)

    groups = page.context["groups"]
    assert sum(len(group.rows) for group in groups) == 28
    assert len({group.code for group in groups}) == len(groups) == 7
    seen = text(page)
    assert "in force" in seen
    assert "always: 2 photos" in seen
    assert "with “чек и гарантия / только чек”: 1 photo" in seen
    assert "severity “high” or more: 1 photo" in seen
    # A published version has nothing to press.
    assert not page.context["has_change_permission"]
    assert "template_point" not in page.content.decode()
    assert 'form="move"' not in page.content.decode()


def test_a_manager_reads_the_points_and_changes_nothing(
    company: Company, lead: Visitor, draft: InspectionTemplate
) -> None:
    published = InspectionTemplate.objects.get(version=1)
    for visitor in (manager_visitor(company, company.manager("Anna")), observer(company)):
        assert visitor.get("orders_inspectiontemplate_change", published.pk).status_code == 200
        for name, args in (
            ("template_draft", ()),
            ("template_publish", (draft.pk,)),
            ("template_group", (draft.pk, "body")),
            ("template_point_move", (draft.pk, 7, "up")),
            ("template_point", (draft.pk, 7)),
        ):
            assert visitor.post(name, *args).status_code == 403
        assert visitor.get("template_point", draft.pk, 7).status_code == 403


def test_a_draft_is_a_copy_and_there_is_one(lead: Visitor, draft: InspectionTemplate) -> None:
    lead.post("template_draft")

    assert InspectionTemplate.objects.count() == 2
    assert draft.items.count() == 28
    page = lead.get("orders_inspectiontemplate_change", draft.pk)
    assert not any(row.changed for group in page.context["groups"] for row in group.rows)
    assert page.context["flaws"] == []


def test_every_point_is_saved_as_it_was_when_nothing_is_changed(
    lead: Visitor, draft: InspectionTemplate
) -> None:
    before = list(draft.items.order_by("number").values())

    for number in range(1, 29):
        answered = save(lead, draft, number)
        assert answered.redirect_chain[-1][0].endswith(f"#point-{number}"), text(answered)

    assert list(draft.items.order_by("number").values()) == before


def test_a_point_is_edited_and_marked_as_changed(lead: Visitor, draft: InspectionTemplate) -> None:
    save(lead, draft, 7, title="Рама", question="Рама ровная?", proof_rule="always", proof_count="3", hint="")

    changed = item(draft, 7)
    assert (changed.title, changed.question, changed.proof_rule, changed.proof_count) == (
        "Рама",
        "Рама ровная?",
        "always",
        3,
    )
    page = lead.get("orders_inspectiontemplate_change", draft.pk)
    assert [r.item.number for g in page.context["groups"] for r in g.rows if r.changed] == [7]


def test_a_choice_is_written_in_rows_and_keeps_the_codes_that_it_had(
    lead: Visitor, draft: InspectionTemplate
) -> None:
    save(
        lead,
        draft,
        3,
        choice1="чек",
        choice3="",
        choice4="копия чека",
        choice4_normal="on",
        choice0_normal="",
    )

    changed = item(draft, 3)
    assert changed.choices == [
        {"code": "full", "title": "чек и гарантия"},
        {"code": "receipt", "title": "чек"},
        {"code": "box", "title": "только коробка"},
        {"code": "answer1", "title": "копия чека"},
    ]
    assert changed.normal == ["receipt", "answer1"]
    assert changed.proof_answers == ["full", "receipt"]


def test_a_number_has_a_range_with_a_comma_and_a_unit(lead: Visitor, draft: InspectionTemplate) -> None:
    User.objects.update(language="ru")

    save(lead, draft, 7, kind="number", normal_from="0,5", normal_to="12", unit="мм", proof_rule="exception")

    changed = item(draft, 7)
    assert (changed.kind, str(changed.normal_from), str(changed.normal_to), changed.unit) == (
        "number",
        "0.500",
        "12.000",
        "мм",
    )
    # The norm of yes and no is no norm of a number.
    assert changed.normal == []


@pytest.mark.parametrize(
    ("number", "changed", "sentence"),
    [
        (7, {"title": ""}, "This field is required."),
        (7, {"title": "a" * 61}, "60"),
        (7, {"question": "a\x01"}, "control"),
        (7, {"yes_normal": ""}, "Say which answers are the norm."),
        (7, {"proof": ""}, "Say which kind of file is needed."),
        (7, {"proof_rule": "answers"}, "Say with which answers a file is needed."),
        (7, {"proof_count": "11"}, "10"),
        (7, {"kind": "choice", "choice0": "one"}, "A choice needs two or more different answers"),
        (7, {"kind": "number", "normal_from": "5", "normal_to": "1"}, "the wrong way round"),
        (7, {"group": "", "new_group": ""}, "A group needs a title."),
    ],
)
def test_what_makes_no_point_is_refused_and_said(
    lead: Visitor, draft: InspectionTemplate, number: int, changed: dict[str, str], sentence: str
) -> None:
    before = draft.items.filter(number=number).values().get()

    page = save(lead, draft, number, **changed)

    assert page.status_code == 422
    assert sentence in text(page)
    assert draft.items.filter(number=number).values().get() == before


def test_points_change_places_and_groups_have_to_stand_together(
    lead: Visitor, draft: InspectionTemplate
) -> None:
    first, second = item(draft, 5).title, item(draft, 6).title

    lead.post("template_point_move", draft.pk, 5, "down")

    assert [item(draft, 5).title, item(draft, 6).title] == [second, first]
    page = lead.get("orders_inspectiontemplate_change", draft.pk)
    # The last of the papers stands among the body's now, and one of the body's among the papers.
    assert len(page.context["flaws"]) == 2
    published = lead.post("template_publish", draft.pk)
    assert len(said(published)) == 2
    assert not InspectionTemplate.objects.filter(pk=draft.pk, published_at__isnull=False).exists()

    lead.post("template_point_move", draft.pk, 6, "up")
    assert lead.get("orders_inspectiontemplate_change", draft.pk).context["flaws"] == []


@pytest.mark.parametrize(("number", "way"), [(1, "up"), (28, "down")])
def test_nothing_moves_past_the_end(lead: Visitor, draft: InspectionTemplate, number: int, way: str) -> None:
    assert len(said(lead.post("template_point_move", draft.pk, number, way))) == 1


def test_a_point_goes_to_a_new_group(lead: Visitor, draft: InspectionTemplate) -> None:
    save(lead, draft, 28, new_group="Условия")
    save(lead, draft, 27, new_group="Условия")

    # In Cyrillic there is no code to be made of the words.
    assert item(draft, 27).group == item(draft, 28).group
    assert item(draft, 28).group_title == "Условия"
    assert lead.get("orders_inspectiontemplate_change", draft.pk).context["flaws"] == []


def test_a_group_is_called_otherwise(lead: Visitor, draft: InspectionTemplate) -> None:
    lead.post("template_group", draft.pk, "body", data={"title": "Корпус"})
    titles = set(draft.items.filter(group="body").values_list("group_title", flat=True))
    assert titles == {"Корпус"}

    for title in ("", "Документы и подлинность"):
        assert len(said(lead.post("template_group", draft.pk, "body", data={"title": title}))) == 1
    assert len(said(lead.post("template_group", draft.pk, "nowhere", data={"title": "x"}))) == 1


def test_put_in_force_it_is_for_new_inspections_only(
    company: Company, lead: Visitor, draft: InspectionTemplate
) -> None:
    company.manager("Anna")
    before = company.accept(company.order("A-1"))
    save(lead, draft, 7, title="Рама")

    page = lead.post("template_publish", draft.pk)

    assert said(page) == ["Version 2 is in force for inspections that begin from now on."]
    after = company.accept(company.order("A-2"))
    versions = dict(Inspection.objects.values_list("order", "template__version"))
    assert versions == {before.pk: 1, after.pk: 2}
    # Now it never changes.
    assert lead.get("template_point", draft.pk, 7).status_code == 404
    assert lead.post("template_point", draft.pk, 7).status_code == 404
    assert len(said(lead.post("template_point_move", draft.pk, 7, "up"))) == 1
    assert len(said(lead.post("template_group", draft.pk, "body", data={"title": "x"}))) == 1
    lead.post("orders_inspectiontemplate_change", draft.pk, data={"title": "Another"})
    assert InspectionTemplate.objects.get(pk=draft.pk).title == draft.title


def test_what_is_not_there_is_not_found(lead: Visitor, draft: InspectionTemplate) -> None:
    assert lead.get("template_point", 999, 7).status_code == 404
    assert lead.get("template_point", draft.pk, 29).status_code == 404
    assert lead.post("template_point_move", draft.pk, 7, "sideways").status_code == 404
    assert lead.post("template_point_move", 999, 7, "up").status_code == 404
    assert len(said(lead.post("template_publish", 999))) == 1


def test_the_list_of_versions_costs_as_much_for_many(company: Company, lead: Visitor) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page = lead.get("orders_inspectiontemplate_changelist")
        assert page.status_code == 200
        return len(captured)

    lead.get("orders_inspectiontemplate_changelist")
    few = cost()
    for _version in range(4):
        made = template_draft(actor=company.actor(company.lead), now=company.now)
        template_publish(template_id=made.pk, actor=company.actor(company.lead), now=company.now)
    assert cost() == few
    marks = lead.get("orders_inspectiontemplate_changelist").context["cl"].result_list
    assert [row.version for row in marks] == [5, 4, 3, 2, 1]
