"""What a chat shows of a text: cleaned, with entities that fit, nest and are rendered safely."""

from __future__ import annotations

from typing import Any

import pytest

from telegram_bot.sandbox.entities.find import find_entities
from telegram_bot.sandbox.entities.fix import EntityError, fix_text
from telegram_bot.sandbox.entities.html import parse_html
from telegram_bot.sandbox.entities.links import checked_url
from telegram_bot.sandbox.entities.render import render


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def shown(html: str) -> list[tuple[str, int, int]]:
    _, entities = fix_text(*parse_html(html))
    return [(e["type"], e["offset"], e["length"]) for e in entities]


def test_whitespace_and_control_characters_go_as_in_telegram() -> None:
    text, entities = fix_text(" \n  a\r\nb\tc\u202ed \n ", [entity("bold", 4, 6)])

    assert text == "a\nb cd"
    assert entities == [entity("bold", 0, 5)]


def test_an_entity_may_keep_the_spaces_at_the_beginning() -> None:
    assert fix_text("  a", [entity("bold", 0, 3)]) == ("  a", [entity("bold", 0, 3)])


@pytest.mark.parametrize(
    ("offset", "length", "reason"),
    [
        (100, 1, "Entity begins after the end of the text at UTF-16 offset 100"),
        (0, 100, "Entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"),
        (1, 1, "Entity begins in a middle of a UTF-16 symbol at byte offset 4"),
    ],
)
def test_entities_that_do_not_fit_are_refused(offset: int, length: int, reason: str) -> None:
    with pytest.raises(EntityError) as refused:
        fix_text("🏟hello", [entity("bold", offset, length)])
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("html", "entities"),
    [
        ("<b>a <code>b</code> c</b>", [("bold", 0, 2), ("code", 2, 1), ("bold", 3, 2)]),
        ("<code>a <b>b</b></code>", [("code", 0, 3)]),
        ("<b>a</b><b>b</b>", [("bold", 0, 2)]),
        ("<i>a <a href='t.me'>b</a></i>", [("italic", 0, 3), ("text_link", 2, 1)]),
        ("<blockquote>a <b>b</b></blockquote>", [("blockquote", 0, 3), ("bold", 2, 1)]),
        ("<code>/start</code> /next", [("code", 0, 6), ("bot_command", 7, 5)]),
        ("<a href='t.me'>example.com</a>", [("text_link", 0, 11)]),
        ("<b>example.com</b>", [("url", 0, 11), ("bold", 0, 11)]),
    ],
)
def test_entities_are_laid_over_each_other_in_one_way(
    html: str, entities: list[tuple[str, int, int]]
) -> None:
    assert shown(html) == entities


def test_crossing_styles_are_cut_so_that_they_nest() -> None:
    _, entities = fix_text("abcdefgh", [entity("bold", 0, 5), entity("italic", 3, 5)])

    assert entities == [entity("bold", 0, 5), entity("italic", 3, 2), entity("italic", 5, 3)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("/start@ai_rop_bot", [("bot_command", 0, 17)]),
        ("a/start", []),
        ("см. @anna и #заказ", [("mention", 4, 5), ("hashtag", 12, 6)]),
        ("a@b.com", [("email", 0, 7)]),
        ("🏟 https://example.com/a_(b).", [("url", 3, 25)]),
        ("avito.ru/123?x=1", [("url", 0, 16)]),
        ("127.5 и 3.14", []),
        ("+7 912 345-67-89", [("phone_number", 0, 16)]),
        ("просто текст", []),
    ],
)
def test_telegram_finds_commands_names_and_addresses(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [(e["type"], e["offset"], e["length"]) for e in find_entities(text)] == found


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("example.com", "http://example.com/"),
        ("HTTPS://Example.COM:8443/A b", "https://example.com:8443/A%20b"),
        ("http://127.0.0.1:8000/admin/", "http://127.0.0.1:8000/admin/"),
        ("tg://user?id=1", "tg://user?id=1"),
    ],
)
def test_a_good_address_is_kept_in_telegrams_form(address: str, kept: str) -> None:
    assert checked_url(address) == kept


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://localhost:8000/", "Wrong HTTP URL"),
        ("http://exa mple.com", "Wrong HTTP URL"),
        ("javascript://example.com", "Unsupported URL protocol"),
        ("", "URL host is empty"),
        ("http://", "URL host is empty"),
        ("http://example.com:port/", "Wrong HTTP URL"),
    ],
)
def test_a_bad_address_is_refused(address: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        checked_url(address)


def test_a_hostile_text_is_rendered_harmlessly() -> None:
    text, entities = fix_text('<script>"x"</script> https://a.com/"onclick', [entity("bold", 0, 8)])

    html = render(text, entities)
    assert "<script>" not in html
    assert html.startswith("<b>&lt;script&gt;</b>&quot;x&quot;")
    assert 'href="https://a.com/"' in html


def test_offsets_count_utf16_units_in_the_rendering() -> None:
    assert render("🏟🏟ab", [entity("bold", 4, 1)]) == "🏟🏟<b>a</b>b"


def test_a_quote_with_styles_inside_is_one_block() -> None:
    text, entities = fix_text(*parse_html("<blockquote>до <u>14:30</u> и <b>точка</b></blockquote>\nдальше"))

    assert render(text, entities) == ("<blockquote>до <u>14:30</u> и <b>точка</b></blockquote>дальше")


def test_nested_styles_are_nested_tags() -> None:
    text, entities = fix_text(*parse_html("<b>a <i>b <u>c</u></i></b> <code>&lt;d&gt;</code>"))

    assert render(text, entities) == "<b>a <i>b <u>c</u></i></b> <code>&lt;d&gt;</code>"
