"""Small pieces of HTML. A list is made of hundreds of them, and Django's own functions look first whether any of
their arguments is lazy: that took longer than all else about a row."""

import html
from typing import LiteralString

from django.utils.safestring import SafeString


def escaped(value: object) -> str:
    """As `conditional_escape`: what says that it is HTML stays."""
    as_html = getattr(value, "__html__", None)
    return str(as_html()) if as_html is not None else html.escape(str(value))


def markup(pattern: LiteralString, *values: object) -> SafeString:
    """As `format_html`."""
    return SafeString(pattern.format(*map(escaped, values)))
