"""The ladder in the versions of the rules: edited with the draft, drawn as a staircase, read once published."""

from typing import Any

import pytest

from core.models import User
from sla.models import Matrix, Rung, StuckRule
from tests.factories import RungFactory
from tests.panel.test_rules import drafted
from tests.panel.visitor import Visitor, text
from tests.stories.company import Company


@pytest.fixture(autouse=True)
def _in_english(company: Company) -> None:
    User.objects.update(language="en")


def row_of(given: dict[str, Any], prefix: str, **wanted: str) -> str:
    """Where the form has the row with these values."""
    for number in range(int(given[f"{prefix}-TOTAL_FORMS"])):
        row = f"{prefix}-{number}-"
        if all(str(given.get(row + name, "")) == value for name, value in wanted.items()):
            return row
    raise LookupError(wanted)


def with_new_rung(given: dict[str, Any], **fields: str) -> dict[str, Any]:
    number = int(given["rungs-TOTAL_FORMS"])
    blank = {"id": "", "matrix": given["rungs-0-matrix"], "stage": "", "severity": "", "share": ""}
    rung = {**blank, "after_seconds": "", "repeat_seconds": "", "at_most": "1", **fields}
    added = {f"rungs-{number}-{name}": value for name, value in rung.items()}
    return {**given, **added, "rungs-TOTAL_FORMS": number + 1}


def errors(page: Any) -> list[dict[str, Any]]:
    """Of the rungs that were refused."""
    *_others, rungs = page.context["inline_admin_formsets"]
    return [found for found in rungs.formset.errors if found]


def test_a_rung_is_moved_and_repeated_in_words(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    row = row_of(given, "rungs", trigger="task", whom="duty", severity="")
    given |= {f"{row}after_seconds": "45 min", f"{row}repeat_seconds": "2 h", f"{row}at_most": "4"}

    lead.post("sla_matrix_change", draft.pk, data=given)

    rung = Rung.objects.get(matrix=draft, trigger="task", whom="duty", severity="")
    assert (rung.after_seconds, rung.repeat_seconds, rung.at_most) == (2700, 7200, 4)


def test_a_rung_at_once_is_a_nought(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    row = row_of(given, "rungs", trigger="task", whom="lead")
    assert given[f"{row}after_seconds"] == "0"
    given = with_new_rung(given, trigger="accept", whom="lead", action="escalate", after_seconds="0")

    lead.post("sla_matrix_change", draft.pk, data=given)

    assert Rung.objects.get(matrix=draft, trigger="accept", whom="lead").after_seconds == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"trigger": "task", "whom": "lead", "action": "remind"},
        {"trigger": "task", "whom": "lead", "action": "remind", "after_seconds": "1 h", "share": "50"},
        {"trigger": "stuck", "whom": "lead", "action": "remind", "share": "50"},
        {"trigger": "stage", "whom": "owner", "action": "reassign", "after_seconds": "1 h"},
        {"trigger": "task", "whom": "lead", "action": "remind", "after_seconds": "soon"},
        {"trigger": "task", "whom": "lead", "action": "remind", "share": "101"},
        {"trigger": "task", "whom": "lead", "action": "escalate", "after_seconds": "0"},
    ],
)
def test_a_rung_that_makes_no_sense_is_refused_where_it_stands(
    company: Company, lead: Visitor, fields: dict[str, str]
) -> None:
    draft, given = drafted(lead)
    before = Rung.objects.filter(matrix=draft).count()

    page = lead.post("sla_matrix_change", draft.pk, data=with_new_rung(given, **fields))

    assert len(errors(page)) == 1
    assert Rung.objects.filter(matrix=draft).count() == before


def test_thresholds_and_quiet_hours_are_edited_with_the_draft(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    row = row_of(given, "stuck_rules", stage="under_inspection", level="1")
    given |= {f"{row}after_seconds": "12 h", "quiet_from": "23:00", "quiet_until": "07:30"}

    lead.post("sla_matrix_change", draft.pk, data=given)

    assert StuckRule.objects.get(matrix=draft, stage="under_inspection", level=1).after_seconds == 43_200
    page = text(lead.get("sla_matrix_change", draft.pk))
    assert "quiet hours 23:00–07:30" in page
    assert "Under inspection 12 h 3 d" in page


def test_each_table_of_a_draft_says_what_is_added_to_it(company: Company, lead: Visitor) -> None:
    draft, _given = drafted(lead)

    page = text(lead.get("sla_matrix_change", draft.pk))

    for words in ("Add a time allowed", "Add a threshold", "Add a rung"):
        assert words in page
    assert "Add another" not in page


def test_quiet_hours_without_an_end_are_refused(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)

    lead.post("sla_matrix_change", draft.pk, data={**given, "quiet_until": ""})

    assert Matrix.objects.get(pk=draft.pk).quiet_until is not None


def test_the_ladder_is_drawn_from_the_owner_up(company: Company, lead: Visitor) -> None:
    draft, _given = drafted(lead)
    Rung.objects.filter(matrix=draft).delete()
    for whom, after, repeat, times in (
        ("owner", 0, None, 1),
        ("lead", 3600, None, 1),
        ("group", 7200, 14_400, 3),
    ):
        RungFactory(
            matrix=draft, trigger="stage", whom=whom, action="escalate", share=None, after_seconds=after,
            repeat_seconds=repeat, at_most=times,
        )  # fmt: skip

    (stairs,) = lead.get("sla_matrix_change", draft.pk).context["ladder"]

    assert stairs.titles == ["The stage takes longer than allowed"]
    assert stairs.moments == ["at once", "+1 h", "+2 h"]
    assert [level.whom for level in stairs.levels] == [
        "the admins' group",
        "the lead of the team",
        "the owner",
    ]
    drawn = [[tread is not None for tread in level.cells] for level in stairs.levels]
    assert drawn == [[False, False, True], [False, True, False], [True, False, False]]
    assert stairs.levels[0].cells[2].again == "again every 4 h, 3 times in all"


def test_those_that_climb_alike_are_drawn_once(company: Company, lead: Visitor) -> None:
    page = lead.get("sla_matrix_change", Matrix.objects.get().pk)

    drawn = {(*stairs.titles, stairs.orders) for stairs in page.context["ladder"]}

    alike = (
        *("The client has not decided in time", "A task is overdue"),
        *("A blocker was not removed in time", "An approval is late"),
    )
    assert (*alike, "every order") in drawn
    assert (*alike, "severity: critical") in drawn


def test_a_published_ladder_is_only_read(company: Company, lead: Visitor) -> None:
    published = Matrix.objects.get()
    page = lead.get("sla_matrix_change", published.pk)

    assert page.context["inline_admin_formsets"] == []
    assert "rungs-TOTAL_FORMS" not in page.content.decode()
    lead.post("sla_matrix_change", published.pk, data={"quiet_from": "01:00", "quiet_until": "02:00"})
    assert Matrix.objects.get().quiet_from == published.quiet_from
