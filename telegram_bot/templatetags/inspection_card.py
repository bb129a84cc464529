"""What the card of an inspection needs: answers, files and what is missing, in words."""

from collections.abc import Iterable

from django import template

from orders.inspection_words import files_said, norm_said
from orders.models import Evidence, InspectionItem
from orders.selectors import PointView
from rop import words
from telegram_bot.cards.inspection import said

register = template.Library()


@register.filter
def mark(point: PointView) -> str:
    return said.mark(point)


@register.filter
def answered(point: PointView) -> str:
    return said.answer_said(point.item, point.answer) if point.answer is not None else ""


@register.filter
def exception(point: PointView) -> str:
    return said.exception_said(point)


@register.filter
def wanted(point: PointView) -> str:
    return said.wanted_said(point)


@register.filter
def norm(item: InspectionItem) -> str:
    return norm_said(item)


@register.filter
def unexpected_norm(item: InspectionItem) -> str:
    """The norm, where it is not simply yes."""
    return "" if list(item.normal) == ["yes"] else norm_said(item)


@register.filter
def lacking(point: PointView) -> str:
    return files_said(point.item.proof, point.needs_files)


@register.filter
def kinds(files: Iterable[Evidence]) -> str:
    return said.kinds_said(files)


@register.filter
def repeats(files: Iterable[Evidence]) -> list[str]:
    return said.repeats_said(files)


@register.filter
def verdict(code: str) -> str:
    return words.word(code, said.VERDICT_LABELS)


@register.filter
def outcome(code: str) -> str:
    return words.word(code, said.OUTCOME_LABELS)
