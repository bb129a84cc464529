"""Parse mode HTML says what Telegram says. The expected answers are those of TDLib's own tests of its parser."""

from __future__ import annotations

import pytest

from telegram_bot.sandbox.entities.html import MarkupError, parse_html

SURROGATES = (
    "Text contains invalid Unicode characters after decoding HTML entities, "
    "check for unmatched surrogate code units"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("&#57311;", SURROGATES),
        ("&#xDFDF", SURROGATES),
        ("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<i    aba  =  '&lt;&gt;&quot;>", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_bad_markup_is_refused_with_the_place_in_bytes(text: str, reason: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_html(text)
    assert str(refused.value) == reason


LINK = "http://telegram.org/"


@pytest.mark.parametrize(
    ("text", "bare", "entities"),
    [
        ("", "", []),
        ("&ge;&lt;&gt;&amp;&quot;&laquo;&#12345678;", '&ge;<>&"&laquo;&#12345678;', []),
        ("➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", [("italic", 5, 5)]),
        ("➡️ ➡️<em>➡️ ➡️</em><b>➡️ ➡️</b>", "➡️ ➡️➡️ ➡️➡️ ➡️", [("italic", 5, 5), ("bold", 10, 5)]),
        (
            "<ins>a</ins><strike>b</strike><del>c</del>",
            "abc",
            [("underline", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        ("🏟 🏟<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>", "🏟 🏟🏟 ><🏟", [("italic", 5, 7), ("bold", 9, 3)]),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.   >a</i>", "🏟 🏟<a", [("italic", 6, 1)]),
        ("🏟 🏟&lt;<i    aba  =  '&lt;&gt;&quot;'>a</>", "🏟 🏟<a", [("italic", 6, 1)]),
        ("🏟 🏟&lt;<b></b>", "🏟 🏟<", []),
        ('➡️ ➡️<span class = "tg-spoiler">➡️ ➡️</span>', "➡️ ➡️➡️ ➡️", [("spoiler", 5, 5)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
        ("<a href=telegram.org>\t</a>", "\t", [("text_link", 0, 1, LINK)]),
        ("<a   href=  'telegram.org?&lt;'   > </a>", " ", [("text_link", 0, 1, f"{LINK}?<")]),
        ("<a> </a>", " ", []),
        ("<a>telegram.org</a>", "telegram.org", [("text_link", 0, 12, LINK)]),
        (
            "<a>https://telegram.org/asdsa?asdasdwe#12e3we</a>",
            "https://telegram.org/asdsa?asdasdwe#12e3we",
            [("text_link", 0, 42, "https://telegram.org/asdsa?asdasdwe#12e3we")],
        ),
        ("🏟 🏟&lt;<pre  >🏟 🏟&lt;</>", "🏟 🏟<🏟 🏟<", [("pre", 6, 6)]),
        ("🏟 🏟&lt;<pre><code>🏟 🏟&lt;</code></>", "🏟 🏟<🏟 🏟<", [("pre", 6, 6), ("code", 6, 6)]),
        ('🏟 🏟&lt;<pre><code class="language-fift">🏟 🏟&lt;</></>', "🏟 🏟<🏟 🏟<", [("pre", 6, 6, "fift")]),
        ('🏟 🏟&lt;<code class="language-fift"><pre>🏟 🏟&lt;</></>', "🏟 🏟<🏟 🏟<", [("pre", 6, 6, "fift")]),
        (
            '🏟 🏟&lt;<pre><code class="language-fift">🏟 🏟&lt;</> </>',
            "🏟 🏟<🏟 🏟< ",
            [("pre", 6, 7), ("code", 6, 6)],
        ),
        ('🏟 🏟<tg-emoji emoji-id="54321">🏟 &lt🏟</tg-emoji>', "🏟 🏟🏟 <🏟", [("custom_emoji", 5, 6, "54321")]),
        (
            "<blockquote   expandable   asd>a&lt;<pre  >b;</></>",
            "a<b;",
            [("expandable_blockquote", 0, 4), ("pre", 2, 2)],
        ),
        ('<blockquote   cite="" askdlbas nj12b3>a</>', "a", [("blockquote", 0, 1)]),
    ],
)
def test_markup_becomes_entities_in_utf16_units(
    text: str, bare: str, entities: list[tuple[object, ...]]
) -> None:
    parsed, found = parse_html(text)

    assert parsed == bare
    assert [tuple(entity.values()) for entity in found] == entities
