"""The inspection, its files and contacts, as people say it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.models import Entry
from orders.models import Contact, ContactChannel, Decision, Outcome, Proof, VerdictCode, Whom
from rop.timeline.names import Names
from rop.words import moment, word


def answered(entry: Entry, names: Names) -> tuple[str, str]:
    points, exceptions = entry.output["points"], entry.output["exceptions"]
    lines = [_points(points)]
    if exceptions:
        lines.append(_("not the norm: %(numbers)s") % {"numbers": numbers(exceptions)})
    return _("Answers to the inspection"), "; ".join(lines)


def verdict_given(entry: Entry, names: Names) -> tuple[str, str]:
    given = word(entry.inputs["verdict"], dict(VerdictCode.choices))
    said = names.verdicts.get(entry.output["verdict"])
    return _("Verdict: %(verdict)s") % {"verdict": given}, said.remarks if said else ""


def decided(entry: Entry, names: Names) -> tuple[str, str]:
    decision = word(entry.inputs["decision"], dict(Decision.choices))
    said = names.verdicts.get(entry.output["verdict"])
    title = _("Decided about “not fit”: %(decision)s") % {"decision": decision}
    return title, said.decision_reason if said else ""


ATTACHED: Mapping[str, object] = {
    Proof.PHOTO: gettext_lazy("A photo was attached"),
    Proof.VIDEO: gettext_lazy("A video was attached"),
    Proof.DOCUMENT: gettext_lazy("A document was attached"),
}


def attached(entry: Entry, names: Names) -> tuple[str, str]:
    return word(entry.output["kind"], ATTACHED), "; ".join(_of_file(entry))


def placed(entry: Entry, names: Names) -> tuple[str, str]:
    if entry.output["point"] is None:
        return _("A file was taken from its point"), ""
    return _("A file was put at its point"), "; ".join(_of_file(entry))


def taken_away(entry: Entry, names: Names) -> tuple[str, str]:
    return _("A file was taken away"), "; ".join(_of_file(entry))


def _of_file(entry: Entry) -> Iterator[str]:
    if entry.output["point"] is not None:
        yield _points([entry.output["point"]])
    if entry.output["repeats"] is not None:
        yield _("the same file was there before")


CONTACTED: Mapping[str, object] = {
    Whom.SELLER: gettext_lazy("Contact with the seller"),
    Whom.CLIENT: gettext_lazy("Contact with the client"),
}


def contacted(entry: Entry, names: Names) -> tuple[str, str]:
    title = word(entry.output["whom"], CONTACTED)
    lines = [word(entry.output["outcome"], dict(Outcome.choices))]
    if contact := names.row(Contact, entry.output["contact"]):
        lines.append(str(ContactChannel(contact.channel).label))
        lines.append(contact.text)
        if contact.next_at is not None:
            lines.append(_("the next one: %(at)s") % {"at": moment(contact.next_at, now=entry.at)})
    return title, "; ".join(filter(None, lines))


def _points(points: Sequence[int]) -> str:
    return ngettext("point %(numbers)s", "points %(numbers)s", len(points)) % {"numbers": numbers(points)}


def numbers(points: Iterable[int]) -> str:
    """“3, 7–12, 27”: three or more in a row as a stretch."""
    stretches: list[str] = []
    for _step, some in groupby(enumerate(sorted(points)), key=lambda pair: pair[1] - pair[0]):
        row = [point for _place, point in some]
        stretches += [f"{row[0]}–{row[-1]}"] if len(row) > 2 else map(str, row)
    return ", ".join(stretches)
