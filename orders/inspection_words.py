"""Answers, norms and files of an inspection in words, in the reader's language."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import AnswerKind, InspectionItem, Proof, ProofRule
from orders.statuses import Severity

GROUPED_FROM = 10_000


def answers_of(item: InspectionItem) -> list[tuple[str, str]]:
    """The answers that one chooses from: how each is kept, and in words. None where one writes."""
    if item.kind == AnswerKind.YES_NO:
        return [("yes", _("Yes")), ("no", _("No"))]
    if item.kind == AnswerKind.CHOICE:
        return [(str(choice["code"]), str(choice["title"])) for choice in item.choices]
    return []


def value_said(item: InspectionItem, value: str) -> str:
    """An answer in words: Yes; as new; 12.5 mm."""
    if item.kind == AnswerKind.NUMBER:
        return f"{number_said(Decimal(value))} {item.unit}".strip()
    return dict(answers_of(item)).get(value, value)


def number_said(number: Decimal) -> str:
    """As it would be typed, with as many places as it has."""
    plain = number.normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return number_format(plain, places, use_l10n=True, force_grouping=abs(plain) >= GROUPED_FROM)


def norm_said(item: InspectionItem) -> str:
    """What the norm is; "" where every answer is."""
    if item.normal:
        return " / ".join(value_said(item, value) for value in item.normal)
    low, high = item.normal_from, item.normal_to
    if item.kind != AnswerKind.NUMBER or (low is None and high is None):
        return ""
    edges = {
        "low": f"{number_said(low)} {item.unit}".strip() if low is not None else "",
        "high": f"{number_said(high)} {item.unit}".strip() if high is not None else "",
    }
    if low is None:
        return _("up to %(high)s") % edges
    return (_("from %(low)s") if high is None else _("%(low)s to %(high)s")) % edges


def files_said(kind: str, count: int) -> str:
    """2 photos, 1 video: of this kind, so many."""
    if kind == Proof.PHOTO:
        return ngettext("%(count)s photo", "%(count)s photos", count) % {"count": count}
    if kind == Proof.VIDEO:
        return ngettext("%(count)s video", "%(count)s videos", count) % {"count": count}
    return ngettext("%(count)s document", "%(count)s documents", count) % {"count": count}


def proof_said(item: InspectionItem) -> list[str]:
    """When which files are asked for, rule by rule; empty where none are."""
    if not item.proof:
        return []
    files = {"files": files_said(item.proof, item.proof_count)}
    rules = []
    if item.proof_rule == ProofRule.ALWAYS:
        rules.append(_("always: %(files)s") % files)
    elif item.proof_rule == ProofRule.EXCEPTION:
        rules.append(_("when not the norm: %(files)s") % files)
    elif item.proof_rule == ProofRule.ANSWERS:
        answers = " / ".join(value_said(item, value) for value in item.proof_answers)
        rules.append(_("with “%(answers)s”: %(files)s") % {**files, "answers": answers})
    elif item.proof_rule == ProofRule.OPTIONAL:
        rules.append(_("may be attached: %(files)s") % files)
    if item.proof_from_severity and item.proof_rule != ProofRule.ALWAYS:
        severity = Severity(item.proof_from_severity).label
        rules.append(_("severity “%(severity)s” or more: %(files)s") % {**files, "severity": severity})
    return rules
