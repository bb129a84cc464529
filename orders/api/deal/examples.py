"""What the descriptions of a deal's doors share."""

from drf_spectacular.utils import OpenApiExample

NEWEST = "The newest 200, newest first."


def example(name: str, body: object) -> OpenApiExample:
    return OpenApiExample(name, body, request_only=True)
