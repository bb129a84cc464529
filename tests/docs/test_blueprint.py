"""docs/blueprint-tests.md answers each line of the blueprint's test plan: by tests, or by what is missing."""

import re

from tests.docs.pages import known_tests, missing_tests, named_tests, text_of

PAGE = text_of("docs/blueprint-tests.md")

LINES_OF_A_CHAPTER = {"11.1": 5, "11.2": 5, "11.3": 4, "11.4": 4}


def answers() -> dict[str, str]:
    """By line of the blueprint: what stands below its heading."""
    parts = re.split(r"^### (11\.\d\.\d) .+$|^## .+$", PAGE, flags=re.MULTILINE)
    return {number: body for number, body in zip(parts[1::2], parts[2::2], strict=True) if number}


def test_every_line_of_the_plan_has_its_answer() -> None:
    lines = [
        f"{chapter}.{number}"
        for chapter, count in LINES_OF_A_CHAPTER.items()
        for number in range(1, count + 1)
    ]
    assert list(answers()) == lines


def test_each_answer_names_tests_or_says_what_is_missing() -> None:
    for number, body in answers().items():
        assert named_tests(body) or "Not yet: " in body, number


def test_every_test_that_is_named_exists() -> None:
    assert missing_tests(PAGE) == []


def test_a_test_that_is_gone_would_be_noticed() -> None:
    assert known_tests("tests/docs/test_blueprint.py") >= {"test_a_test_that_is_gone_would_be_noticed"}
    assert missing_tests("`tests/docs/test_blueprint.py::test_gone`, `tests/docs/gone.py::test_x`") == [
        "tests/docs/test_blueprint.py::test_gone",
        "tests/docs/gone.py::test_x",
    ]
