"""What people do with an order: each view is one call of one service."""

from collections.abc import Iterable

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import actor_of
from core.api.idempotency import idempotent
from core.api.problems import field_error, invalid
from core.api.views import ApiView
from core.models import User
from core.policies.flaws import Flaw
from core.scopes import ORDERS_ACT, ORDERS_READ
from orders.api import docs
from orders.api.bodies import NoteBody, NothingBody, RouteBody, SeverityBody, TaskBody
from orders.api.pictures import note_picture, order_answer, order_get, task_picture
from orders.gate import RouteData
from orders.models import TaskStatus
from orders.services import note_add, order_route, order_set_severity, task_add, task_done


class OrderRoute(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.ORDER_ROUTE
    @idempotent
    def post(self, request: Request, ref: int, route: str) -> Response:
        body = RouteBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor = body.validated_data, actor_of(request)
        order = order_route(
            order_id=ref,
            route=route,
            actor=actor,
            seen_version=given["version"],
            now=clock.now(),
            data=RouteData(reason=given["reason"], reason_code=given["reason_code"]),
        )
        return Response(order_answer(order.pk, actor))


class OrderSeverity(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.ORDER_SEVERITY
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = SeverityBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor = body.validated_data, actor_of(request)
        order = order_set_severity(
            order_id=ref,
            severity=given["severity"],
            actor=actor,
            seen_version=given["version"],
            now=clock.now(),
        )
        return Response(order_answer(order.pk, actor))


class OrderNotes(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.ORDER_NOTE
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = NoteBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor = body.validated_data, actor_of(request)
        order = order_get(ref, actor)
        _known_people("mentions", given["mentions"])
        note = note_add(
            order_id=order.pk, text=given["text"], actor=actor, now=clock.now(), mentions=given["mentions"]
        )
        return Response(note_picture(note), status=201)


class OrderTasks(ApiView):
    scopes = {"GET": ORDERS_READ, "POST": ORDERS_ACT}

    @docs.TASKS_LIST
    def get(self, request: Request, ref: int) -> Response:
        order = order_get(ref, actor_of(request))
        tasks = order.tasks.filter(status=TaskStatus.OPEN).select_related(
            "follow_up", "order__assigned_manager"
        )
        urgent_first = tasks.order_by("due_at", "pk")
        return Response({"results": [task_picture(task) for task in urgent_first]})

    @docs.ORDER_TASK
    @idempotent
    def post(self, request: Request, ref: int) -> Response:
        body = TaskBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        _known_people("owner", [given["owner"]])
        task = task_add(
            order_id=ref,
            title=given["title"],
            owner_id=given["owner"],
            due_at=given["due_at"],
            actor=actor_of(request),
            now=clock.now(),
            kind=given["kind"],
        )
        return Response(task_picture(task), status=201)


class TaskDone(ApiView):
    scopes = {"POST": ORDERS_ACT}

    @docs.TASK_DONE
    @idempotent
    def post(self, request: Request, task_id: int) -> Response:
        NothingBody(data=request.data).is_valid(raise_exception=True)
        return Response(task_picture(task_done(task_id=task_id, actor=actor_of(request), now=clock.now())))


def _known_people(field: str, ids: Iterable[int]) -> None:
    """Refuse ids of nobody, before anything is written."""
    asked = set(ids)
    known = set(User.objects.filter(pk__in=asked, is_active=True).values_list("pk", flat=True))
    if asked - known:
        raise invalid([field_error(Flaw(field, "not_found"))])
