"""Answers as JSON."""

from typing import Any

import msgspec
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_default = JSONEncoder().default


def _other(value: Any) -> Any:
    """What msgspec does not know: marked texts, and what Django REST framework has words for."""
    return str.__str__(value) if isinstance(value, str) else _default(value)


_encode = msgspec.json.Encoder(enc_hook=_other).encode


class AnswerRenderer(JSONRenderer):
    """The same bytes as Django REST framework's, which asks Python about every moment of a list."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        if data is None:
            return b""
        # As there: JSON that is JavaScript too.
        return _encode(data).replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
