"""Contacts with the seller and the client."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api.inspection import docs
from orders.api.inspection.bodies import ContactBody
from orders.api.inspection.pictures import contact_picture
from orders.api.pictures import order_get
from orders.selectors import contacts_of
from orders.services import contact_add

LISTED_AT_MOST = 200


class OrderContacts(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}

    @docs.CONTACTS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = contacts_of(order.pk)[:LISTED_AT_MOST]
        return Response({"results": [contact_picture(contact) for contact in newest]})

    @docs.CONTACT_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = ContactBody(data=request.data)
        body.is_valid(raise_exception=True)
        contact = contact_add(order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data)
        return Response(contact_picture(contact), status=201)
