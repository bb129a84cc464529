"""MarkdownV2 says what Telegram says. The expected answers are those of TDLib's own tests of its parser."""

from __future__ import annotations

import pytest

from telegram_bot.sandbox.entities.html import MarkupError
from telegram_bot.sandbox.entities.markdown import parse_markdown, parse_markdown_v2


@pytest.mark.parametrize("char", "]()>#+-=|{}.!")
def test_a_reserved_character_must_be_escaped(char: str) -> None:
    if char != ">":  # at the beginning of a line it is a quote
        with pytest.raises(MarkupError) as refused:
            parse_markdown_v2(char)
        assert (
            str(refused.value)
            == f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
        )
    assert parse_markdown_v2(f"\\{char}") == (char, [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"),
        ("🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"),
        ("🏟 🏟_abac * asd _", "Can't find end of Italic entity at byte offset 21"),
        ("🏟 🏟`", "Can't find end of Code entity at byte offset 9"),
        ("🏟 🏟```a", "Can't find end of Pre entity at byte offset 9"),
        ("🏟 🏟```a ", "Can't find end of PreCode entity at byte offset 9"),
        ("🏟 🏟__🏟 🏟_", "Can't find end of Italic entity at byte offset 20"),
        ("🏟 🏟_🏟 🏟__", "Can't find end of Underline entity at byte offset 19"),
        ("🏟 🏟```🏟 🏟`", "Can't find end of Code entity at byte offset 21"),
        ("[telegram\\.org](asd\\)", "Can't find end of a URL at byte offset 16"),
        ("🏟 🏟||test\\|", "Can't find end of Spoiler entity at byte offset 9"),
        ("🏟 🏟>", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("🏟 🏟![👍]", "Custom emoji entity must contain a tg://emoji URL"),
        ("🏟 🏟![👍](tg://emoji?id=1234", "Can't find end of a custom emoji URL at byte offset 17"),
        ("🏟 🏟![👍](t://emoji?id=1234)", "Custom emoji URL must have scheme tg"),
        ("🏟 🏟![👍](tg:emojis?id=1234)", 'Custom emoji URL must have host "emoji"'),
        ("🏟 🏟![👍](tg://emoji#test)", "Custom emoji URL must have an emoji identifier"),
        (">*b\n>ld \n>bo\nld*\nasd\ndef", "Can't find end of Bold entity at byte offset 1"),
        (">asd\n>q||e||w||\n||asdad", "Can't find end of Spoiler entity at byte offset 16"),
        (">asd\n>q||e||w__\n||asdad", "Can't find end of Underline entity at byte offset 13"),
    ],
)
def test_bad_markup_is_refused_with_the_place_in_bytes(text: str, reason: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_markdown_v2(text)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("text", "bare", "entities"),
    [
        ("\\\\\\\\\\_\\*\\`", "\\\\_*`", []),
        ("🏟 🏟``", "🏟 🏟", []),
        ("🏟 🏟_abac \\* asd _", "🏟 🏟abac * asd ", [("italic", 5, 11)]),
        ("🏟 🏟_🏟 *🏟*_", "🏟 🏟🏟 🏟", [("italic", 5, 5), ("bold", 8, 2)]),
        ("🏟 🏟_🏟 __🏟___", "🏟 🏟🏟 🏟", [("italic", 5, 5), ("underline", 8, 2)]),
        ("🏟 🏟`🏟 🏟```", "🏟 🏟🏟 🏟", [("code", 5, 5)]),
        ("🏟 🏟```🏟 🏟```", "🏟 🏟 🏟", [("pre", 5, 3, "🏟")]),
        ("🏟 🏟```🏟\n\r🏟```", "🏟 🏟🏟", [("pre", 5, 2, "🏟")]),
        ("🏟 🏟```🏟\n\n🏟```", "🏟 🏟\n🏟", [("pre", 5, 3, "🏟")]),
        ("||test||", "test", [("spoiler", 0, 4)]),
        ("[](telegram.org)", "", []),
        ("[ ](as)", " ", []),
        ("[telegram\\.org]a", "telegram.orga", [("text_link", 0, 12, "http://telegram.org/")]),
        (
            "[telegram\\.org](https://telegram.dog?\\\\\\()",
            "telegram.org",
            [("text_link", 0, 12, "https://telegram.dog/?\\(")],
        ),
        ("🏟 🏟![👍](TG://EMoJI/?test=1231&id=25#id=32)a", "🏟 🏟👍a", [("custom_emoji", 5, 2, "25")]),
        ("abc\n> \n> \n>\ndef", "abc\n \n \n\ndef", [("blockquote", 4, 5)]),
        (">\n**>2", "\n2", [("blockquote", 0, 1), ("blockquote", 1, 1)]),
        (
            ">*b\n>ld \n>bo\n>ld*\nasd\ndef",
            "b\nld \nbo\nld\nasd\ndef",
            [("blockquote", 0, 12), ("bold", 0, 11)],
        ),
        (">asd\n>q||e||w||\nasdad", "asd\nqew\nasdad", [("expandable_blockquote", 0, 8), ("spoiler", 5, 1)]),
        (">asd\r\n>q||e||w||", "asd\r\nqew", [("expandable_blockquote", 0, 8), ("spoiler", 6, 1)]),
        (">||", "", []),
    ],
)
def test_markup_becomes_entities_in_utf16_units(
    text: str, bare: str, entities: list[tuple[object, ...]]
) -> None:
    parsed, found = parse_markdown_v2(text)

    assert parsed == bare
    assert [tuple(entity.values()) for entity in found] == entities


def test_the_old_markdown_knows_five_marks() -> None:
    text, entities = parse_markdown("*a* _b_ `c` ```py\nd``` [e](telegram.org) \\_")

    assert text == "a b c d e _"
    assert [(entity["type"], entity["offset"]) for entity in entities] == [
        ("bold", 0),
        ("italic", 2),
        ("code", 4),
        ("pre", 6),
        ("text_link", 8),
    ]


def test_the_old_markdown_refuses_what_is_not_closed() -> None:
    with pytest.raises(MarkupError, match="Can't find end of the entity starting at byte offset 5"):
        parse_markdown("аб *c")
