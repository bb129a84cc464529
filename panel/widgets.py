"""Fields of forms as HTML: Django's own, to the byte, without a template for each option.

A form that asks whose a task is renders twenty options, each with a template and another one for its attributes: the
windows of an order's page cost a seventh of it. A widget that is not here has its template rendered as ever.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from panel.markup import escaped

Widget = Mapping[str, Any]


class WidgetRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = WRITERS.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return SafeString(write(context["widget"]).strip())


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: object) -> str:
    """Marked or not, and never with the separators of a language."""
    return escaped(value if isinstance(value, str) else str(value))


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    head = f'<input type="{escaped(widget["type"])}" name="{escaped(widget["name"])}"'
    return f"{head}{value}{_attributes(widget)}>\n"


def _textarea(widget: Widget) -> str:
    value = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{escaped(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>\n'


def _select(widget: Widget) -> str:
    pieces = [f'<select name="{escaped(widget["name"])}"{_attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        inside = "".join(f"\n  {_option(option)}" for option in options)
        pieces.append(f'\n  <optgroup label="{escaped(group)}">{inside}\n  </optgroup>' if group else inside)
    return "".join([*pieces, "\n</select>\n"])


def _option(widget: Widget) -> str:
    value = _text(widget["value"])
    return f'<option value="{value}"{_attributes(widget)}>{escaped(widget["label"])}</option>\n'


def _boxes(widget: Widget) -> str:
    """Radio buttons, or boxes to tick."""
    attrs = widget["attrs"]
    begins = "".join(f' {name}="{escaped(attrs[name])}"' for name in ("id", "class") if attrs.get(name))
    pieces = [f"<div{begins}>"]
    for group, options, _index in widget["optgroups"]:
        inside = "".join(f"<div>\n    {_box(option)}</div>" for option in options)
        pieces.append(f"\n  <div><label>{escaped(group)}</label>{inside}\n  </div>" if group else inside)
    return "".join([*pieces, "\n</div>\n\n"])


def _box(widget: Widget) -> str:
    if not widget["wrap_label"]:
        return f"{_input(widget)}\n\n"
    its_id = widget["attrs"].get("id")
    begins = f'<label for="{escaped(its_id)}">' if its_id else "<label>"
    return f"{begins}{_input(widget)} {escaped(widget['label'])}</label>\n\n"


WRITERS: Mapping[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/radio.html": _boxes,
    "django/forms/widgets/checkbox_select.html": _boxes,
    "django/forms/widgets/textarea.html": _textarea,
    **{
        f"django/forms/widgets/{name}.html": lambda widget: f"{_input(widget)}\n"
        for name in ("text", "hidden", "number", "datetime", "password", "checkbox")
    },
}
