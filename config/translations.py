"""Compiles the translations, and finds what is missing in them, without gettext's own tools.

python -m config.translations compile
python -m config.translations check
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
LOCALE = PROJECT / "locale"
LANGUAGES = ("ru",)  # besides English, which the messages are written in
SOURCES = ("config", "core", "orders", "assignment", "sla", "rop", "telegram_bot", "panel")

# The function that marks a string → the positions of context, singular and plural among its arguments.
MARKERS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
NAMED = re.compile(r"[({]\w")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    context: str | None
    text: str
    plural: str | None

    def __str__(self) -> str:
        return repr(self.text)


def messages_in_code(root: Path = PROJECT) -> dict[Message, str]:
    """Each marked string, and one place where it stands."""
    found: dict[Message, str] = {}
    for folder in SOURCES:
        for file in sorted((root / folder).rglob("*")):
            for message in _messages_in(file):
                found.setdefault(message, str(file.relative_to(root)))
    return found


def _messages_in(file: Path) -> Iterator[Message]:
    if file.suffix == ".py":
        yield from _marked(ast.parse(file.read_text(encoding="utf-8")))
    elif "templates" in file.parts and file.suffix in {".html", ".txt"}:
        yield from _marked_in_template(file.read_text(encoding="utf-8"))


def _marked(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (places := MARKERS.get(_name(node.func))):
            context, text, plural = (
                None if place is None else _literal(node.args, place) for place in places
            )
            if text:
                yield Message(context, text, plural)


def _marked_in_template(text: str) -> Iterator[Message]:
    """Django turns a template into lines of calls among filler; each call is read as Python."""
    for call in _calls(templatize(text)):
        yield from _marked(ast.parse(call))


def _calls(text: str) -> Iterator[str]:
    for start in re.finditer(r"\b(?:n?p?gettext|_)\(", text):
        for end in re.finditer(r"\)", text[start.end() :]):
            candidate = text[start.start() : start.end() + end.end()]
            if _is_python(candidate):
                yield candidate
                break


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _literal(arguments: list[ast.expr], place: int) -> str | None:
    if place >= len(arguments):
        return None
    value = arguments[place]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def read_catalogue(language: str) -> polib.POFile:
    return polib.pofile((LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8"))


def problems(catalogue: polib.POFile, messages: dict[Message, str]) -> list[str]:
    """Everything that a reader of this language would see untranslated or broken."""
    entries = [entry for entry in catalogue if not entry.obsolete]
    # One that has a plural also answers whoever asks for one thing; the other way round gettext finds nothing.
    known: set[tuple[str | None, str, str | None]] = {(entry.msgctxt, entry.msgid, None) for entry in entries}
    known |= {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in entries if entry.msgid_plural}
    missing = [
        f"not in the catalogue: {message} ({place})"
        for message, place in messages.items()
        if (message.context, message.text, message.plural) not in known
    ]
    plurals = int(re.search(r"nplurals=(\d+)", catalogue.metadata.get("Plural-Forms", "nplurals=1"))[1])  # type: ignore[index]
    return missing + [problem for entry in entries for problem in _entry_problems(entry, plurals)]


def _entry_problems(entry: polib.POEntry, plurals: int) -> Iterator[str]:
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    translations = (
        [entry.msgstr_plural.get(n, "") for n in range(plurals)] if entry.msgid_plural else [entry.msgstr]
    )
    if not all(translations):
        yield f"not translated: {entry.msgid!r}"
    # Russian has no form for one thing only (21, 31 …), so that each has to say what the English plural says.
    needed = _placeholders(entry.msgid_plural or entry.msgid)
    known = needed | _placeholders(entry.msgid)
    for translation in filter(None, translations):
        said = _placeholders(translation)
        if strange := said - known:
            yield f"placeholders {sorted(strange.elements())} are not in {entry.msgid!r}"
        if lost := needed - said:
            yield f"placeholders {sorted(lost.elements())} are lost in the translation of {entry.msgid!r}"


def _placeholders(text: str) -> Counter[str]:
    """Those with a name once, however often they are said; those without as often as they are."""
    found = Counter(PLACEHOLDER.findall(text.replace("%%", "")))
    return Counter({name: 1 if NAMED.search(name) else times for name, times in found.items()})


def compile_all(locale: Path = LOCALE) -> None:
    """Writes each .mo that is older than its .po. What this process has read of them already, it reads anew."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            translation_file_changed(None, target)


def main(task: str) -> int:
    if task == "compile":
        compile_all()
        return 0
    messages = messages_in_code()
    found = [
        f"{language}: {problem}"
        for language in LANGUAGES
        for problem in problems(read_catalogue(language), messages)
    ]
    print("\n".join(found) or f"All {len(messages)} messages are translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
