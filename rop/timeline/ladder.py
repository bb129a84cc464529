"""What the ladder did and what was answered to it, as people say it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Entry
from rop.timeline.names import Names
from rop.words import RESOLVED_BECAUSE, ROLES_TOLD, SNOOZED_BECAUSE, about, moment, word


def climbed(entry: Entry) -> Iterator[str]:
    """Who was told by the ladder, what is over, what is no longer silent."""
    notices = entry.output.get("notices", ())
    told = [notice for notice in notices if notice["template"] == "escalation"]
    for notice in told:
        said = {"whom": word(notice["to"], ROLES_TOLD), "about": about(notice["context"]["trigger"])}
        if notice["context"]["times"] > 1:
            yield _("Escalation to %(whom)s again, %(about)s") % said
        else:
            yield _("Escalation to %(whom)s, %(about)s") % said
    if any(notice["template"] == "stuck" for notice in notices):
        yield _("The order stands still: its owner is told")
    climb: Mapping[str, Any] = entry.output.get("climb", {})
    triggers = {held["id"]: held["trigger"] for held in entry.inputs["facts"].get("escalations", ())}
    for end in climb.get("end", ()):
        if end["state"] == "ended":
            yield _("the escalation is over: %(about)s") % {"about": about(triggers.get(end["id"], ""))}
    if climb.get("snooze_end"):
        yield _("the snooze has ended")
    if climb.get("propose"):
        yield _("another manager was sought to propose")


def acknowledged(entry: Entry, names: Names) -> tuple[str, str]:
    until = moment(datetime.fromisoformat(entry.inputs["until"]), now=entry.at)
    return _("The escalation was acknowledged"), _("nothing more is told until %(until)s") % {"until": until}


def resolved(entry: Entry, names: Names) -> tuple[str, str]:
    reasons = {names.resolved.get(one, "") for one in entry.inputs["escalations"]} - {""}
    because = ", ".join(sorted(word(reason, RESOLVED_BECAUSE) for reason in reasons))
    return _("The escalation was resolved"), because


def snoozed(entry: Entry, names: Names) -> tuple[str, str]:
    until = moment(datetime.fromisoformat(entry.inputs["until"]), now=entry.at)
    why = names.snoozed.get(entry.inputs["snooze"], "")
    return _("Snoozed until %(until)s") % {"until": until}, word(why, SNOOZED_BECAUSE)


def unsnoozed(entry: Entry, names: Names) -> tuple[str, str]:
    return _("The snooze was ended"), ""


PROPOSALS = {
    "command.proposal_accept": gettext_lazy("The proposal was accepted: give the order to %(to)s"),
    "command.proposal_dismiss": gettext_lazy("The proposal was dismissed: give the order to %(to)s"),
}


def proposal(entry: Entry, names: Names) -> tuple[str, str]:
    return str(PROPOSALS[entry.kind]) % {"to": names.person(entry.inputs.get("to"))}, ""


def untold(entry: Entry, names: Names) -> tuple[str, str]:
    return _("Nobody could be told of the escalation"), ""
