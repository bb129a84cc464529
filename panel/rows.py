"""The rows of a list as HTML: the same as Unfold's, but made in one go.

Unfold makes the heads of the columns anew for each row, with a rendered checkbox among them, and asks the router about
each link: that was most of what a page of fifty rows cost. What no list of ours has is left out: editing in place,
sorting by hand, sections and actions of a row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field, quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import DateField, ForeignKey, ManyToOneRel, Model, TimeField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import checkbox
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES
from unfold.utils import display_for_field, display_for_value

from panel.markup import escaped

BOX = "action_checkbox"

STRIPES = ("", "bg-base-50 dark:bg-white/[.02]")

ROW_BEGINS = (
    '<tr class="data-row block border border-base-200 mb-3 relative rounded-default '
    'lg:table-row lg:border-none lg:mb-0 lg:rounded-none dark:border-base-800">'
)

Header = Mapping[str, Any]

Said = tuple[Any, bool]
"""What stands in a cell, and whether it is kept in a line."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    classes: str
    label: str
    is_link: bool
    is_head: bool
    """Whether it is what its row is called by: the first link."""
    say: Callable[[Model], Said]


def rows(cl: ChangeList, headers: Sequence[Header]) -> SafeString:
    """All rows of a page. `headers`: the heads of its columns, as Unfold makes them."""
    columns = _columns(cl, headers)
    opens_link = _links(cl)
    pieces = []
    for number, row in enumerate(cl.result_list):
        cells = "\n".join(_cells(columns, row, opens_link))
        stripe = f"block relative lg:table-row-group {STRIPES[number % 2]}"
        pieces.append(
            f'<tbody class="{stripe}" x-data="{{rowOpen: false}}">\n{ROW_BEGINS}\n{cells}\n</tr>\n</tbody>'
        )
    return SafeString("\n".join(pieces))


def _columns(cl: ChangeList, headers: Sequence[Header]) -> list[_Column]:
    columns: list[_Column] = []
    for name, header in zip(map(str, cl.list_display), headers, strict=True):
        is_link = _is_link(cl, name, is_first=not columns)
        columns.append(
            _Column(
                name=name,
                classes=" ".join(CHECKBOX_CLASSES if name == BOX else [f"field-{name}", *ROW_CLASSES]),
                label=escaped(header["text"] if columns or is_link else _("Select record")),
                is_link=is_link,
                is_head=is_link and not any(column.is_link for column in columns),
                say=_boxes() if name == BOX else _sayer(cl, name),
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


def _cells(columns: Sequence[_Column], row: Model, opens_link: Callable[[Model], str]) -> Iterator[str]:
    link = ""
    for column in columns:
        said, in_a_line = column.say(row)
        shown = escaped(said)
        if column.is_link:
            link = link or opens_link(row)
            shown = f"{link}{shown}</a>"
        tag = "th" if column.is_head else "td"
        classes = f"{column.classes} nowrap" if in_a_line else column.classes
        yield f'<{tag} class="{classes}" data-label="{column.label}">{shown}</{tag}>'


# ── what stands in a column ──


def _boxes() -> Callable[[Model], Said]:
    before, after = str(checkbox.render(ACTION_CHECKBOX_NAME, "0")).split('value="0"')
    return lambda row: (SafeString(f'{before}value="{escaped(str(row.pk))}"{after}'), False)


def _sayer(cl: ChangeList, name: str) -> Callable[[Model], Said]:
    """A method of the admin is looked up once for a column, whatever else for each row as Django does."""
    says = None if _is_field(cl, name) else getattr(cl.model_admin, name, None)
    if name == "__str__" or not callable(says):
        return lambda row: _said(cl, name, row)
    empty = getattr(says, "empty_value_display", cl.model_admin.get_empty_value_display())
    is_boolean = getattr(says, "boolean", False)

    def say(row: Model) -> Said:
        try:
            value = says(row)
        except ObjectDoesNotExist:
            return cl.model_admin.get_empty_value_display(), False
        return display_for_value(value, empty, is_boolean), isinstance(value, date | time)

    return say


def _is_field(cl: ChangeList, name: str) -> bool:
    try:
        cl.opts.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _said(cl: ChangeList, name: str, row: Model) -> Said:
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


# ── links ──


def _links(cl: ChangeList) -> Callable[[Model], str]:
    """What opens the link of a row. The router is asked about the first row only: addresses differ by the key."""
    query, begins, ends = _query(cl), "", ""
    if cl.result_list:
        first = cl.result_list[0]
        begins, _key, ends = cl.url_for_result(first).rpartition(f"/{quote(_key_of(cl, first))}/")

    def opens(row: Model) -> str:
        key = _key_of(cl, row)
        # What is no number may be written in another way in an address.
        address = f"{begins}/{key}/{ends}" if begins and isinstance(key, int) else cl.url_for_result(row)
        opener = ""
        if cl.is_popup:
            opener = (
                f' data-popup-opener="{escaped(row.serializable_value(str(cl.to_field or cl.pk_attname)))}"'
            )
        return f'<a href="{escaped(str(address) + query)}" class="{" ".join(LINK_CLASSES)}" {opener}>'

    return opens


def _key_of(cl: ChangeList, row: Model) -> Any:
    return getattr(row, cl.pk_attname)
