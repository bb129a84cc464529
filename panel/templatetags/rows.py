from typing import Any

from django import template
from unfold.templatetags.unfold_list import result_headers

from panel.rows import rows

register = template.Library()


@register.inclusion_tag("panel/rows.html", takes_context=True)
def list_rows(context: dict[str, Any]) -> dict[str, Any]:
    """The table of a list, as Unfold's `unfold_result_list`."""
    cl = context["cl"]
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(bool(header["sortable"] and header["sorted"]) for header in headers),
        "rows": rows(cl, headers),
        "nothing": getattr(cl, "nothing", ""),
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }
