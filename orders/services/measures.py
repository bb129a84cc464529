"""How an inspection was done: written once, when it has ended with a verdict."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Min

from orders.models import POINTS, Inspection, InspectionAnswer, InspectionMeasure, InspectionVerdict, Order
from orders.policies.inspection import rushed_below
from orders.selectors.inspections import inspection_found

COMPARED_WITH = 500
"""So many of the newest inspections of a template say what is quick (a limit)."""

SHARE_PLACES = 4


def measure_write(order: Order, inspection: Inspection, *, now: datetime) -> InspectionMeasure:
    """From the raw facts of an inspection that has just ended with a verdict."""
    verdict = InspectionVerdict.objects.get(inspection=inspection, replaced_at__isnull=True)
    found = inspection_found(inspection, severity=order.severity)
    began = InspectionAnswer.objects.filter(inspection=inspection).aggregate(at=Min("at"))["at"]
    seconds = int((verdict.at - began).total_seconds())
    earlier = InspectionMeasure.objects.filter(template=inspection.template).order_by("-pk")
    threshold = rushed_below(list(earlier.values_list("seconds", flat=True)[:COMPARED_WITH]))
    answers = found.answers.values()
    files = [file for some in found.files.values() for file in some] + found.unplaced
    return InspectionMeasure.objects.create(
        inspection=inspection,
        order=order,
        manager_id=verdict.by_id,
        template=inspection.template,
        verdict=verdict.verdict,
        seconds=seconds,
        normal_share=round(Decimal(sum(answer.is_normal for answer in answers)) / POINTS, SHARE_PLACES),
        in_bulk=sum(answer.in_bulk for answer in answers),
        exceptions=len(found.progress.exceptions),
        remarks=sum(bool(answer.remark) for answer in answers),
        files=len(files),
        repeated=sum(file.repeats_id is not None for file in files),
        rushed=threshold is not None and seconds < threshold,
        rushed_below_seconds=threshold,
        at=now,
    )
