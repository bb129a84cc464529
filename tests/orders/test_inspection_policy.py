"""What answers say, which files they call for, what is still missing and which verdict they allow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.models import InspectionItem
from orders.policies.inspection import (
    PLACES,
    SEVERITIES,
    TEXT_AT_MOST,
    WHOLE_DIGITS,
    BadAnswer,
    Given,
    Point,
    Progress,
    is_normal,
    norms_of,
    progress,
    proof_needed,
    read_answer,
    rushed_below,
    why_no_verdict,
)
from orders.statuses import Severity

YES_NO = Point(1, "body", "yes_no", normal=("yes",))
CHOICE = Point(2, "body", "choice", choices=("new", "good", "poor"), normal=("new", "good"))
NUMBER = Point(3, "wear", "number", normal_from=Decimal(1), normal_to=Decimal("12.5"))
TEXT = Point(4, "wear", "text")


@pytest.mark.parametrize(
    ("point", "given", "kept"),
    [
        (YES_NO, "yes", "yes"),
        (YES_NO, " no ", "no"),
        (CHOICE, "good", "good"),
        (NUMBER, "12", "12"),
        (NUMBER, "12,50", "12.5"),
        (NUMBER, "12 500", "12500"),
        (NUMBER, "12\u00a0500,25", "12500.25"),
        (NUMBER, "1200", "1200"),
        (NUMBER, "007", "7"),
        (NUMBER, "+5", "5"),
        (NUMBER, "-0", "0"),
        (NUMBER, "-3.100", "-3.1"),
        (NUMBER, "99999999999.999", "99999999999.999"),
        (TEXT, " SN\u200b 104 \n", "SN 104"),
        (TEXT, "one\r\ntwo", "one\ntwo"),
        (TEXT, "я" * 1000, "я" * 1000),
    ],
)
def test_an_answer_is_kept_in_one_form(point: Point, given: str, kept: str) -> None:
    assert read_answer(point, given) == kept
    assert read_answer(point, kept) == kept


@pytest.mark.parametrize(
    ("point", "given", "code"),
    [
        (YES_NO, "", "blank"),
        (YES_NO, " \u200b ", "blank"),
        (YES_NO, "да", "not_yes_no"),
        (YES_NO, "Yes", "not_yes_no"),
        (CHOICE, "bad", "unknown_choice"),
        (CHOICE, "yes", "unknown_choice"),
        (NUMBER, "many", "not_a_number"),
        (NUMBER, "NaN", "not_a_number"),
        (NUMBER, "Infinity", "not_a_number"),
        (NUMBER, "1e999999999", "not_a_number"),
        (NUMBER, "1_000", "not_a_number"),
        (NUMBER, "１２", "not_a_number"),
        (NUMBER, "1.2.3", "not_a_number"),
        (NUMBER, "12,", "not_a_number"),
        (NUMBER, "9" * 500, "not_a_number"),
        (NUMBER, "100000000000", "out_of_range"),
        (NUMBER, "9" * 40, "out_of_range"),
        (NUMBER, "0.0001", "out_of_range"),
        (NUMBER, "0." + "1" * 40, "out_of_range"),
        (TEXT, "я" * 1001, "max_length"),
        (TEXT, "a\x00b", "unreadable"),
        (TEXT, "a\x1bb", "unreadable"),
        (TEXT, "a\ud800b", "unreadable"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_code(point: Point, given: str, code: str) -> None:
    with pytest.raises(BadAnswer) as bad:
        read_answer(point, given)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("point", "value", "normal"),
    [
        (YES_NO, "yes", True),
        (YES_NO, "no", False),
        (replace(YES_NO, normal=("no",)), "no", True),
        (CHOICE, "new", True),
        (CHOICE, "good", True),
        (CHOICE, "poor", False),
        (NUMBER, "1", True),
        (NUMBER, "12.5", True),
        (NUMBER, "0.999", False),
        (NUMBER, "12.501", False),
        (replace(NUMBER, normal_from=None), "-5", True),
        (replace(NUMBER, normal_to=None), "99999", True),
        (replace(NUMBER, normal_from=None, normal_to=None), "0", True),
        (TEXT, "anything", True),
    ],
)
def test_what_is_the_norm(point: Point, value: str, normal: bool) -> None:
    assert is_normal(point, value) is normal


PHOTO = replace(YES_NO, proof="photo", proof_count=2)
YES, NO = Given("yes", True), Given("no", False)


@pytest.mark.parametrize(
    ("point", "given", "severity", "needed"),
    [
        # No kind of file is named: whatever the rule says, none is needed.
        (replace(YES_NO, proof_rule="always"), YES, "critical", 0),
        (replace(PHOTO, proof_rule="none"), NO, "critical", 0),
        (replace(PHOTO, proof_rule="optional"), NO, "critical", 0),
        (replace(PHOTO, proof_rule="always"), None, "normal", 2),
        (replace(PHOTO, proof_rule="always"), YES, "normal", 2),
        (replace(PHOTO, proof_rule="exception"), None, "normal", 0),
        (replace(PHOTO, proof_rule="exception"), YES, "normal", 0),
        (replace(PHOTO, proof_rule="exception"), NO, "normal", 2),
        (replace(PHOTO, proof_rule="answers", proof_answers=("yes",)), None, "normal", 0),
        (replace(PHOTO, proof_rule="answers", proof_answers=("yes",)), YES, "normal", 2),
        (replace(PHOTO, proof_rule="answers", proof_answers=("yes",)), NO, "normal", 0),
        (replace(PHOTO, proof_from_severity="high"), YES, "normal", 0),
        (replace(PHOTO, proof_from_severity="high"), None, "high", 2),
        (replace(PHOTO, proof_from_severity="high"), YES, "critical", 2),
        (replace(PHOTO, proof_from_severity="critical"), YES, "high", 0),
        (replace(PHOTO, proof_from_severity="normal"), None, "normal", 2),
        (replace(PHOTO, proof_rule="exception", proof_from_severity="critical"), NO, "normal", 2),
    ],
)
def test_how_many_files_a_point_needs(point: Point, given: Given | None, severity: str, needed: int) -> None:
    assert proof_needed(point, given, severity=severity) == needed


def test_what_is_missing_is_named_point_by_point() -> None:
    points = [
        replace(PHOTO, number=1, proof_rule="always"),
        replace(PHOTO, number=2, proof_rule="exception", proof_count=1),
        replace(PHOTO, number=3, proof_rule="exception", proof_count=1),
        replace(YES_NO, number=4),
    ]

    found = progress(
        points,
        {1: YES, 2: NO, 3: YES},
        # A video is no photo; a file too many at one point makes up for none at another.
        {1: ["photo", "video"], 3: ["photo", "photo"]},
        severity="normal",
    )

    assert found == Progress(points_open=(4,), proof_open={1: 1, 2: 1}, exceptions=(2,))
    assert not found.is_complete


def test_the_norm_for_a_group_answers_what_has_a_norm_and_no_answer() -> None:
    points = [
        YES_NO,
        CHOICE,
        NUMBER,
        TEXT,
        replace(YES_NO, number=5, normal=("no",)),
        replace(YES_NO, number=6),
    ]

    assert norms_of(points, "body", {6}) == {1: "yes", 2: "new", 5: "no"}
    assert norms_of(points, "wear", set()) == {}
    assert norms_of(points, "body", {1, 2, 5, 6}) == {}


WHOLE, WITH_EXCEPTION = Progress(), Progress(exceptions=(7,))


@pytest.mark.parametrize(
    ("found", "verdict", "remarks", "why"),
    [
        (Progress(points_open=(28,)), "pass", "", "incomplete"),
        (Progress(proof_open={1: 1}), "fail", "Bent", "incomplete"),
        (WHOLE, "pass", "", ""),
        (WHOLE, "pass", "Well kept", ""),
        (WITH_EXCEPTION, "pass", "A scratch", "has_exceptions"),
        (WITH_EXCEPTION, "remarks", "A scratch", ""),
        (WITH_EXCEPTION, "remarks", " \n", "remarks_required"),
        (WHOLE, "remarks", "", "remarks_required"),
        (WHOLE, "remarks", "Old", ""),
        (WHOLE, "fail", "", "remarks_required"),
        (WITH_EXCEPTION, "fail", "Bent", ""),
    ],
)
def test_which_verdict_may_be_given(found: Progress, verdict: str, remarks: str, why: str) -> None:
    assert why_no_verdict(found, verdict, remarks) == why


@pytest.mark.parametrize(
    ("earlier", "below"),
    [
        ([], None),
        (range(100, 119), None),
        # Of 20 the first, of 21 the second: 5 % of 21 is 1.05.
        (range(100, 120), 100),
        (range(100, 121), 101),
        ([*range(140, 100, -1)], 102),
        (range(1, 101), 5),
        ([600] * 30, 600),
    ],
)
def test_what_is_quicker_than_95_of_100(earlier: Sequence[int], below: int | None) -> None:
    assert rushed_below(earlier) == below


def test_the_policy_knows_the_same_limits_as_the_tables() -> None:
    edge = InspectionItem._meta.get_field("normal_to")
    assert (edge.max_digits - edge.decimal_places, edge.decimal_places) == (WHOLE_DIGITS, PLACES)
    assert [*SEVERITIES] == Severity.values
    assert TEXT_AT_MOST == 1000


# ── any inspection at all ──

KINDS = ["photo", "video", "document"]
POINTS = st.builds(
    Point,
    number=st.just(0),
    group=st.just("g"),
    kind=st.just("yes_no"),
    normal=st.sampled_from([("yes",), ("no",)]),
    proof=st.sampled_from(["", *KINDS]),
    proof_rule=st.sampled_from(["none", "optional", "always", "exception", "answers"]),
    proof_answers=st.sampled_from([("yes",), ("no",), ("yes", "no")]),
    proof_count=st.integers(1, 3),
    proof_from_severity=st.sampled_from(["", *SEVERITIES]),
)
INSPECTIONS = st.tuples(
    st.lists(POINTS, min_size=1, max_size=6).map(
        lambda points: [replace(point, number=number) for number, point in enumerate(points, 1)]
    ),
    st.dictionaries(st.integers(1, 6), st.sampled_from(["yes", "no"])),
    st.dictionaries(st.integers(1, 6), st.lists(st.sampled_from(KINDS), max_size=4)),
    st.sampled_from(SEVERITIES),
)


def wanted(point: Point, value: str | None, severity: str) -> bool:
    """Whether the point wants its files: said again, in other words than the policy's."""
    by_rule = {
        "always": True,
        "exception": value is not None and value not in point.normal,
        "answers": value in point.proof_answers,
    }
    urgent = (
        [] if not point.proof_from_severity else SEVERITIES[SEVERITIES.index(point.proof_from_severity) :]
    )
    return bool(point.proof) and (by_rule.get(point.proof_rule, False) or severity in urgent)


