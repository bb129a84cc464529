"""Every marked string is found in code and templates, and a catalogue with a gap is refused."""

import gettext
from pathlib import Path

import polib
import pytest

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


def test_a_whole_catalogue_has_no_problems() -> None:
    whole = catalogue(polib.POEntry(msgid="order %(ref)s", msgstr="заказ %(ref)s"))
    assert problems(whole, {Message(None, "order %(ref)s", None): "core/models.py"}) == []


def test_a_compiled_catalogue_is_read_by_gettext(tmp_path: Path) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue(polib.POEntry(msgid="order", msgstr="заказ")).save(str(folder / "django.po"))
    compile_all(tmp_path)
    assert gettext.translation("django", tmp_path, ["ru"]).gettext("order") == "заказ"
