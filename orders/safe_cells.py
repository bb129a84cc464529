"""Texts of strangers in spreadsheets: what a program would compute is made a text."""

from collections.abc import Sequence
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The full-width ones too: Excel of some languages takes them for the others."""


def safe_cell(value: Any) -> Any:
    """An apostrophe before what begins like a formula, also behind spaces; numbers and dates stay as they are."""
    if isinstance(value, str) and (
        value.startswith(FORMULA_STARTS) or value.lstrip().startswith(FORMULA_STARTS)
    ):
        return f"'{value}"
    return value


def safe_row(values: Sequence[Any]) -> list[Any]:
    return [safe_cell(value) for value in values]
