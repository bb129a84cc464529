"""Fields of bodies, read by the strict policies; a body with an unknown field is refused by name."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import (
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    IntegerField,
    ListField,
    Serializer,
    empty,
)

from core.flaws import sentence
from core.policies import values
from core.policies.flaws import BadValue, Flaw, unknown_fields

_DIGITS = re.compile("[0-9]{1,18}")


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


class DayField(_Said, DateField):
    def to_internal_value(self, value: Any) -> date:
        return _read(values.day, value)  # type: ignore[no-any-return]


class AmountField(_Said, DecimalField):
    """Money, as "125000.00"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        return _read(values.amount, data)  # type: ignore[no-any-return]


class CurrencyField(LineField):
    """A currency by its code of ISO 4217."""

    def to_internal_value(self, data: Any) -> str:
        return _read(values.currency, data)  # type: ignore[no-any-return]


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


class RowsField(_Said, ListField):
    """Objects, each read by `child`, a StrictSerializer; what is wrong with one is named by its place."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise refuse("not_a_list")
        if not data:
            raise refuse("blank")
        if self.max_length is not None and len(data) > self.max_length:
            raise refuse("max_items", most=self.max_length, given=len(data))
        read = [self._row(row) for row in data]
        flaws = [row.detail if isinstance(row, ValidationError) else {} for row in read]
        if any(flaws):
            raise ValidationError(flaws)
        return read

    def _row(self, row: Any) -> Any:
        if not isinstance(row, Mapping):
            return ValidationError({"": [_detail("not_an_object")]})
        try:
            return self.child.run_validation(row)
        except ValidationError as error:
            return error


class PlainField(LineField):
    """A text of any number of lines, or a number as JSON has it."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, int | float) and not isinstance(data, bool):
            data = str(data)
        return self._checked(_read(values.lines, data, most=self.max_length))


class SeenField(IdField):
    """The number of the row that was seen in a place; 0: there was none."""

    def to_internal_value(self, data: Any) -> int:
        return 0 if data == 0 and type(data) is int else super().to_internal_value(data)


class NumberInFormField(IdField):
    """A small number, as forms send it: as text."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not _DIGITS.fullmatch(data):
            raise refuse("not_an_integer")
        return super().to_internal_value(int(data))


class UploadField(_Said, Field[Any, Any, Any, Any]):
    """A file of a form."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, UploadedFile):
            raise refuse("not_a_file")
        return data

    def to_representation(self, value: Any) -> Any:
        raise TypeError("files are not sent back by serializers")


def _read(reader: Any, value: Any, **limits: Any) -> Any:
    try:
        return reader(value, **limits)
    except BadValue as bad:
        raise refuse(bad.code, **bad.params) from bad
