"""What an order's page says of its inspection, its files and the contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.actors import Actor
from orders.models import POINTS, Contact, Evidence, Inspection, Order, Purpose, VerdictCode
from orders.selectors import contacts_of
from orders.selectors.inspections import inspection_of
from orders.selectors.kinds import Kinds
from orders.statuses import Step
from panel.inspection.forms import ACCEPTED
from panel.inspection.repeats import repeats_of
from panel.inspection.shown import FileShown
from panel.words import Tone

CONTACTS_SHOWN = 20
FILES_SHOWN = 24

STEPS_OF_IT = frozenset({Step.FILL_INSPECTION, Step.ATTACH_EVIDENCE, Step.COMPLETE_INSPECTION})

VERDICT_TONES: Mapping[str, Tone] = {
    VerdictCode.PASS: Tone.GOOD,
    VerdictCode.REMARKS: Tone.SOON,
    VerdictCode.FAIL: Tone.LATE,
}


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """How far it is, from its own row."""

    inspection: Inspection

    @property
    def answered(self) -> int:
        return POINTS - len(self.inspection.points_open)

    @property
    def total(self) -> int:
        return POINTS

    @property
    def percent(self) -> int:
        return round(self.answered / POINTS * 100)

    @property
    def points_without_files(self) -> Sequence[int]:
        return self.inspection.proof_open

    @property
    def tone(self) -> Tone:
        return VERDICT_TONES.get(self.inspection.verdict, Tone.QUIET)


def context(order: Order, kinds: Kinds, *, actor: Actor) -> dict[str, Any]:
    """A fixed number of queries; none for `kinds` of which there is nothing."""
    inspection = inspection_of(order.pk) if Inspection in kinds else None
    files = _newest_files(order) if Evidence in kinds else []
    repeated = repeats_of(files[:FILES_SHOWN], actor=actor)
    return {
        "inspection": InspectionLine(inspection) if inspection else None,
        "step_link": step_link(order),
        "step_is_contact": order.next_action == Step.CONTACT_SELLER,
        "contacts": list(contacts_of(order.pk)[:CONTACTS_SHOWN]) if Contact in kinds else [],
        "files": [FileShown(file, repeated.get(file.pk)) for file in files[:FILES_SHOWN]],
        "more_files": len(files) > FILES_SHOWN,
        "purposes": [(code, title) for code, title in Purpose.choices if code != Purpose.INSPECTION],
        "accepted": ACCEPTED,
    }


def _newest_files(order: Order) -> list[Evidence]:
    """One more than is shown, where there are more."""
    newest = Evidence.objects.filter(order=order, removed_at__isnull=True).order_by("-pk")
    return list(newest.select_related("added_by", "item", "repeats")[: FILES_SHOWN + 1])


def step_link(order: Order) -> str:
    """To where the next step is done; "" when that is not the page of the inspection."""
    if order.next_action not in STEPS_OF_IT:
        return ""
    page = reverse("admin:order_inspection", args=[order.pk])
    first = next(iter(order.next_action_missing), "")
    kind, _colon, number = first.partition(":")
    return f"{page}#point-{number}" if kind in ("point", "file") and number else f"{page}#verdict"
