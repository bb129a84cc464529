"""The tables of docs/domain.md are what the code does: each is compared row by row with its source."""

import re
from pathlib import Path

import pytest

from assignment.models import AssignmentState
from core.models import Importance, MessageStatus
from orders import gate
from orders.models import TALKED, AnswerKind, Decision, Outcome, ProofRule, VerdictCode
from orders.services import InspectionRefused
from orders.statuses import FINAL, CancelReason, Severity, Status, Step
from rop.audit import CHECKS
from rop.loop.opening import TITLES
from rop.models import EscalationState, ProposalState
from sla.models import Action, ClockKind, ClockState, Trigger, Whom
from telegram_bot.cards.registry import CARDS
from telegram_bot.models import FileState, Screen

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = (ROOT / "docs" / "domain.md").read_text()
APPS = ("core", "orders", "assignment", "sla", "rop", "telegram_bot", "panel")


def table(name: str) -> dict[str, list[str]]:
    """The rows of the table below `<!-- name -->`, by their first cell."""
    body = DOMAIN.split(f"<!-- {name} -->", 1)[1].split("\n\n", 2)[1]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in body.strip().splitlines()]
    return {row[0]: row[1:] for row in rows[2:]}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("statuses", Status.values),
        ("severities", Severity.values),
        ("steps", Step.values),
        ("cancel reasons", CancelReason.values),
        ("answer kinds", AnswerKind.values),
        ("proof rules", ProofRule.values),
        ("verdicts", VerdictCode.values),
        ("decisions", Decision.values),
        ("outcomes", Outcome.values),
        ("openings", list(TITLES)),
        ("clocks", ClockKind.values),
        ("clock states", ClockState.values),
        ("assignment states", AssignmentState.values),
        ("message states", MessageStatus.values),
        ("importance", [level.name.lower() for level in Importance]),
        ("triggers", Trigger.values),
        ("whom", Whom.values),
        ("actions", Action.values),
        ("escalation states", EscalationState.values),
        ("proposal states", ProposalState.values),
        ("file states", FileState.values),
        ("screens", Screen.values),
        ("audit", list(CHECKS)),
    ],
)
def test_a_table_names_every_code_and_no_other(name: str, codes: list[str]) -> None:
    assert sorted(table(name)) == sorted(map(str, codes))


def test_the_table_of_statuses_says_which_are_final() -> None:
    assert {status for status, row in table("statuses").items() if row[-1] == "yes"} == FINAL


def test_the_table_of_outcomes_says_when_they_were_talked_to() -> None:
    assert {outcome for outcome, row in table("outcomes").items() if row[0] == "yes"} == TALKED


def test_the_table_of_the_inspections_refusals_is_what_the_services_say() -> None:
    listed = str(InspectionRefused.__doc__).split("Codes: ")[1].strip().rstrip(".")
    assert set(table("inspection refusals")) == set(re.split(r",\s+", listed))
    said: set[str] = set()
    for module in ("answers", "evidence", "inspecting", "verdicts"):
        source = (ROOT / "orders" / "services" / f"{module}.py").read_text()
        said |= set(re.findall(r'refused\(\s*"(\w+)"', source))
        said |= set(re.findall(r'PointError\([^()]*?"(\w+)"', source))
    policy = (ROOT / "orders" / "policies" / "inspection.py").read_text()
    said |= set(re.findall(r'return "(\w+)"', policy.split("def why_no_verdict")[1]))
    assert said | {"too_long", "bad_value", "incomplete"} == set(table("inspection refusals"))


def test_the_table_of_routes_is_the_gates_table() -> None:
    rows = {
        route: [", ".join(spec.sources), spec.target, spec.who, spec.guard, spec.risk or "never"]
        for route, spec in gate.ROUTES.items()
    }
    assert {route: [cell.replace("`", "") for cell in row] for route, row in table("routes").items()} == rows


def test_the_diagram_draws_the_routes_of_the_gate() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+): (\w+)$", DOMAIN, re.MULTILINE))
    assert drawn == {
        (source, spec.target, spec.route) for spec in gate.ROUTES.values() for source in spec.sources
    }


def test_every_kind_of_journal_entry_is_in_its_table() -> None:
    kinds = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                kinds |= set(
                    re.findall(
                        r'"((?:approval|task|command|decision|escalation|loop|bot|message|audit)\.[a-z_]+)"',
                        path.read_text(),
                    )
                )
    assert set(table("journal")) == kinds


def test_every_message_is_in_its_table() -> None:
    assert set(table("messages")) == set(CARDS)
