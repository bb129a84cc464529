"""The rows of a list as HTML: the same as Unfold's, but made in one go.

Unfold makes the heads of the columns anew for each row, with a rendered checkbox among them, and asks the router about
each link: that was most of what a page of fifty rows cost. What no list of ours has is left out: editing in place,
sorting by hand, sections and actions of a row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DateField, ForeignKey, ManyToOneRel, Model, TimeField
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.admin import checkbox
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES
from unfold.utils import display_for_field, display_for_value

BOX = "action_checkbox"

STRIPES = ("", "bg-base-50 dark:bg-white/[.02]")

ROW_BEGINS = (
    '<tr class="data-row block border border-base-200 mb-3 relative rounded-default '
    'lg:table-row lg:border-none lg:mb-0 lg:rounded-none dark:border-base-800">'
)

Header = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    classes: str
    label: str
    is_link: bool
    is_head: bool
    """Whether it is what its row is called by: the first link."""


def rows(cl: ChangeList, headers: Sequence[Header]) -> SafeString:
    """All rows of a page. `headers`: the heads of its columns, as Unfold makes them."""
    columns = _columns(cl, headers)
    box = str(checkbox.render(ACTION_CHECKBOX_NAME, "0"))
    query = _query(cl)
    pieces = []
    for number, row in enumerate(cl.result_list):
        cells = "\n".join(_cells(cl, columns, row, box=box, query=query))
        stripe = f"block relative lg:table-row-group {STRIPES[number % 2]}"
        pieces.append(
            f'<tbody class="{stripe}" x-data="{{rowOpen: false}}">\n{ROW_BEGINS}\n{cells}\n</tr>\n</tbody>'
        )
    return mark_safe("\n".join(pieces))  # noqa: S308 - escaped piece by piece


def _columns(cl: ChangeList, headers: Sequence[Header]) -> list[_Column]:
    columns: list[_Column] = []
    for name, header in zip(map(str, cl.list_display), headers, strict=True):
        is_link = _is_link(cl, name, is_first=not columns)
        columns.append(
            _Column(
                name=name,
                classes=" ".join(CHECKBOX_CLASSES if name == BOX else [f"field-{name}", *ROW_CLASSES]),
                label=conditional_escape(header["text"] if columns or is_link else _("Select record")),
                is_link=is_link,
                is_head=is_link and not any(column.is_link for column in columns),
            )
        )
    return columns


def _is_link(cl: ChangeList, name: str, *, is_first: bool) -> bool:
    """None says that no column is one; an empty list, that the first is."""
    links: Sequence[Any] | None = cl.list_display_links
    return links is not None and (name in links if links else is_first)


def _query(cl: ChangeList) -> str:
    """What every link of the list ends with, so that one comes back to the list as it was."""
    if not cl.result_list:
        return ""
    address = cl.url_for_result(cl.result_list[0])
    with_filters = add_preserved_filters(
        {"preserved_filters": cl.preserved_filters, "opts": cl.opts}, address
    )
    return with_filters.removeprefix(address)


def _cells(cl: ChangeList, columns: Sequence[_Column], row: Model, *, box: str, query: str) -> Iterator[str]:
    link = ""
    for column in columns:
        said, in_a_line = (_box(row, box), False) if column.name == BOX else _said(cl, column.name, row)
        shown: str = conditional_escape(said)
        if column.is_link:
            link = link or _link(cl, row, query)
            shown = f"{link}{shown}</a>"
        tag = "th" if column.is_head else "td"
        classes = f"{column.classes} nowrap" if in_a_line else column.classes
        yield f'<{tag} class="{classes}" data-label="{column.label}">{shown}</{tag}>'


def _box(row: Model, box: str) -> SafeString:
    return mark_safe(box.replace('value="0"', f'value="{escape(str(row.pk))}"'))  # noqa: S308


def _said(cl: ChangeList, name: str, row: Model) -> tuple[Any, bool]:
    """What stands in a cell, and whether it is kept in a line."""
    empty = cl.model_admin.get_empty_value_display()
    try:
        field, said_by, value = lookup_field(name, row, cl.model_admin)
    except ObjectDoesNotExist:
        return empty, False
    if field is None or field.auto_created:
        empty = getattr(said_by, "empty_value_display", empty)
        is_boolean = getattr(said_by, "boolean", False)
        return display_for_value(value, empty, is_boolean), isinstance(value, date | time)
    in_a_line = isinstance(field, DateField | TimeField | ForeignKey)
    if isinstance(field.remote_field, ManyToOneRel):
        other = getattr(row, field.name)
        return (empty if other is None else other), in_a_line
    return display_for_field(value, field, empty), in_a_line


def _link(cl: ChangeList, row: Model, query: str) -> str:
    address = escape(f"{cl.url_for_result(row)}{query}")
    opener = ""
    if cl.is_popup:
        opener = f' data-popup-opener="{escape(row.serializable_value(str(cl.to_field or cl.pk_attname)))}"'
    return f'<a href="{address}" class="{" ".join(LINK_CLASSES)}" {opener}>'
