"""Fields of forms that read texts as strictly as every other door does."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import flaws
from core.policies import values
from core.policies.flaws import BadValue, Flaw

LOCAL = "%Y-%m-%dT%H:%M"
"""How a browser's field of date and time writes."""


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


class Amount(forms.CharField):
    """Money as people write it: 125 000,50. What an amount may be is said by the commands."""

    WRITTEN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
    BLANKS = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=25, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        written = str(value or "").strip().translate(self.BLANKS)
        if not written:
            return None
        if not self.WRITTEN.fullmatch(written):
            raise ValidationError(_("Write an amount as 125 000 or 125 000.50."))
        return Decimal(written)

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"])

    def run_validators(self, value: Any) -> None:
        """It is no text any more."""


class Currency(Line):
    """Three letters, whatever case they are written in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=3, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).upper()


class Moment(forms.DateTimeField):
    """A browser's field of date and time, in the time of the installation."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"})
        super().__init__(input_formats=[LOCAL], widget=widget, **kwargs)


class Day(forms.DateField):
    """A browser's field of a date."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=["%Y-%m-%d"], widget=widget, **kwargs)
