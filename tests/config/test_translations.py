"""Every marked string is found in code and templates, and a catalogue with a gap is refused."""

import gettext
from pathlib import Path

import polib
import pytest
from django.test import override_settings
from django.utils import translation

from config.translations import Message, compile_all, messages_in_code, problems

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
_("order")
ngettext("%(n)s day", "%(n)s days", n)
pgettext_lazy("of time", "second")
_(variable)
"not marked"
"""
TEMPLATE = """{% load i18n %}<p>{% translate "Take it" %} {{ x }} {% translate "it's" context "short" %}</p>
{% blocktranslate count n=n trimmed %}
  {{ n }} order
{% plural %}
  {{ n }} orders
{% endblocktranslate %} {{ _("inline") }}"""


def test_marked_strings_are_found_in_code_and_templates(tmp_path: Path) -> None:
    (tmp_path / "core" / "templates").mkdir(parents=True)
    (tmp_path / "core" / "models.py").write_text(CODE)
    (tmp_path / "core" / "templates" / "page.html").write_text(TEMPLATE)
    assert set(messages_in_code(tmp_path)) == {
        Message(None, "order", None),
        Message(None, "%(n)s day", "%(n)s days"),
        Message("of time", "second", None),
        Message(None, "Take it", None),
        Message("short", "it's", None),
        Message(None, "%(n)s order", "%(n)s orders"),
        Message(None, "inline", None),
    }


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    made = polib.POFile()
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=3; plural=(n%10==1 ? 0 : n%10<5 ? 1 : 2);",
    }
    made.extend(entries)
    return made


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (polib.POEntry(msgid="other", msgstr="другое"), "not in the catalogue: 'order' (core/models.py)"),
        (polib.POEntry(msgid="order", msgstr=""), "not translated: 'order'"),
        (polib.POEntry(msgid="order", msgstr="заказ", flags=["fuzzy"]), "fuzzy: 'order'"),
        (
            polib.POEntry(
                msgid="order", msgid_plural="orders", msgstr_plural={0: "заказ", 1: "заказа", 2: ""}
            ),
            "not translated: 'order'",
        ),
        (polib.POEntry(msgid="order", msgstr="заказ %(ref)s"), "placeholders ['%(ref)s'] are not in 'order'"),
    ],
)
def test_a_gap_in_the_catalogue_is_named(entry: polib.POEntry, problem: str) -> None:
    assert problems(catalogue(entry), {Message(None, "order", None): "core/models.py"}) == [problem]


LOST = "placeholders {} are lost in the translation of {!r}"
STRANGE = "placeholders {} are not in {!r}"


@pytest.mark.parametrize(
    ("text", "translation", "found"),
    [
        ("%(ref)s is yours", "заказ ваш", [(LOST, ["%(ref)s"])]),
        ("{name} is here", "здесь {имя}", [(STRANGE, ["{имя}"]), (LOST, ["{name}"])]),
        ("from %s to %s", "от %s", [(LOST, ["%s"])]),
        ("from %s", "от %s до %s", [(STRANGE, ["%s"])]),
        ("%(n)d days", "%(n)s дней", [(STRANGE, ["%(n)s"]), (LOST, ["%(n)d"])]),
        ("%(ref)s", "%(ref)s, тот самый %(ref)s", []),
        ("50 %% of %(all)s", "50 %% из %(all)s", []),
        ("100 %%s", "сто", []),
    ],
)
def test_a_placeholder_that_was_lost_or_renamed_is_named(
    text: str, translation: str, found: list[tuple[str, list[str]]]
) -> None:
    entry = polib.POEntry(msgid=text, msgstr=translation)

    said = problems(catalogue(entry), {Message(None, text, None): "core/models.py"})

    assert said == [problem.format(names, text) for problem, names in found]


def test_each_form_of_a_plural_says_what_the_english_plural_says() -> None:
    forms = {0: "заказ", 1: "%(n)s заказа", 2: "%(n)s заказов"}
    entry = polib.POEntry(msgid="one order", msgid_plural="%(n)s orders", msgstr_plural=forms)

    said = problems(catalogue(entry), {Message(None, "one order", "%(n)s orders"): "core/models.py"})

    assert said == [LOST.format(["%(n)s"], "one order")]


def test_a_whole_catalogue_has_no_problems() -> None:
    whole = catalogue(polib.POEntry(msgid="order %(ref)s", msgstr="заказ %(ref)s"))
    assert problems(whole, {Message(None, "order %(ref)s", None): "core/models.py"}) == []


def test_a_compiled_catalogue_is_read_by_gettext(tmp_path: Path) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue(polib.POEntry(msgid="order", msgstr="заказ")).save(str(folder / "django.po"))
    compile_all(tmp_path)
    assert gettext.translation("django", tmp_path, ["ru"]).gettext("order") == "заказ"


def test_whoever_compiles_a_catalogue_speaks_by_it_at_once(tmp_path: Path) -> None:
    """The first start of an installation compiles and then writes titles into the database, in one process."""
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)

    def said() -> str:
        with translation.override("ru"):
            return translation.gettext("a word of this test")

    with override_settings(LOCALE_PATHS=[str(tmp_path)]):
        assert said() == "a word of this test"
        catalogue(polib.POEntry(msgid="a word of this test", msgstr="слово")).save(str(folder / "django.po"))
        compile_all(tmp_path)
        assert said() == "слово"


def test_words_of_two_meanings_are_told_apart() -> None:
    """Russian has a word for each: "done" of a task, "whose" of a key, "System" of the menu and as a theme."""
    contexts: dict[str, set[str | None]] = {}
    for message in messages_in_code():
        contexts.setdefault(message.text, set()).add(message.context)

    assert contexts["done"] == {"task", "update"}
    assert contexts["whose"] == {"task", "key"}
    assert contexts["active"] == {"person", "link", "group"}
    assert contexts["System"] == {"menu", None}


def test_one_without_a_plural_does_not_stand_for_one_with() -> None:
    """gettext looks for them under different keys."""
    days = polib.POEntry(msgid="%(n)d d", msgstr="%(n)d дн.")
    said = problems(catalogue(days), {Message(None, "%(n)d d", "%(n)d d"): "rop/words.py"})
    assert said == ["not in the catalogue: '%(n)d d' (rop/words.py)"]
