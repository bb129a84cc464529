"""The price, payments, refunds and compensations: by people's tokens, and by nobody else's key."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.scopes import MONEY_READ, MONEY_WRITE
from orders.api.deal import docs_money as docs
from orders.api.deal.bodies import (
    CorrectionBody,
    KeepMoneyBody,
    PaymentBody,
    PayOutBody,
    PayoutBody,
    PriceBody,
)
from orders.api.deal.listing import LISTED_AT_MOST
from orders.api.deal.pictures import (
    approval_picture,
    payment_picture,
    payout_picture,
    price_picture,
    sums_picture,
)
from orders.api.pictures import order_get
from orders.models import Payment
from orders.selectors import order_with_people
from orders.selectors.deals import deal_of
from orders.services import money_keep_ask, payment_correct, payment_record, payout_ask, payout_pay, price_set


class OrderPrice(ApiView):
    scopes = {"POST": MONEY_WRITE}

    @docs.PRICE
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = PriceBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        answer = price_set(
            order_id=ref,
            price=given["price"],
            currency=given["currency"],
            reason=given["reason"],
            seen_version=given["version"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return Response(price_picture(order_with_people(ref), answer), status=202 if answer.approval else 200)


class OrderPayments(ApiView):
    scopes = {"GET": MONEY_READ, "POST": MONEY_WRITE}

    @docs.PAYMENTS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.payments.select_related("by", "corrected_by")[:LISTED_AT_MOST]
        results = [payment_picture(payment) for payment in newest]
        return Response({**sums_picture(deal_of(order.pk)), "results": results})

    @docs.PAYMENT_ADD
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = PaymentBody(data=request.data)
        body.is_valid(raise_exception=True)
        payment = payment_record(
            order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data
        )
        return Response(_payment(payment), status=201)


class PaymentCorrect(ApiView):
    scopes = {"POST": MONEY_WRITE}

    @docs.PAYMENT_CORRECT
    @idempotent
    def post(self, request: Request, payment_id: int) -> Response:
        body = CorrectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        counter = payment_correct(
            payment_id=payment_id, actor=actor_of(request), now=clock.now(), **body.validated_data
        )
        return Response(_payment(counter), status=201)


class OrderPayouts(ApiView):
    scopes = {"GET": MONEY_READ, "POST": MONEY_WRITE}

    @docs.PAYOUTS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        newest = order.payouts.select_related("asked_by", "paid_by", "approval__decided_by")[:LISTED_AT_MOST]
        return Response({"results": [payout_picture(payout) for payout in newest]})

    @docs.PAYOUT_ASK
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = PayoutBody(data=request.data)
        body.is_valid(raise_exception=True)
        payout = payout_ask(order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data)
        return Response(payout_picture(payout), status=201)


class OrderMoneyKeep(ApiView):
    scopes = {"POST": MONEY_WRITE}

    @docs.MONEY_KEEP
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = KeepMoneyBody(data=request.data)
        body.is_valid(raise_exception=True)
        approval = money_keep_ask(
            order_id=ref, actor=actor_of(request), now=clock.now(), **body.validated_data
        )
        return Response(approval_picture(approval), status=201)


class PayoutPay(ApiView):
    scopes = {"POST": MONEY_WRITE}

    @docs.PAYOUT_PAY
    @idempotent
    def post(self, request: Request, payout_id: int) -> Response:
        body = PayOutBody(data=request.data)
        body.is_valid(raise_exception=True)
        payout = payout_pay(
            payout_id=payout_id, actor=actor_of(request), now=clock.now(), **body.validated_data
        )
        return Response(payout_picture(payout))


def _payment(payment: Payment) -> dict[str, object]:
    """Read again with its counter-entry and its people."""
    return payment_picture(Payment.objects.select_related("by", "corrected_by").get(pk=payment.pk))
