"""The form of the login page."""

from typing import Any

from django.core.validators import MaxLengthValidator
from unfold.forms import AuthenticationForm

PASSWORD_AT_MOST = 1024
"""Hashing takes as long as the password: nobody's is longer (a limit)."""


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """Django gives the length of a name to the browser only; what is longer can't even be written down as a failure."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django sets the length after the field has made its validators.
        self.fields["username"].validators.append(MaxLengthValidator(self.fields["username"].max_length))
        self.fields["password"].validators.append(MaxLengthValidator(PASSWORD_AT_MOST))
