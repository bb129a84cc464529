"""What the card of an inspection says of answers, files and what is missing, in the reader's language."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from orders.inspection_words import files_said, value_said
from orders.models import (
    Evidence,
    InspectionAnswer,
    InspectionItem,
    Outcome,
    ProofRule,
    VerdictCode,
)
from orders.selectors import GroupView, InspectionView, PointView
from telegram_bot.policies.text import clean

VERDICT_LABELS: Mapping[str, str | Promise] = {
    VerdictCode.PASS: gettext_lazy("Fit"),
    VerdictCode.REMARKS: gettext_lazy("Fit, with remarks"),
    VerdictCode.FAIL: gettext_lazy("Not fit"),
}

OUTCOME_LABELS: Mapping[str, str | Promise] = {
    Outcome.AGREED: gettext_lazy("Agreed"),
    Outcome.REACHED: gettext_lazy("Talked"),
    Outcome.CALL_BACK: gettext_lazy("Call back later"),
    Outcome.NO_ANSWER: gettext_lazy("No answer"),
    Outcome.REFUSED: pgettext_lazy("contact", "Refused"),
}


def answer_said(item: InspectionItem, answer: InspectionAnswer) -> str:
    said = clean(value_said(item, answer.value))
    return f"{said} — {clean(answer.remark)}" if answer.remark else said


def kinds_said(files: Iterable[Evidence]) -> str:
    """Of each kind how many: 3 photos, 1 document."""
    kinds: dict[str, int] = {}
    for file in files:
        kinds[file.kind] = kinds.get(file.kind, 0) + 1
    return ", ".join(files_said(kind, count) for kind, count in kinds.items())


def wanted_said(point: PointView) -> str:
    """Which files the point wants, and when."""
    item = point.item
    if point.needs_files:
        more = files_said(item.proof, point.needs_files)
        have = any(file.kind == item.proof for file in point.files)
        return (_("Send %(files)s more") if have else _("Send %(files)s")) % {"files": more}
    if point.answer is not None or not item.proof:
        return ""
    files = files_said(item.proof, item.proof_count)
    if item.proof_rule == ProofRule.EXCEPTION:
        return _("If it is not the norm: %(files)s") % {"files": files}
    if item.proof_rule == ProofRule.ANSWERS:
        answers = " / ".join(value_said(item, value) for value in item.proof_answers)
        return _("If “%(answers)s”: %(files)s") % {"answers": answers, "files": files}
    if item.proof_rule == ProofRule.OPTIONAL and not point.files:
        return _("You may attach %(files)s") % {"files": files}
    return ""


def mark(point: PointView) -> str:
    """How the point stands, as one sign."""
    if point.answer is None:
        return "▫️"
    if point.needs_files:
        return "📎"
    return "✅" if point.answer.is_normal else "⚠️"


def group_said(group: GroupView) -> str:
    """The group and how it stands, for a button."""
    if group.is_done:
        return f"✅ {group.title}"
    total = len(group.points)
    if group.answered == total:
        lacking = ngettext("%(count)s file", "%(count)s files", group.needs_files)
        return f"📎 {group.title} · {lacking % {'count': group.needs_files}}"
    stands = _("%(done)s of %(total)s") % {"done": group.answered, "total": total}
    return f"{group.title} · {stands}"


def exceptions(view: InspectionView) -> list[PointView]:
    """The points that are not the norm, or that somebody has said something about."""
    return [
        point
        for point in view.points
        if point.answer is not None and (not point.answer.is_normal or point.answer.remark)
    ]


def exception_said(point: PointView) -> str:
    """7. Геометрия: Нет — погнут козырёк."""
    assert point.answer is not None
    return f"{point.number}. {point.item.title}: {answer_said(point.item, point.answer)}"


def repeats_said(files: Iterable[Evidence]) -> list[str]:
    """Where some of these files are besides, each place once: at another point of this order, or at another order."""
    return list(dict.fromkeys(_repeat_said(file, file.repeats) for file in files if file.repeats))


def _repeat_said(file: Evidence, other: Evidence) -> str:
    if other.order_id != file.order_id:
        return _("The same file is at %(ref)s") % {"ref": f"R-{other.order_id}"}
    if other.item is None:
        return _("The same file is at this order already")
    return _("The same file is at point %(number)s") % {"number": other.item.number}
