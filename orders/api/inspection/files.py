"""Files of an order: attached by a form, put at their point, taken away, saved."""

from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.bodies import MEGABYTE, StrictFormParser
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api.bodies import NothingBody
from orders.api.inspection import docs
from orders.api.inspection.bodies import EvidenceBody, PlaceBody
from orders.api.inspection.pictures import placed_picture
from orders.api.pictures import order_get
from orders.evidence_files import serving
from orders.models import Evidence
from orders.policies.files import BYTES_AT_MOST
from orders.selectors import evidence_visible_to
from orders.services import evidence_add, evidence_place, evidence_remove


class OrderEvidence(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}
    parser_classes = [StrictFormParser]
    body_at_most = 16 * MEGABYTE

    @docs.EVIDENCE_LIST
    def get(self, request: Request, ref: int) -> Response:
        actor = actor_of(request)
        order = order_get(ref, actor)
        files = evidence_visible_to(actor).filter(order=order).order_by("pk")
        read = files.select_related("item", "repeats", "added_by")
        return Response({"results": [placed_picture(file) for file in read]})

    @docs.EVIDENCE_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = EvidenceBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        with given["file"] as file:
            # One byte more than is taken is enough to see that it is too much.
            content, name = file.read(BYTES_AT_MOST + 1), file.name or ""
        evidence = evidence_add(
            order_id=ref,
            content=content,
            name=name,
            point=given["point"],
            purpose=given["purpose"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(_picture(evidence), status=201)


class EvidenceFile(ApiView):
    scopes = {"GET": ORDERS_READ}

    @docs.EVIDENCE_FILE
    def get(self, request: Request, evidence_id: int) -> FileResponse:
        evidence = evidence_visible_to(actor_of(request)).get(pk=evidence_id)
        try:
            return serving.respond(serving.original(evidence))
        except FileNotFoundError:
            raise Evidence.DoesNotExist from None


class EvidencePlace(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.EVIDENCE_PLACE
    @idempotent
    def post(self, request: Request, evidence_id: int) -> Response:
        body = PlaceBody(data=request.data)
        body.is_valid(raise_exception=True)
        evidence = evidence_place(
            evidence_id=evidence_id,
            point=body.validated_data["point"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(_picture(evidence))


class EvidenceRemove(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.EVIDENCE_REMOVE
    @idempotent
    def post(self, request: Request, evidence_id: int) -> Response:
        NothingBody(data=request.data).is_valid(raise_exception=True)
        evidence_remove(evidence_id=evidence_id, actor=actor_of(request), now=clock.now())
        return Response(status=204)


def _picture(evidence: Evidence) -> dict[str, object]:
    """Read again with its point and its people."""
    read = Evidence.objects.select_related("item", "repeats", "added_by")
    return placed_picture(read.get(pk=evidence.pk))
