"""What the panel's templates say moments, spans and codes with. `now` is the page's, from its context."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.models import Message
from orders.models import Order, Payment, Task
from orders.statuses import CancelReason, Severity
from panel import marks, pulse, words
from panel.deal import places
from panel.deal.acts import row_form_name
from panel.health import Part
from panel.preview import title_of
from panel.rules import durations
from sla.models import ClockState

register = template.Library()

CLOCK_TONES = {
    ClockState.MET: words.Tone.GOOD,
    ClockState.MISSED: words.Tone.LATE,
    ClockState.CANCELLED: words.Tone.QUIET,
}


@register.simple_tag(takes_context=True)
def row_form(context: dict[str, Any], act: str, row_id: int) -> Any:
    """The form about this row that was refused, with what was typed; "" where none was."""
    return context.get("row_refused", {}).get(row_form_name(act, row_id), "")


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], at: datetime) -> str:
    return words.moment(at, now=context["now"])


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], at: datetime) -> str:
    return words.ago(at, now=context["now"])


@register.simple_tag(takes_context=True)
def due(context: dict[str, Any], at: datetime | None) -> SafeString | str:
    """The deadline in words and colour; the exact moment when pointed at."""
    return marks.due(at, now=context["now"]) if at else "—"


@register.simple_tag(takes_context=True)
def since(context: dict[str, Any], at: datetime) -> str:
    """How long ago that is, as a span."""
    return words.span(context["now"] - at)


@register.filter
def spell(value: timedelta | float) -> str:
    """A span, or seconds."""
    return words.span(value if isinstance(value, timedelta) else timedelta(seconds=value))


@register.filter
def exactly(seconds: int) -> str:
    """All of a span, by the largest units that divide it."""
    return durations.write(seconds)


@register.filter
def silent_parts(parts: list[Part]) -> list[Part]:
    return [part for part in parts if part.silent]


@register.filter
def css(value: float) -> str:
    """A number as style sheets take it, whatever the language."""
    return f"{value:.3f}"


@register.filter
def status(order: Order) -> SafeString:
    return marks.status(order.status)


@register.filter
def severity(order: Order) -> SafeString:
    return marks.severity(order.severity)


@register.filter
def is_urgent(order: Order) -> bool:
    return order.severity != Severity.NORMAL


@register.filter
def step(order: Order) -> str:
    return words.step(order)


@register.filter
def whose(order: Order) -> str:
    return words.whose(order)


@register.filter
def money(order: Order) -> str:
    return words.money(order.price, order.currency)


@register.filter
def money_of(amount: Decimal, currency: str) -> str:
    return words.money(amount, currency)


@register.filter
def is_corrected(payment: Payment) -> bool:
    """Whether a counter-entry took it back."""
    return getattr(payment, "corrected_by", None) is not None


@register.filter
def is_done_by_saying(task: Task) -> bool:
    return places.is_done_by_saying(task.kind)


@register.filter
def place(task: Task) -> str:
    """Where on its order's page a task is done."""
    return places.PLACES.get(task.kind, "")


@register.filter
def cancel_reason(order: Order) -> str:
    return str(CancelReason(order.cancel_reason).label)


@register.filter
def clock_state(code: str) -> SafeString:
    known = ClockState(code)
    return marks.mark(known.label, CLOCK_TONES.get(known, words.Tone.INFO))


@register.filter
def message_title(template_code: str) -> str:
    return title_of(template_code)


@register.filter
def message_status(message: Message) -> SafeString:
    return marks.message_status(message)


@register.filter
def addressee(message: Message) -> str:
    return str(message.person or message.group)


@register.filter
def number(value: Any) -> str:
    return words.number(value)


@register.filter
def counted(number: int) -> str:
    """A count of the header: no further than it goes."""
    return pulse.said(number)


@register.filter
def icon(name: str) -> SafeString:
    return format_html('<span class="material-symbols-outlined" aria-hidden="true">{}</span>', name)


@register.filter
def as_json(value: Any) -> str:
    """For an attribute that a script reads; escaped as any text."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def as_fill(value: Any, name: str) -> str:
    """What a window's form is filled in with when it opens."""
    return as_json({name: str(value)})
