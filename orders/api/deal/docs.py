"""The descriptions of the doors of a deal."""

from core.api.schema import call
from orders.api.deal import bodies, shapes
from orders.api.deal.examples import NEWEST, example

TAG = "deal"

CLIENT_DECISION = call(
    "client_decision_add",
    "Record what the client decided",
    {201: shapes.ClientDecisionSerializer},
    request=bodies.ClientDecisionBody,
    problems=(404,),
    examples=[
        example("confirmed", {"decision": "confirmed", "channel": "phone", "version": 9}),
        example("thinks", {"decision": "thinks", "until": "2026-03-05T12:00:00+03:00"}),
        example("declined", {"decision": "declined", "reason_code": "price", "text": "Нашёл дешевле"}),
    ],
    description=(
        "While the order awaits the client's decision and payment; the last word counts, the same again changes"
        " nothing. Ends the open tasks to ask the client."
    ),
    tag=TAG,
)

LOGISTICS_LIST = call(
    "logistics_list",
    "What is known of the shipment",
    {200: shapes.LogisticsListSerializer},
    problems=(404,),
    description=f"{NEWEST} Each record has all that was known then.",
    tag=TAG,
    writes=False,
)

LOGISTICS_ADD = call(
    "logistics_add",
    "Record what was found out of the shipment",
    {201: shapes.LogisticsSerializer},
    request=bodies.LogisticsBody,
    problems=(404,),
    examples=[
        example("with the seller", {"seller_date": "2026-03-06"}),
        example(
            "the carrier",
            {
                "carrier": "СДЭК",
                "tracking": "10 2345 678",
                "promised_date": "2026-03-11",
                "cost": "1500.00",
            },
        ),
        example("the delivery", {"delivered_at": "2026-03-10T14:00:00+03:00"}),
    ],
    description="What is not given stays as it was; the same again changes nothing. 422 `nothing_given`.",
    tag=TAG,
)

TRACKING_LIST = call(
    "tracking_list",
    "Checks of the way",
    {200: shapes.TrackingListSerializer},
    problems=(404,),
    description=NEWEST,
    tag=TAG,
    writes=False,
)

TRACKING_ADD = call(
    "tracking_add",
    "Record where the parcel is",
    {201: shapes.TrackingSerializer},
    request=bodies.TrackingBody,
    problems=(404,),
    description="In transit. Ends the open task to look.",
    tag=TAG,
)

BLOCKERS_LIST = call(
    "blockers_list",
    "What stands, or stood, in the way of an order",
    {200: shapes.BlockerListSerializer},
    problems=(404,),
    description=NEWEST,
    tag=TAG,
    writes=False,
)

BLOCKER_ADD = call(
    "blocker_add",
    "Something stands in the way",
    {201: shapes.BlockerSerializer},
    request=bodies.BlockerBody,
    problems=(404,),
    examples=[
        example(
            "blocker",
            {
                "kind": "papers",
                "text": "Продавец не нашёл паспорт изделия",
                "owner": 7,
                "due_at": "2026-03-05T18:00:00+03:00",
            },
        )
    ],
    description="With who removes it and until when; the route `ship` waits for it. At most ten at once.",
    tag=TAG,
)

BLOCKER_RESOLVE = call(
    "blocker_resolve",
    "It is out of the way",
    {200: shapes.BlockerSerializer},
    request=bodies.ResolveBlockerBody,
    problems=(404,),
    description="By its owner, or whoever may act on the order; twice is once.",
    tag=TAG,
)

BLOCKER_PASS = call(
    "blocker_pass",
    "Give it to somebody else, or another deadline",
    {200: shapes.BlockerSerializer},
    request=bodies.PassBlockerBody,
    problems=(404,),
    description="By a lead. 409 `ended_already`.",
    tag=TAG,
)

CLAIMS_LIST = call(
    "claims_list",
    "Claims of the client",
    {200: shapes.ClaimListSerializer},
    problems=(404,),
    description=NEWEST,
    tag=TAG,
    writes=False,
)

CLAIM_ADD = call(
    "claim_add",
    "The client complains",
    {201: shapes.ClaimSerializer},
    request=bodies.ClaimBody,
    problems=(404,),
    description="After the delivery, within the time for claims. 422 `window_over`.",
    tag=TAG,
)

CLAIM_SETTLE = call(
    "claim_settle",
    "Settle a claim",
    {200: shapes.ClaimSerializer},
    request=bodies.SettleBody,
    problems=(404,),
    description=(
        "With money only where that money was approved, which then settles no other claim: 422 `payout_missing`."
        " Twice is once."
    ),
    tag=TAG,
)