Inspected = tuple[list[Point], Mapping[int, str], Mapping[int, list[str]], str]


def found_of(inspected: Inspected) -> Progress:
    points, values, files, severity = inspected
    by_number = {point.number: point for point in points}
    answers = {
        n: Given(value, is_normal(by_number[n], value)) for n, value in values.items() if n in by_number
    }
    return progress(points, answers, files, severity=severity)


@settings(max_examples=300, deadline=None)
@given(inspected=INSPECTIONS)
def test_it_is_complete_when_every_point_is_answered_and_every_wanted_file_is_there(
    inspected: Inspected,
) -> None:
    points, values, files, severity = inspected
    whole = all(point.number in values for point in points) and all(
        files.get(point.number, []).count(point.proof) >= point.proof_count
        for point in points
        if wanted(point, values.get(point.number), severity)
    )

    assert found_of(inspected).is_complete is whole


@settings(max_examples=200, deadline=None)
@given(inspected=INSPECTIONS, data=st.data())
def test_in_which_order_it_was_answered_makes_no_difference(
    inspected: Inspected, data: st.DataObject
) -> None:
    points, values, files, severity = inspected
    shuffled = (
        points,
        dict(data.draw(st.permutations([*values.items()]))),
        {number: data.draw(st.permutations(kinds)) for number, kinds in files.items()},
        severity,
    )

    assert found_of(shuffled) == found_of(inspected)


@settings(max_examples=200, deadline=None)
@given(inspected=INSPECTIONS)
def test_more_urgent_never_wants_fewer_files(inspected: Inspected) -> None:
    points, values, files, _severity = inspected
    missing = [found_of((points, values, files, severity)).proof_open for severity in SEVERITIES]

    for calmer, urgent in pairwise(missing):
        assert {n: urgent.get(n, 0) >= count for n, count in calmer.items()} == dict.fromkeys(calmer, True)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for point in (YES_NO, CHOICE, NUMBER, TEXT):
        try:
            kept = read_answer(point, text)
        except BadAnswer:
            continue
        assert read_answer(point, kept) == kept
        is_normal(point, kept)
