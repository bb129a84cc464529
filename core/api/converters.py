"""Parts of addresses."""

from django.urls import register_converter


class Ref:
    """An order's ref, R-12, as its number."""

    regex = "R-[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value[2:])

    def to_url(self, value: int) -> str:
        return f"R-{value}"


class Id:
    """The number of a row, no larger than the database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Ref, "ref")
register_converter(Id, "id")
