"""The command as one runs it."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from core import clock
from tests.stories.company import Company


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


def import_orders(company: Company, file: Path, *options: Any, language: str = "en") -> Ran:
    """Exit status and what was said, at the company's moment."""
    out, err = StringIO(), StringIO()
    status = 0
    with clock.fixed(company.now):
        try:
            call_command("import_orders", file, *options, language=language, stdout=out, stderr=err)
        except SystemExit as ended:
            status = int(str(ended.code))
        except CommandError as refused:
            status, _said = refused.returncode, err.write(str(refused))
    return Ran(status, out.getvalue(), err.getvalue())
