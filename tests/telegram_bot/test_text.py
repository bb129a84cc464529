"""Strangers' text made harmless; texts cut as Telegram counts."""

from hypothesis import given
from hypothesis import strategies as st

from telegram_bot.policies import text


def test_bidi_controls_zero_width_and_control_characters_are_taken_out() -> None:
    assert text.clean("Iva\u202en\u2066 \u200bPet\u200drov\ufeff\x00\x07 \u061c") == "Ivan Petrov"


def test_a_name_of_several_lines_becomes_one() -> None:
    assert text.clean("a\n\nb\u2028c\td") == "a b c d"


def test_lines_are_kept_where_lines_are_wanted() -> None:
    assert text.clean_lines("a \n\n\n\n b\u202e") == "a\n\nb"


def test_russian_and_emoji_stay() -> None:
    assert text.clean("Анна Ёлкина 🔥👍🏽 №5 — «да»") == "Анна Ёлкина 🔥👍🏽 №5 — «да»"


def test_length_is_counted_in_utf_16_units() -> None:
    assert (text.units("ё"), text.units("🔥"), text.units("a&b")) == (1, 2, 3)


def test_what_fits_is_left_alone() -> None:
    html = "<b>a</b> &amp; b\n" * 600  # 5 units a line after parsing: 3 600
    assert text.fit(html) == html


def test_whole_lines_are_cut_and_markup_stays_closed() -> None:
    html = "<b>first</b>\n<i>" + "\n".join(["x" * 100] * 60) + "</i>"
    shorter = text.fit(html)
    assert text.units(text.plain(shorter)) <= 4096
    assert shorter.startswith("<b>first</b>")
    assert shorter.count("<i>") == shorter.count("</i>")


@given(lines=st.lists(st.text(st.sampled_from("aё🔥&<> "), max_size=300), max_size=60))
def test_nothing_is_ever_too_long(lines: list[str]) -> None:
    escaped = "\n".join(
        line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines
    )
    assert text.units(text.plain(text.fit(escaped))) <= 4096


def test_one_enormous_line_is_cut_too() -> None:
    assert 0 < text.units(text.plain(text.fit("&lt;" * 9000))) <= 4096


def test_a_letter_has_no_markup() -> None:
    assert text.plain("<b>R-1</b> &lt;ok&gt; &amp; &#x27;x&#x27;") == "R-1 <ok> & 'x'"
