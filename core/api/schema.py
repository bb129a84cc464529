"""What the OpenAPI document says of every door: keys, problems, the idempotency header."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.serializers import Serializer

from core.api.idempotency import HEADER
from core.api.problems import CONTENT_TYPE

F = TypeVar("F", bound=Callable[..., Any])


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "core.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "rop_<prefix>_<secret>"}


class FieldErrorSerializer(Serializer[Any]):
    field = serializers.CharField(help_text="As `orders[3].price`; empty for the whole body.")
    code = serializers.CharField()
    detail = serializers.CharField()
    index = serializers.IntegerField(required=False, help_text="Of a row of a batch, from 0.")
    external_id = serializers.CharField(required=False)


class MissingSerializer(Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class ProblemSerializer(Serializer[Any]):
    """RFC 9457. `code` is stable; texts are in the reader's language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]
    missing = MissingSerializer(many=True, required=False, help_text="What a refused route or verdict lacks.")
    version = serializers.IntegerField(
        required=False, help_text="The order's version now, with `stale_version`."
    )
    external_ids = serializers.ListField(child=serializers.CharField(), required=False)


class PersonSerializer(Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


PROBLEMS: Mapping[int, str] = {
    400: "`invalid`: fields are wrong, each named; `malformed`: the body can't be read.",
    401: "`not_authenticated`, `invalid_key`, `expired_key`, `revoked_key`.",
    403: "`no_scope`, `no_permission`; `not_yours`: the order is not the caller's to move.",
    404: "`not_found`: not there, or not for the caller's eyes; `unknown_route`.",
    409: "`stale_version`, `external_id_conflict`, `in_progress`.",
    413: "`too_large`.",
    415: "`unsupported_media_type`: only application/json is read, and forms where files are sent.",
    422: "Refused, with what is `missing` or wrong; `idempotency_key_reused`.",
    429: "`throttled`; see Retry-After.",
    503: "`unavailable`: nothing was done; see Retry-After.",
}
OF_EVERY_CALL = (401, 403, 429, 503)
OF_EVERY_POST = (400, 409, 413, 415, 422)

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same request gets the same answer for 72 hours, and does nothing again.",
)


def call(
    operation: str,
    summary: str,
    answers: Mapping[Any, Any],
    *,
    request: Any = None,
    problems: Sequence[int] = (),
    parameters: Sequence[OpenApiParameter] = (),
    examples: Sequence[OpenApiExample] = (),
    description: str = "",
    tag: str = "orders",
    writes: bool = True,
) -> Callable[[F], F]:
    """The description of one call, with the problems and headers that it shares with all others."""
    statuses = {*OF_EVERY_CALL, *problems, *(OF_EVERY_POST if writes else ())}
    refused = {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, PROBLEMS[status])
        for status in sorted(statuses)
    }
    described: Callable[[F], F] = extend_schema(
        operation_id=operation,
        summary=summary,
        description=description,
        request=request,
        responses={**answers, **refused},
        parameters=[*parameters, *([IDEMPOTENCY_KEY] if writes else [])],
        examples=list(examples),
        tags=[tag],
    )
    return described
