"""What is wrong with what came from outside, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.policies.flaws import Flaw

SENTENCES: Mapping[str, object] = {
    # A field
    "required": _("This field is required."),
    "null": _("This field may not be null."),
    "blank": _("This field may not be empty."),
    "unknown": _("There is no such field."),
    "one_of_two": _("Give this or “%(other)s”, not both."),
    "not_a_file": _("This has to be a file."),
    "not_a_text": _("This has to be a text."),
    "not_an_integer": _("This has to be a whole number."),
    "not_a_number": _("This has to be a number."),
    "not_a_list": _("This has to be a list."),
    "not_an_object": _("This has to be an object with fields."),
    "not_a_slug": _("Only small Latin letters, digits, “-” and “_”."),
    "not_a_currency": _("This has to be a currency's code of three capital letters, as RUB."),
    "not_a_moment": _("This has to be a moment in ISO 8601, as 2026-03-02T12:00:00+03:00."),
    "not_a_day": _("This has to be a date in ISO 8601, as 2026-03-02."),
    "no_zone": _("The moment needs its time zone, as +03:00 or Z."),
    "does_not_exist": _("There is no such moment: the clocks were put forward over it."),
    "too_early": _("The moment is before the year %(since)s."),
    "too_late": _("The moment is in the future."),
    "max_length": _("At most %(most)s characters; here are %(given)s."),
    "min_length": _("At least %(least)s characters."),
    "max_items": _("At most %(most)s at once; here are %(given)s."),
    "min_value": _("At least %(least)s."),
    "max_value": _("At most %(most)s."),
    "max_decimal_places": _("At most %(most)s digits after the point."),
    "out_of_range": _("This number is out of range."),
    "unknown_choice": _("One of these: %(among)s."),
    "duplicate": _("This stands twice; the first is number %(first)s."),
    "not_found": _("There is no such one."),
    "not_a_cursor": _("This has to be the value of “next” in the answer before."),
    "not_a_ref": _("This has to be an order's ref, as R-12."),
    "too_far": _("By number one can go through the first %(most)s only: follow “next”, or ask for less."),
    # A text that can't be kept
    "nul_character": _("The text has a NUL character."),
    "control_character": _("The text has a control character."),
    "lone_surrogate": _("The text has half of a character (a lone surrogate)."),
    # A sheet
    "conflict": _("This external id came already with other data."),
    "too_many_cells": _("The row has more cells than the table has columns."),
    "kept_by_us": _("The column “%(column)s” can't be imported: AI-ROP keeps it itself."),
    "unknown_column": _("There is no such column: “%(column)s”."),
    "column_twice": _("The column “%(column)s” stands twice."),
    "no_column": _("The column “%(column)s” is missing."),
    # A body that can't be read
    "empty": _("The body is empty; JSON is expected."),
    "malformed": _("The body is not JSON."),
    "malformed_form": _("The body is not a form with files (multipart/form-data)."),
    "invalid_utf8": _("The body is not UTF-8."),
    "duplicate_key": _("The key stands twice in one object."),
    "number_out_of_range": _("The number is too large."),
    "too_deep": _("The body is nested too deeply."),
}


def sentence(flaw: Flaw) -> str:
    """In the language of whoever reads it now."""
    return str(SENTENCES[flaw.code]) % dict(flaw.params)
