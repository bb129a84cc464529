"""The descriptions of the doors of money, approvals and opinions."""

from core.api.schema import call
from orders.api.bodies import NothingBody
from orders.api.deal import bodies, shapes
from orders.api.deal.examples import NEWEST, example

MONEY, APPROVALS = "money", "approvals"
PEOPLE_ONLY = "By personal tokens only."

PRICE = call(
    "price_set",
    "Agree on a price",
    {200: shapes.PriceSerializer, 202: shapes.PriceSerializer},
    request=bodies.PriceBody,
    problems=(404,),
    examples=[
        example("less", {"price": "118000.00", "currency": "RUB", "reason": "Скидка за царапину"}),
    ],
    description=(
        "200: it holds now. 202: after the inspection it waits for the `approval` of a second person."
        f" 422 `no_second_decider`. {PEOPLE_ONLY}"
    ),
    tag=MONEY,
)

PAYMENTS_LIST = call(
    "payments_list",
    "Payments of an order",
    {200: shapes.PaymentListSerializer},
    problems=(404,),
    description=f"{NEWEST} {PEOPLE_ONLY}",
    tag=MONEY,
    writes=False,
)

PAYMENT_ADD = call(
    "payment_add",
    "Record a payment",
    {201: shapes.PaymentSerializer},
    request=bodies.PaymentBody,
    problems=(404,),
    examples=[
        example(
            "payment",
            {
                "amount": "125000.00",
                "currency": "RUB",
                "paid_at": "2026-03-04T15:30:00+03:00",
                "document": "Платёжное поручение 118",
            },
        )
    ],
    description=(
        "By finance, also for a closed order. The same amount by the same document again: 409 `recorded_already`"
        " with that `payment`; one more is recorded `beside` it. Amounts are texts."
        f" {PEOPLE_ONLY}"
    ),
    tag=MONEY,
)

PAYMENT_CORRECT = call(
    "payment_correct",
    "Take back a payment that was recorded wrongly",
    {201: shapes.PaymentSerializer},
    request=bodies.CorrectionBody,
    problems=(404,),
    description=f"By a counter-entry, which is the answer; twice is once. {PEOPLE_ONLY}",
    tag=MONEY,
)

PAYOUTS_LIST = call(
    "payouts_list",
    "Refunds and compensations of an order",
    {200: shapes.PayoutListSerializer},
    problems=(404,),
    description=f"{NEWEST} {PEOPLE_ONLY}",
    tag=MONEY,
    writes=False,
)

PAYOUT_ASK = call(
    "payout_ask",
    "Ask for a refund or a compensation",
    {201: shapes.PayoutSerializer},
    request=bodies.PayoutBody,
    problems=(404,),
    examples=[
        example(
            "refund",
            {"kind": "refund", "amount": "5000.00", "currency": "RUB", "reason": "Царапина на корпусе"},
        )
    ],
    description=(
        "It waits for its `approval` by a second person; asked again, the new request counts."
        f" 422 `more_than_paid`, `no_second_decider`. {PEOPLE_ONLY}"
    ),
    tag=MONEY,
)

MONEY_KEEP = call(
    "money_keep",
    "Ask that the client's money of a deal that is off stays",
    {201: shapes.ApprovalSerializer},
    request=bodies.KeepMoneyBody,
    problems=(404,),
    description=(
        "By a lead, about all that is held; it waits for a second person, asked again the new request counts."
        f" 422 `wrong_stage`, `nothing_held`, `no_second_decider`. {PEOPLE_ONLY}"
    ),
    tag=MONEY,
)

PAYOUT_PAY = call(
    "payout_pay",
    "Pay out what was approved",
    {200: shapes.PayoutSerializer},
    request=bodies.PayOutBody,
    problems=(404,),
    description=f"By finance; twice is once. 422 `not_approved`. {PEOPLE_ONLY}",
    tag=MONEY,
)

APPROVALS_LIST = call(
    "approvals_list",
    "What was asked for about an order",
    {200: shapes.ApprovalListSerializer},
    problems=(404,),
    description=f"{NEWEST} While it is open, `shown` says exactly what will happen, and `hash` is of that.",
    tag=APPROVALS,
    writes=False,
)

APPROVAL_ASK = call(
    "approval_ask",
    "Ask that a second person approves a step at risk",
    {201: shapes.ApprovalSerializer},
    request=bodies.ApprovalBody,
    problems=(404,),
    examples=[
        example("reinspect", {"route": "reinspect", "reason": "Клиент просит проверить объектив"}),
        example(
            "cancel",
            {"route": "cancel", "reason_code": "client_refused", "reason": "Передумал", "version": 14},
        ),
    ],
    description=(
        "All else that the route needs has to be there: 422 lists what is `missing`. 422 `no_approval_needed`,"
        f" `no_second_decider`. Asked again, the new request counts. {PEOPLE_ONLY}"
    ),
    tag=APPROVALS,
)

APPROVAL_DECIDE = call(
    "approval_decide",
    "Decide about what another person asked for",
    {200: shapes.ApprovalSerializer},
    request=bodies.DecideBody,
    problems=(404,),
    description=(
        "Yes carries it out at once, and once; no needs a `reason`. `hash`: of what was shown. 409 `order_changed`,"
        " `shown_otherwise`, `decided_already`, `expired`; 403 for whoever asked; 422 with what is `missing` by now."
        f" {PEOPLE_ONLY}"
    ),
    tag=APPROVALS,
)

APPROVAL_WITHDRAW = call(
    "approval_withdraw",
    "Ask no more",
    {200: shapes.ApprovalSerializer},
    request=NothingBody,
    problems=(404,),
    description=f"By whoever asked; twice is once. 409 `decided_already`. {PEOPLE_ONLY}",
    tag=APPROVALS,
)

OPINIONS_LIST = call(
    "opinions_list",
    "Legal opinions about an order",
    {200: shapes.OpinionListSerializer},
    problems=(404,),
    description=NEWEST,
    tag=APPROVALS,
    writes=False,
)

OPINION_ADD = call(
    "opinion_add",
    "Give a legal opinion",
    {201: shapes.OpinionSerializer},
    request=bodies.OpinionBody,
    problems=(404,),
    examples=[example("grounds", {"verdict": "grounds", "text": "Вещь числится в розыске"})],
    description="By the key of AI-GRC. It moves nothing: people ask for the rejection and approve it.",
    tag=APPROVALS,
)
