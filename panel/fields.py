"""Fields of forms that read texts as strictly as every other door does."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core import flaws
from core.policies import values
from core.policies.flaws import BadValue, Flaw


class Line(forms.CharField):
    """One line of text, cleaned of what nobody can see."""

    read = staticmethod(values.line)

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.most = max_length

    def to_python(self, value: Any) -> str:
        try:
            return self.read(value or "", most=self.most)
        except BadValue as bad:
            raise ValidationError(flaws.sentence(Flaw("", bad.code, bad.params))) from bad


class Lines(Line):
    """Text of any number of lines."""

    read = staticmethod(values.lines)
    widget = forms.Textarea
