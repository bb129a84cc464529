"""Answers are the bytes that Django REST framework would write."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer

from core.api.rendering import AnswerRenderer
from orders.statuses import Status

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

ANSWERS: list[Any] = [
    None,
    {"ref": "R-1", "price": None, "open": True, "version": 3, "share": 0.75, "load": 12.0},
    {
        "at": NOON,
        "later": NOON.replace(microsecond=1200),
        "there": NOON.astimezone(timezone(timedelta(hours=3))),
    },
    {"day": date(2026, 11, 20), "id": UUID(int=7)},
    {"status": Status.IN_TRANSIT, "label": Status.IN_TRANSIT.label, "lazy": gettext_lazy("a manager")},
    {1: "by number", "marked": mark_safe("<b>&</b>")},
    [("a", 1), frozenset({2})],
    "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)])),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_same_bytes(answer: Any) -> None:
    assert AnswerRenderer().render(answer) == JSONRenderer().render(answer)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        AnswerRenderer().render({"what": object()})
