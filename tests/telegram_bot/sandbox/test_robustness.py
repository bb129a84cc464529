"""Whatever a client sends, the sandbox answers or refuses; it never fails."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telegram_bot.sandbox.clock import Clock
from telegram_bot.sandbox.entities.arrange import arrange
from telegram_bot.sandbox.entities.fix import EntityError, fix_text
from telegram_bot.sandbox.entities.html import MarkupError, parse_html
from telegram_bot.sandbox.entities.markdown import parse_markdown, parse_markdown_v2
from telegram_bot.sandbox.entities.render import render
from telegram_bot.sandbox.entities.units import length
from telegram_bot.sandbox.errors import ApiError
from telegram_bot.sandbox.limits import LimitSettings
from telegram_bot.sandbox.methods import METHODS
from telegram_bot.sandbox.params import Params
from telegram_bot.sandbox.people import People
from telegram_bot.sandbox.store import Store
from telegram_bot.sandbox.world import World

NAMES = (
    *("chat_id", "message_id", "message_ids", "from_chat_id", "user_id", "callback_query_id", "file_id"),
    *(
        "text",
        "caption",
        "parse_mode",
        "entities",
        "caption_entities",
        "link_preview_options",
        "url",
        "show_alert",
    ),
    *("reply_markup", "reply_parameters", "media", "photo", "document", "action", "reaction"),
    *("commands", "scope", "menu_button"),
)
FIELDS = ("type", "offset", "length", "url", "user", "inline_keyboard", "text", "callback_data", "media")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["7", 7, -5, "-5", "HTML", "MarkdownV2", "typing", "bold", "text_link", "photo", "attach://a"]
    ),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "offset",
                    "length",
                    "url",
                    "user",
                    "inline_keyboard",
                    "text",
                    "callback_data",
                    "media",
                ]
            ),
            inside,
            max_size=4,
        )
    ),
    max_leaves=8,
)
MARKUP = st.text(alphabet="<>/bia&;#=\"'_*`~|[]()!\\\n \r🏟а", max_size=40)


def world() -> World:
    fresh = World(
        token="77:a",
        username="bot_bot",
        bot_name="Bot",
        store=Store(None),
        limits=LimitSettings(on=False),
        clock=Clock(),
    )
    people = People(fresh)
    people.person(7, "Анна")
    people.start(7)
    people.group(-5, "Админы", [7])
    return fresh


@pytest.mark.parametrize("method", sorted(METHODS))
@settings(max_examples=40, deadline=None)
@given(values=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8), encoded=st.booleans())
def test_no_parameters_break_a_method(method: str, values: dict[str, Any], encoded: bool) -> None:
    values = {"chat_id": 7, "message_id": 1, "text": "a"} | values
    if encoded:
        values = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()
        }
    with suppress(ApiError):
        json.dumps(METHODS[method](world(), Params(values)))


@settings(max_examples=300, deadline=None)
@given(text=MARKUP, parser=st.sampled_from([parse_html, parse_markdown, parse_markdown_v2]))
def test_any_markup_is_parsed_or_refused_and_then_fits(text: str, parser: Any) -> None:
    try:
        bare, entities = fix_text(*parser(text))
    except MarkupError:
        return
    total = length(bare)
    assert all(e["offset"] >= 0 and e["length"] > 0 and e["offset"] + e["length"] <= total for e in entities)
    assert bare == bare.rstrip()
    shown = re.sub(r"<[^>]*>", "", render(bare, entities))
    assert unescape(shown).replace("\n", "") == bare.replace("\n", "")


SPANS = st.lists(
    st.builds(
        lambda kind, offset, size: {"type": kind, "offset": offset, "length": size},
        st.sampled_from(["bold", "italic", "code", "pre", "blockquote", "spoiler", "underline"]),
        st.integers(0, 20),
        st.integers(1, 15),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(spans=SPANS)
def test_entities_nest_and_nothing_lies_in_code(spans: list[dict[str, Any]]) -> None:
    arranged = [(e["offset"], e["offset"] + e["length"], e["type"]) for e in arrange(spans, [])]

    for start, end, kind in arranged:
        for other_start, other_end, other_kind in arranged:
            assert not (start < other_start < end < other_end), "two entities cross"
            if (start, end, kind) != (other_start, other_end, other_kind) and kind in ("code", "pre"):
                outside = other_end <= start or end <= other_start
                around = other_start <= start and end <= other_end and other_kind == "blockquote"
                assert outside or around
    assert arrange([{"type": k, "offset": s, "length": e - s} for s, e, k in arranged], []) == arrange(
        spans, []
    )


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=20), offset=st.integers(0, 30), size=st.integers(1, 30))
def test_an_entity_outside_the_text_is_refused_and_never_moved(text: str, offset: int, size: int) -> None:
    try:
        _, entities = fix_text(text, [{"type": "bold", "offset": offset, "length": size}])
    except EntityError:
        return
    assert offset + size <= length(text)
    assert all(entity["length"] <= size for entity in entities if entity["type"] == "bold")
