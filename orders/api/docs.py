"""The descriptions of the doors of orders."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from core.api.schema import call
from orders.api import shapes
from orders.api.bodies import NoteBody, NothingBody, RouteBody, SeverityBody, TaskBody
from orders.statuses import Severity, Status

NEW_ORDER = {
    "external_id": "site-100500",
    "client_name": "Анна Петрова",
    "client_contact": "+7 916 000-00-00",
    "item": "Фотоаппарат Leica M6",
    "price": "125000.00",
    "currency": "RUB",
    "severity": "high",
    "ordered_at": "2026-03-02T12:00:00+03:00",
}

ROUTE_EXAMPLES = (
    OpenApiExample("accept", {"version": 2}, request_only=True),
    OpenApiExample(
        "cancel",
        {"version": 5, "reason_code": "client_refused", "reason": "Нашёл дешевле"},
        request_only=True,
    ),
)


def _filter(name: str, description: str, **more: object) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=description, **more)  # type: ignore[arg-type]


ORDERS_LIST = call(
    "orders_list",
    "Orders, newest first",
    {200: shapes.OrdersPageSerializer},
    problems=(400,),
    parameters=[
        _filter("status", "One or several, with commas.", enum=Status.values),
        _filter("severity", "One or several, with commas.", enum=Severity.values),
        _filter("owner", "A person's id; `me`; `none` for those without an owner."),
        _filter(
            "stuck",
            "Open orders that stand still: beyond the first threshold of their stage (24 hours unless the"
            " matrix says otherwise) or beyond the second (72).",
            enum=["24", "72"],
        ),
        _filter("q", "Parts of ref, external id, client, contact or item; every word has to be found."),
        OpenApiParameter("page", int, description="From 1, among the first 10 000."),
        OpenApiParameter("page_size", int, description="50 by default, at most 200."),
        _filter("before", "Older than this ref; as in `next`."),
        _filter("after", "Newer than this ref; as in `previous`."),
    ],
    description="A person sees their own orders, or all of them with the permission; an agent all.",
    writes=False,
)

ORDER_CREATE = call(
    "orders_create",
    "An order comes in",
    {201: shapes.OrderDetailSerializer, 200: shapes.OrderDetailSerializer},
    request=shapes.NewOrderSerializer,
    examples=[OpenApiExample("new order", NEW_ORDER, request_only=True)],
    description=(
        "201: the order with its owner (or the loud state “nobody yet”), deadline and next step. The same"
        " `external_id` and values again: 200 and the same order. Other values: 409 `external_id_conflict`."
    ),
)

ORDERS_BATCH = call(
    "orders_batch",
    "Up to 1 000 orders come in, all or none",
    {201: shapes.ReceivedAllSerializer},
    request=shapes.NewOrdersSerializer,
    examples=[
        OpenApiExample(
            "two", {"orders": [NEW_ORDER, {**NEW_ORDER, "external_id": "site-100501"}]}, request_only=True
        )
    ],
    description="With one bad row nothing is written, and every bad row is named in `errors` by its index.",
)

ORDER_READ = call(
    "orders_read", "One order", {200: shapes.OrderDetailSerializer}, problems=(404,), writes=False
)

ORDER_ROUTE = call(
    "orders_route",
    "Take a route",
    {200: shapes.OrderDetailSerializer},
    request=RouteBody,
    problems=(404,),
    examples=ROUTE_EXAMPLES,
    description="422 lists everything that is `missing`; 409 `stale_version` has the order's `version` now.",
)

ORDER_SEVERITY = call(
    "orders_severity",
    "Change the severity",
    {200: shapes.OrderDetailSerializer},
    request=SeverityBody,
    problems=(404,),
)

ORDER_NOTE = call(
    "orders_note", "Write a note", {201: shapes.NoteSerializer}, request=NoteBody, problems=(404,)
)

TASKS_LIST = call(
    "orders_tasks",
    "Open tasks of an order",
    {200: shapes.TaskListSerializer},
    problems=(404,),
    description="The most urgent first; those of the follow-up with the text that is ready to be said.",
    writes=False,
)

ORDER_TASK = call(
    "orders_task", "Give somebody a task", {201: shapes.TaskSerializer}, request=TaskBody, problems=(404,)
)

TASK_DONE = call(
    "tasks_done", "The task is done", {200: shapes.TaskSerializer}, request=NothingBody, problems=(404,)
)
