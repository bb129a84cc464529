"""Bring the orders of a file in."""

import csv
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core import actors, clock
from core.actors import Actor, Door
from core.flaws import sentence
from core.models import User
from orders.intake_files import FileRefused, Sheet, open_file
from orders.intake_files.text import DELIMITERS, ENCODINGS
from orders.safe_cells import safe_row
from orders.services import Ending, RowOutcome, orders_import

SHOWN = 20
"""Wrong rows that are shown on the terminal; `--errors` has all of them."""

SOME_WRONG, NOTHING = 1, 2

HELP = """\
Bring the orders of a file in: CSV (any delimiter; UTF-8, Windows-1251 and others) or XLSX.

Columns: external_id, client_name, item; also client_contact, price, currency, severity, seller_name,
seller_contact, comment, ordered_at. An empty cell is a field that is not given. A moment without a zone
is one of the installation's time zone (TIME_ZONE). A file with any other column is refused as a whole.

Rows are written in batches as they are read. Bad rows are reported and left out, the others come in.
The same file again, or after a crash, makes no second order: what is there with the same data is counted
as already there, what is there with other data is an error of its row.

Exit status: 0 every row is in; 1 some rows are wrong, the others are in; 2 nothing came in (the file was
refused, or every row is wrong).
"""

ERROR_COLUMNS = ("row", "external_id", "field", "code", "reason")


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--errors", type=Path, metavar="CSV", help="write the wrong rows to this file")
        parser.add_argument(
            "--encoding", default="auto", help=f"of a CSV file: auto (by default), {', '.join(ENCODINGS)}, …"
        )
        parser.add_argument(
            "--delimiter", default="auto", choices=["auto", *DELIMITERS], help="of a CSV file"
        )
        parser.add_argument("--user", metavar="NAME", help="whose import it is; AI-РОП's own by default")
        parser.add_argument("--language", default="", help="of what is said; the installation's by default")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"] or settings.LANGUAGE_CODE):
            self._handle(options)

    def _handle(self, options: dict[str, Any]) -> None:
        with ExitStack() as held:
            actor = _actor(options["user"])
            try:
                file = held.enter_context(options["file"].open("rb"))
                errors = held.enter_context(_Errors(options["errors"]))
            except OSError as error:
                raise CommandError(str(error), returncode=NOTHING) from error
            endings = self._import(file, errors, actor, options)
        self._sum_up(endings, errors, dry_run=options["dry_run"])

    def _import(self, file: Any, errors: "_Errors", actor: Actor, options: dict[str, Any]) -> Counter[Ending]:
        endings: Counter[Ending] = Counter()
        try:
            sheet = open_file(file, encoding=options["encoding"], delimiter=options["delimiter"])
            for outcome in self._outcomes(sheet, actor, dry_run=options["dry_run"]):
                endings[outcome.ending] += 1
                errors.add(outcome)
        except FileRefused as refused:
            done = endings[Ending.CREATED]
            raise CommandError(str(refused), returncode=SOME_WRONG if done else NOTHING) from refused
        return endings

    def _outcomes(self, sheet: Sheet, actor: Actor, *, dry_run: bool) -> Iterator[RowOutcome]:
        outcomes = orders_import(
            rows=((row.number, row.cells) for row in sheet.rows),
            actor=actor,
            zone=timezone.get_default_timezone(),
            clock=clock.now,
            dry_run=dry_run,
        )
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
        )
        with bar:
            task = bar.add_task(_("Checking") if dry_run else _("Importing"), total=sheet.total)
            for outcome in outcomes:
                yield outcome
                bar.advance(task)

    def _sum_up(self, endings: Counter[Ending], errors: "_Errors", *, dry_run: bool) -> None:
        for line in errors.shown:
            self.stderr.write(line)
        if errors.count > len(errors.shown):
            self.stderr.write(_("… and %(more)s more.") % {"more": errors.count - len(errors.shown)})
        said = _("Would be created: %(created)s.") if dry_run else _("Created: %(created)s.")
        rest = _("Already there: %(known)s. Wrong rows: %(wrong)s.")
        counts = {
            "created": endings[Ending.CREATED],
            "known": endings[Ending.THERE_ALREADY],
            "wrong": endings[Ending.WRONG],
        }
        self.stdout.write(f"{said} {rest}" % counts)
        if endings[Ending.WRONG]:
            sys.exit(SOME_WRONG if endings[Ending.CREATED] + endings[Ending.THERE_ALREADY] else NOTHING)


def _actor(username: str | None) -> Actor:
    if username is None:
        return actors.rop(door=Door.IMPORT)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no such person: %(name)s.") % {"name": username}, returncode=NOTHING)
    actor = actors.person(user, door=Door.IMPORT)
    if not actor.may("orders.intake"):
        raise CommandError(_("%(name)s may not import orders.") % {"name": username}, returncode=NOTHING)
    return actor


class _Errors:
    """Wrong rows: some for the terminal, all for the file that was asked for."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.shown: list[str] = []
        self.count = 0

    def __enter__(self) -> "_Errors":
        # With a mark, without which Excel takes it for Windows-1251.
        self._file = self.path.open("w", encoding="utf-8-sig", newline="") if self.path else None
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerow(ERROR_COLUMNS)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file:
            self._file.close()

    def add(self, outcome: RowOutcome) -> None:
        if outcome.ending != Ending.WRONG:
            return
        self.count += 1
        reasons = [(flaw.field, flaw.code, sentence(flaw)) for flaw in outcome.flaws]
        if len(self.shown) < SHOWN:
            said = "; ".join(f"{field}: {text}" if field else text for field, _code, text in reasons)
            self.shown.append(_("Row %(row)s: %(reasons)s") % {"row": outcome.number, "reasons": said})
        if self._writer:
            for reason in reasons:
                self._writer.writerow(safe_row([outcome.number, outcome.external_id, *reason]))
