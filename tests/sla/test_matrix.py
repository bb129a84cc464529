"""A draft begins as what is in force; published, its ladder is a value that never changes."""

from datetime import time

import pytest

from sla.models import Matrix, Rung, StuckRule
from sla.policies.ladder import DEFAULT_LADDER, Quiet, default_stuck
from sla.selectors import matrix, rung_of
from sla.services import matrix_draft, matrix_publish
from tests.stories.company import Company


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def draft(company: Company) -> Matrix:
    return matrix_draft(actor=company.actor(company.lead), now=company.now)


def test_a_version_without_a_rung_has_the_default_ladder(company: Company) -> None:
    found = matrix(1)
    assert found.rungs == DEFAULT_LADDER
    assert found.stuck == default_stuck()
    assert found.quiet == Quiet(time(22), time(8))


def test_a_draft_shows_the_ladder_that_is_in_force_as_rows(company: Company) -> None:
    new = draft(company)

    assert tuple(rung_of(row) for row in new.rungs.order_by("pk")) == DEFAULT_LADDER
    assert {(row.stage, row.level): row.after_seconds for row in new.stuck_rules.all()} == default_stuck()
    assert new.rules.count() == Matrix.objects.get(version=1).rules.count()


def test_the_next_draft_copies_the_rows_thresholds_and_quiet_hours(company: Company) -> None:
    second = draft(company)
    second.rungs.exclude(trigger="stuck").delete()
    Rung.objects.create(matrix=second, trigger="task", whom="group", after_seconds=300, severity="high")
    StuckRule.objects.filter(matrix=second, stage="in_transit", level=1).update(after_seconds=7200)
    second.quiet_from, second.quiet_until = None, None
    second.save()
    matrix_publish(matrix_id=second.pk, actor=company.actor(company.lead), now=company.now)

    third = draft(company)

    assert third.version == 3
    assert {rung_of(row) for row in third.rungs.all()} == set(matrix(2).rungs)
    assert {rung.trigger for rung in matrix(2).rungs} == {"stuck", "task"}
    assert third.stuck_rules.get(stage="in_transit", level=1).after_seconds == 7200
    assert matrix(2).stuck["in_transit", 1] == 7200
    assert (third.quiet_from, third.quiet_until, matrix(2).quiet) == (None, None, None)
    # What was copied from stays as it was.
    assert second.rungs.count() == third.rungs.count() == 3
