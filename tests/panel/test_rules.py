"""Rules as versions: a draft is edited, a published one never; the next order goes by the newest."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from assignment.models import WeightTable
from core.models import Calendar, User
from sla.models import Matrix, Rule
from tests.panel.visitor import Visitor, manager_visitor, observer, said, text
from tests.stories.company import HOUR, MINUTE, Company


def draft_form(page: HttpResponse) -> dict[str, Any]:
    """What the browser would send back for the draft that is shown."""
    given = {field.html_name: field.value() for field in page.context["adminform"].form}
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        given |= {field.html_name: field.value() for field in formset.management_form}
        for form in formset.initial_forms:
            for field in form:
                value = field.value()
                given[field.html_name] = ",".join(map(str, value)) if isinstance(value, list) else value
    return {name: value for name, value in given.items() if value is not None}


def drafted(lead: Visitor) -> tuple[Matrix, dict[str, Any]]:
    lead.post("matrix_draft")
    draft = Matrix.objects.get(published_at__isnull=True)
    return draft, draft_form(lead.get("sla_matrix_change", draft.pk))


def field_of(given: dict[str, Any], *, kind: str, severity: str, name: str) -> str:
    """The name of one field of one rule in the form."""
    for number in range(int(given["rules-TOTAL_FORMS"])):
        row = f"rules-{number}-"
        if given[f"{row}kind"] == kind and given[f"{row}severity"] == severity:
            return f"{row}{name}"
    raise LookupError(kind, severity)


def test_a_new_version_begins_as_a_copy_and_changes_nothing(company: Company, lead: Visitor) -> None:
    draft, _given = drafted(lead)

    assert draft.version == 2
    copied = list(
        Rule.objects.filter(matrix=draft).values_list("kind", "stage", "severity", "target_seconds")
    )
    assert len(copied) == 18
    company.manager("Anna")
    assert company.order().due_at == company.now + 30 * MINUTE


def test_a_rule_that_is_not_required_stands_with_its_stage(company: Company, lead: Visitor) -> None:
    draft, _given = drafted(lead)
    Rule.objects.create(
        matrix=draft, kind="client_decision", stage="awaiting_payment", severity="normal", target_seconds=3600
    )
    User.objects.update(language="en")

    rows = lead.get("sla_matrix_change", draft.pk).context["rows"]

    assert [row.stage for row in rows] == [
        *["Waits for a manager"] * 2,
        "Under inspection",
        *["Awaits the client's decision and payment"] * 2,
        "Ready for shipment",
        "In transit",
    ]


def test_what_was_saved_is_said_without_a_gender_and_times_without_seconds(
    company: Company, lead: Visitor
) -> None:
    draft, given = drafted(lead)
    User.objects.update(language="ru")

    page = lead.post("sla_matrix_change", draft.pk, data={**given, "_continue": "1"})

    (line,) = said(page)
    assert line.startswith("Сохранено: ")
    assert 'value="22:00"' in page.content.decode()


def test_a_draft_is_deleted_by_a_button_that_says_so_in_every_language(
    company: Company, lead: Visitor
) -> None:
    draft, _given = drafted(lead)

    shown = text(lead.get("sla_matrix_change", draft.pk))

    assert "Удалить" in shown
    assert "Удалить матрица" not in shown


def test_asking_for_a_draft_twice_gives_the_same_draft(company: Company, lead: Visitor) -> None:
    lead.post("matrix_draft")
    lead.post("matrix_draft")

    assert Matrix.objects.count() == 2


def test_targets_are_written_as_people_say_them_and_go_into_force_by_a_press(
    company: Company, lead: Visitor
) -> None:
    company.manager("Anna")
    draft, given = drafted(lead)
    given[field_of(given, kind="accept", severity="normal", name="target_seconds")] = "1 ч 30 мин"
    given[field_of(given, kind="accept", severity="normal", name="warn_at")] = "80, 50, 80"

    lead.post("sla_matrix_change", draft.pk, data=given)
    rule = Rule.objects.get(matrix=draft, kind="accept", severity="normal")
    assert (rule.target_seconds, rule.warn_at) == (5400, [50, 80])
    assert company.order("before").due_at == company.now + 30 * MINUTE

    lead.post("matrix_publish", draft.pk)
    assert company.order("after").due_at == company.now + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("name", "value"),
    [("target_seconds", "soon"), ("target_seconds", "0 min"), ("warn_at", "100"), ("warn_at", "a")],
)
def test_nonsense_is_refused_at_its_field(company: Company, lead: Visitor, name: str, value: str) -> None:
    draft, given = drafted(lead)
    given[field_of(given, kind="accept", severity="normal", name=name)] = value

    page = lead.post("sla_matrix_change", draft.pk, data=given)

    rules, *_ladder = page.context["inline_admin_formsets"]
    assert [list(errors) for errors in rules.formset.errors if errors] == [[name]]
    assert Rule.objects.get(matrix=draft, kind="accept", severity="normal").target_seconds == 1800


def test_a_version_with_a_missing_rule_is_not_published_and_every_one_is_named(
    company: Company, lead: Visitor
) -> None:
    draft, _given = drafted(lead)
    Rule.objects.filter(matrix=draft, kind="accept").delete()

    page = lead.post("matrix_publish", draft.pk)

    assert len(said(page)) == 3
    assert not Matrix.objects.filter(pk=draft.pk, published_at__isnull=False).exists()


def test_a_published_version_is_only_read(company: Company, lead: Visitor) -> None:
    published = Matrix.objects.get()

    page = lead.get("sla_matrix_change", published.pk)
    assert page.context["inline_admin_formsets"] == []
    assert not page.context["has_change_permission"]
    assert len(page.context["rows"]) == 6

    lead.post("sla_matrix_change", published.pk, data={"title": "Another"})
    assert Matrix.objects.get().title == ""
    assert lead.post("sla_matrix_delete", published.pk, data={"post": "yes"}).status_code == 403


def test_what_differs_from_the_version_before_is_marked(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    given[field_of(given, kind="accept", severity="high", name="target_seconds")] = "45 min"
    lead.post("sla_matrix_change", draft.pk, data=given)

    rows = lead.get("sla_matrix_change", draft.pk).context["rows"]

    changed = [(row.stage, cell.severity) for row in rows for cell in row.cells if cell.changed]
    assert [severity for _stage, severity in changed] == ["high"]


def weights_form(**changed: str) -> dict[str, str]:
    table = WeightTable.objects.first()
    assert table is not None
    stages = {
        f"stage_{code}": table.stages.get(code, "0")
        for code in (*table.stages, "delivered", "cancelled", "rejected")
    }
    severities = {f"severity_{code}": value for code, value in table.severities.items()}
    return {**stages, **severities, **changed}


def test_new_weights_are_in_force_at_once(company: Company, lead: Visitor) -> None:
    anna = company.manager("Anna")

    lead.post("assignment_weighttable_add", data=weights_form(stage_pending_manager="2.5"))
    company.order()

    assert WeightTable.objects.count() == 2
    anna.refresh_from_db()
    assert anna.load.load == 2.5


@pytest.mark.parametrize(
    ("field", "value"),
    [("stage_in_transit", "-1"), ("stage_in_transit", "NaN"), ("severity_high", "0"), ("severity_high", "")],
)
def test_weights_that_make_no_sense_are_refused(
    company: Company, lead: Visitor, field: str, value: str
) -> None:
    page = lead.post("assignment_weighttable_add", data=weights_form(**{field: value}))

    assert page.context["form"].errors
    assert WeightTable.objects.count() == 1


CALENDAR = {
    "title": "Hours",
    "time_zone": "Europe/Moscow",
    **{f"day{number}": "09:00–21:00" for number in range(6)},
    "day6": "",
    "exceptions": "2026-03-09 Holiday\n2026-03-03 10:00–12:00, 13:00–15:00 short day",
}


def calendar_draft(lead: Visitor) -> Calendar:
    lead.post("calendar_draft", data={"code": "default"})
    return Calendar.objects.get(published_at__isnull=True)


def test_a_calendar_is_written_as_hours_and_put_in_force(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    draft = calendar_draft(lead)

    lead.post("core_calendar_change", draft.pk, data=CALENDAR)
    draft.refresh_from_db()
    assert draft.hours["week"][6] == []
    assert draft.hours["exceptions"] == {
        "2026-03-03": {"hours": [["10:00", "12:00"], ["13:00", "15:00"]], "why": "short day"},
        "2026-03-09": {"hours": [], "why": "Holiday"},
    }

    lead.post("calendar_publish", draft.pk)
    # Eight hours from Monday noon are still Monday's; with a critical one's two hours it is 14:00.
    order = company.accept(company.order(severity="critical"))
    assert order.due_at == company.now + 2 * HOUR


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Europe/Atlantis"),
        ("day0", "09:00-08:00"),
        ("day0", "nine"),
        ("day0", "09:00-12:00, 11:00-14:00"),
        ("exceptions", "2026-02-30 Holiday"),
        ("exceptions", "tomorrow 09:00-10:00"),
    ],
)
def test_hours_that_can_not_be_are_refused(company: Company, lead: Visitor, field: str, value: str) -> None:
    draft = calendar_draft(lead)

    page = lead.post("core_calendar_change", draft.pk, data={**CALENDAR, field: value})

    assert page.status_code == 200
    assert page.context["adminform"].form.errors
    draft.refresh_from_db()
    assert draft.hours == {"week": [[["09:00", "21:00"]]] * 7, "exceptions": {}}


def test_a_published_calendar_is_only_read(company: Company, lead: Visitor) -> None:
    published = Calendar.objects.get()

    lead.post("core_calendar_change", published.pk, data={**CALENDAR, "title": "Another"})

    assert Calendar.objects.get().title == "Hours"


@pytest.mark.parametrize("door", ["matrix_draft", "calendar_draft"])
def test_nobody_but_a_lead_prepares_rules(company: Company, door: str) -> None:
    for visitor in (manager_visitor(company, company.manager("Anna")), observer(company)):
        assert visitor.post(door, data={"code": "default"}).status_code == 403
        assert visitor.get(door).status_code == 405
        assert visitor.post("matrix_publish", Matrix.objects.get().pk).status_code == 403
        assert visitor.post("assignment_weighttable_add", data=weights_form()).status_code == 403


def test_a_version_that_is_not_there_is_said_not_to_be(company: Company, lead: Visitor) -> None:
    assert len(said(lead.post("matrix_publish", 999))) == 1
    assert len(said(lead.post("calendar_publish", 999))) == 1
    assert len(said(lead.post("calendar_draft", data={"code": "nowhere"}))) == 1


def test_a_calendar_that_can_not_be_is_not_found(company: Company, lead: Visitor) -> None:
    for code in ("nowhere", "\x00", ""):
        assert len(said(lead.post("calendar_draft", data={"code": code}))) == 1
    assert Calendar.objects.count() == 1
