"""The descriptions of the doors of an inspection."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample

from core.api.schema import call
from orders.api.bodies import NothingBody
from orders.api.inspection import shapes
from orders.api.inspection.bodies import AnswersBody, ContactBody, DecisionBody, PlaceBody, VerdictBody

TAG = "inspection"

INSPECTION_READ = call(
    "inspection_read",
    "The inspection of an order",
    {200: shapes.InspectionSerializer},
    problems=(404,),
    description="The current one, otherwise the last; 404 `no_inspection` before there was any.",
    tag=TAG,
    writes=False,
)

INSPECTION_ANSWER = call(
    "inspection_answer",
    "Answer points",
    {200: shapes.InspectionSerializer},
    request=AnswersBody,
    problems=(404,),
    examples=[
        OpenApiExample(
            "answers",
            {
                "answers": [
                    {"point": 7, "value": "no", "remark": "Зазор справа шире"},
                    {"point": 18, "value": "12500"},
                ]
            },
            request_only=True,
        ),
        OpenApiExample("the norm for a group", {"group": "body"}, request_only=True),
    ],
    description=(
        "All answers or none; or the norm for every open point of a group that has one. 422 names each point in"
        " `errors`, as `point:7`. Another answer takes the verdict back; the same one changes nothing."
    ),
    tag=TAG,
)

INSPECTION_VERDICT = call(
    "inspection_verdict",
    "Give the verdict",
    {200: shapes.InspectionSerializer},
    request=VerdictBody,
    problems=(404,),
    examples=[
        OpenApiExample("fit", {"verdict": "pass"}, request_only=True),
        OpenApiExample("with remarks", {"verdict": "remarks", "remarks": "Нет чека"}, request_only=True),
    ],
    description=(
        "422 `incomplete` lists every point (`point:7`) and file (`file:7`) that is `missing`. `pass` takes that"
        " every answer is the norm; `remarks` and `fail` take words. After `fail` a lead decides. The order moves on"
        " by the route `complete_inspection`."
    ),
    tag=TAG,
)

INSPECTION_DECIDE = call(
    "inspection_decide",
    "A lead decides about “not fit”",
    {200: shapes.InspectionSerializer},
    request=DecisionBody,
    problems=(404,),
    examples=[
        OpenApiExample(
            "go on", {"decision": "go_on", "reason": "Клиент согласен на скидку"}, request_only=True
        )
    ],
    description="To cancel the order is the route `cancel` with the reason `failed_inspection`.",
    tag=TAG,
)

EVIDENCE_LIST = call(
    "evidence_list",
    "Files of an order",
    {200: shapes.EvidenceListSerializer},
    problems=(404,),
    tag=TAG,
    writes=False,
)

EVIDENCE_ADD = call(
    "evidence_add",
    "Attach a file",
    {201: shapes.EvidenceSerializer},
    request={"multipart/form-data": shapes.EvidenceFormSerializer},
    problems=(404,),
    description=(
        "At most 15 MB, 40 megapixels and 60 files of an order. The same content in the same place is there once:"
        " then the answer is the file that is there. `repeats` says where else the content was before."
        " 413 `too_large`; 415 `not_allowed`, `wrong_extension`; 422 `empty`, `broken`, `too_many_pixels`,"
        " `too_many_files`, `unknown_point`, `no_inspection`."
    ),
    tag=TAG,
)

EVIDENCE_FILE = call(
    "evidence_file",
    "A file as it was sent",
    {(200, "application/octet-stream"): OpenApiTypes.BINARY},
    problems=(404,),
    description="With the type that was found in it, as an attachment.",
    tag=TAG,
    writes=False,
)

EVIDENCE_PLACE = call(
    "evidence_place",
    "Put a file at a point",
    {200: shapes.EvidenceSerializer},
    request=PlaceBody,
    problems=(404,),
    description="Where the same content is already, the answer is the file that is there; the moved one is taken away.",
    tag=TAG,
)

EVIDENCE_REMOVE = call(
    "evidence_remove", "Take a file away", {204: None}, request=NothingBody, problems=(404,), tag=TAG
)

CONTACTS_LIST = call(
    "contacts_list",
    "Contacts with the seller and the client",
    {200: shapes.ContactListSerializer},
    problems=(404,),
    description="The newest 200, newest first.",
    tag=TAG,
    writes=False,
)

CONTACT_ADD = call(
    "contact_add",
    "Record a contact",
    {201: shapes.ContactSerializer},
    request=ContactBody,
    problems=(404,),
    examples=[
        OpenApiExample(
            "call back",
            {
                "whom": "seller",
                "channel": "phone",
                "outcome": "call_back",
                "next_at": "2026-03-02T18:00:00+03:00",
                "text": "На работе до шести",
            },
            request_only=True,
        )
    ],
    description="Ends the open task to contact them; with `next_at` there is one due then.",
    tag=TAG,
)
