"""What the pages of the documentation name, and whether it is there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

TEST = re.compile(r"\b(tests/[\w/]+\.py)::(\w+)")
PLACE = re.compile(r"`((?:tests|docs|deploy|bin|config|panel|core)/[\w./-]+)(?:::\w+)?`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def named_tests(text: str) -> list[tuple[str, str]]:
    return TEST.findall(text)


@cache
def known_tests(file: str) -> frozenset[str]:
    """The names of its tests, read and not run; those of a state machine too."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def missing_tests(text: str) -> list[str]:
    return [f"{file}::{name}" for file, name in named_tests(text) if name not in known_tests(file)]


def missing_places(text: str) -> list[str]:
    """Files and folders of the project that are named and not there."""
    return [place for place in PLACE.findall(text) if not (ROOT / place).exists()]


def table(text: str, name: str) -> list[list[str]]:
    """The rows of the table below `<!-- name -->`, as cells."""
    body = text.split(f"<!-- {name} -->", 1)[1].strip().split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()[2:]]
