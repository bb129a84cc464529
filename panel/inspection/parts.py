"""The page in parts that can be replaced one by one, each with a fingerprint of what it says."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from panel.inspection.shown import Shown

TOKEN = "token-of-the-form"  # noqa: S105  # stands for the real one, which differs with every answer
NAMES_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Part:
    """`print` is the same as long as nothing in the part has changed."""

    name: str
    print: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class GroupParts:
    code: str
    head: Part
    points: tuple[tuple[int, Part], ...]


@dataclass(frozen=True, slots=True)
class Parts:
    bar: Part
    tray: Part
    verdict: Part
    groups: tuple[GroupParts, ...]

    def all(self) -> Iterable[Part]:
        yield from (self.bar, self.tray, self.verdict)
        for group in self.groups:
            yield group.head
            yield from (part for _number, part in group.points)


def parts(shown: Shown, request: HttpRequest) -> Parts:
    """The same parts for a whole page and for an answer to a script."""
    context = {"shown": shown, "order": shown.order, "now": shown.now, "csrf_token": TOKEN}
    token = get_token(request)

    def part(name: str, template: str, **more: Any) -> Part:
        return _part(name, template, {**context, **more}, token=token)

    return Parts(
        bar=part("bar", "bar"),
        tray=part("tray", "tray"),
        verdict=part("verdict", "verdict"),
        groups=tuple(
            GroupParts(
                code=group.view.code,
                head=part(f"group-{group.view.code}", "group", group=group),
                points=tuple(
                    (point.number, part(f"point-{point.number}", "point", point=point))
                    for point in group.points
                ),
            )
            for group in shown.groups
        ),
    )


def _part(name: str, template: str, context: Mapping[str, Any], *, token: str) -> Part:
    html = render_to_string(f"panel/inspection/{template}.html", dict(context))
    found = hashlib.sha256(html.encode()).hexdigest()[:8]
    # The token is Django's own and of letters and digits only; all else in it was escaped by the template.
    return Part(name, found, mark_safe(html.replace(TOKEN, token)))  # noqa: S308


def those_changed(found: Parts, have: str) -> list[dict[str, str]]:
    """Parts that differ from those that the page has: `name:print` of each, with commas between."""
    known = dict(pair.partition(":")[::2] for pair in have.split(",")[:NAMES_AT_MOST])
    return [
        {"name": part.name, "print": part.print, "html": part.html}
        for part in found.all()
        if known.get(part.name) != part.print
    ]
