"""`Idempotency-Key`: the same request again gets the same answer and does nothing again.

The answer is kept in the transaction of the facts that it acknowledges, so that a crash leaves both or neither.
An advisory lock says that the first request is still at work, and ends with whoever holds it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import Error, connection, transaction
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.authentication import key_of
from core.api.problems import CONTENT_TYPE, ApiProblem, FieldError, Problem, invalid
from core.models import ApiKey, IdempotencyRecord
from core.services.housekeeping import IDEMPOTENCY_KEPT

log = structlog.get_logger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """For a handler whose facts are one transaction."""
    return _guarded(handler, _in_one_transaction)


def idempotent_by_its_facts(handler: Handler) -> Handler:
    """For a handler that commits in pieces and whose facts are recognised when they come again (intake of many).

    The answer is kept after the facts: a crash in between makes the repeat find them and answer the same.
    """
    return _guarded(handler, _after_the_facts)


Keep = Callable[[ApiKey, str, str, Callable[[], Response]], Response]


def _guarded(handler: Handler, keep: Keep) -> Handler:
    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            error = FieldError(HEADER, "invalid", _("1 to 200 printable ASCII characters without spaces."))
            raise invalid([error])

        def answer() -> Response:
            try:
                return handler(view, request, *args, **kwargs)
            except Exception as error:
                # An error is an answer too, and is kept as one; `view` knows how to say it.
                response: Response = view.handle_exception(error)
                return response

        return keep(key_of(request), key, _fingerprint(request), answer)

    return once


def _in_one_transaction(key: ApiKey, name: str, fingerprint: str, answer: Callable[[], Response]) -> Response:
    with transaction.atomic():
        if not _lock(key, name, "pg_try_advisory_xact_lock"):
            raise _in_progress()
        if (kept := _kept(key, name, fingerprint)) is not None:
            return kept
        response = answer()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        else:
            _remember(key, name, fingerprint, response)
    return response


def _after_the_facts(key: ApiKey, name: str, fingerprint: str, answer: Callable[[], Response]) -> Response:
    with _session_lock(key, name):
        if (kept := _kept(key, name, fingerprint)) is not None:
            return kept
        response = answer()
        if response.status_code < 500:
            _remember(key, name, fingerprint, response)
    return response


def _kept(key: ApiKey, name: str, fingerprint: str) -> Response | None:
    record = IdempotencyRecord.objects.filter(key=key, idempotency_key=name).first()
    if record is None:
        return None
    if record.created_at <= clock.now() - IDEMPOTENCY_KEPT:
        record.delete()
        return None
    if record.request_hash != fingerprint:
        detail = _("This Idempotency-Key came before with another request.")
        raise ApiProblem(Problem(422, "idempotency_key_reused", detail))
    status = record.status_code or 200
    return Response(
        record.response,
        status=status,
        headers={REPLAYED: "true"},
        content_type=CONTENT_TYPE if status >= 400 else None,
    )


def _remember(key: ApiKey, name: str, fingerprint: str, response: Response) -> None:
    IdempotencyRecord.objects.create(
        key=key,
        idempotency_key=name,
        request_hash=fingerprint,
        status_code=response.status_code,
        # As it goes out: dates, decimals and lazy texts are texts there.
        response=json.loads(JSONRenderer().render(response.data) or b"null"),
        created_at=clock.now(),
    )


def _fingerprint(request: Request) -> str:
    """What makes a request the same one: its address and the values of its body."""
    values = json.dumps(request.data, sort_keys=True, ensure_ascii=False, default=_value)
    text = f"{request.method} {request.get_full_path()}\n{values}"
    return hashlib.sha256(text.encode()).hexdigest()


def _value(value: Any) -> str:
    """A file is what is in it."""
    if not isinstance(value, UploadedFile):
        return str(value)
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return f"{value.name} {content.hexdigest()}"


def _in_progress() -> ApiProblem:
    detail = _("The first request with this Idempotency-Key is still being worked on.")
    return ApiProblem(Problem(409, "in_progress", detail, headers={"Retry-After": "1"}))


def _lock(key: ApiKey, name: str, function: str) -> bool:
    digest = hashlib.sha256(f"idempotency:{key.pk}:{name}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [int.from_bytes(digest[:8], signed=True)])
        return bool(cursor.fetchone()[0])


@contextmanager
def _session_lock(key: ApiKey, name: str) -> Iterator[None]:
    if not _lock(key, name, "pg_try_advisory_lock"):
        raise _in_progress()
    try:
        yield
    finally:
        try:
            _lock(key, name, "pg_advisory_unlock")
        except Error:
            # The session that held it is gone, and the lock with it.
            log.warning("idempotency_lock_lost", exc_info=True)
            connection.close()
