"""Fields of bodies, read by the strict policies; a body with an unknown field is refused by name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import (
    CharField,
    ChoiceField,
    DateTimeField,
    Field,
    IntegerField,
    ListField,
    Serializer,
    empty,
)

from core.flaws import sentence
from core.policies import values
from core.policies.flaws import BadValue, Flaw, unknown_fields


def refuse(code: str, **params: object) -> ValidationError:
    """A validation error with our own code and sentence."""
    return ValidationError(sentence(Flaw("", code, params)), code=code)


class _Said(Field[Any, Any, Any, Any]):
    """The framework's own refusals (required, null) in our codes and words."""

    def fail(self, key: str, **kwargs: Any) -> Any:
        raise refuse(key)


class StrictSerializer(Serializer[Any]):
    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise ValidationError({"": [_detail("not_an_object")]})
        unknown = {flaw.field: [_detail(flaw.code)] for flaw in unknown_fields(data, self.fields)}
        try:
            read: dict[str, Any] = super().to_internal_value(data)
        except ValidationError as error:
            detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
            raise ValidationError({**detail, **unknown}) from error
        if unknown:
            raise ValidationError(unknown)
        return read


def _detail(code: str) -> ErrorDetail:
    return ErrorDetail(sentence(Flaw("", code)), code=code)


class LineField(_Said, CharField):
    """One line of text; `required` ones may not be blank."""

    def to_internal_value(self, data: Any) -> str:
        return self._checked(_read(values.line, data, most=self.max_length))

    def run_validation(self, data: Any = empty) -> Any:
        # CharField would ask for a blank text before anything is stripped of what nobody sees.
        return Field.run_validation(self, data)

    def _checked(self, text: str) -> str:
        if not text and not self.allow_blank:
            raise refuse("blank")
        return text


class NameField(LineField):
    """A name for machines."""

    def to_internal_value(self, data: Any) -> str:
        return self._checked(_read(values.slug, data, most=self.max_length))


class LinesField(LineField):
    """Text of any number of lines."""

    def to_internal_value(self, data: Any) -> str:
        return self._checked(_read(values.lines, data, most=self.max_length))


class MomentField(_Said, DateTimeField):
    def to_internal_value(self, value: Any) -> datetime:
        return _read(values.moment, value)  # type: ignore[no-any-return]


class IdField(_Said, IntegerField):
    """The number of a row."""

    def to_internal_value(self, data: Any) -> int:
        return _read(values.identifier, data)  # type: ignore[no-any-return]


class VersionField(IdField):
    """The version that the caller has seen."""

    def to_internal_value(self, data: Any) -> int:
        return _read(values.identifier, data, most=2**31 - 1)  # type: ignore[no-any-return]


class CodeField(_Said, ChoiceField):
    """One of some codes."""

    def to_internal_value(self, data: Any) -> str:
        return _read(values.choice, data, among=frozenset(map(str, self.choices)))  # type: ignore[no-any-return]


class IdsField(_Said, ListField):
    """Numbers of rows, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[int]:
        if not isinstance(data, list):
            raise refuse("not_a_list")
        if len(data) > (self.max_length or 100):
            raise refuse("max_items", most=self.max_length, given=len(data))
        return sorted({_read(values.identifier, value) for value in data})


def _read(reader: Any, value: Any, **limits: Any) -> Any:
    try:
        return reader(value, **limits)
    except BadValue as bad:
        raise refuse(bad.code, **bad.params) from bad
