from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import track

from core.models import Entry
from orders.statuses import Severity, Status
from rop.replaying import KINDS, Changes, decisions, replay

SHOWN = 20


class Command(BaseCommand):
    help = _("Recompute decisions from their stored inputs and print the differences.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--weight",
            action="append",
            default=[],
            metavar="NAME=NUMBER",
            help=_("Change a weight first: a stage or a severity, e.g. under_inspection=2 or critical=3."),
        )
        parser.add_argument("--since", type=int, default=0, help=_("Only decisions after this entry."))
        parser.add_argument(
            "--all", action="store_true", help=_("Print every difference, not the first few.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        changes = _changes(options["weight"])
        since = options["since"]
        total = Entry.objects.filter(kind__in=KINDS, pk__gt=since).count()
        console = Console()
        entries = track(
            decisions(since_id=since), total=total, console=Console(stderr=True), description=_("Replaying")
        )
        found = [difference for entry in entries if (difference := replay(entry, changes)) is not None]
        for difference in found if options["all"] else found[:SHOWN]:
            where = f"R-{difference.order_id}" if difference.order_id else "-"
            fields = ", ".join(sorted(difference.fields))
            console.print(f"{difference.entry_id}  {difference.kind}  {where}  {fields}", highlight=False)
        console.print(
            _("%(total)d decisions, %(found)d differences") % {"total": total, "found": len(found)},
            highlight=False,
        )


def _changes(pairs: list[str]) -> Changes:
    stages: dict[str, Decimal] = {}
    severities: dict[str, Decimal] = {}
    for pair in pairs:
        name, _equals, number = pair.partition("=")
        try:
            value = Decimal(number)
        except InvalidOperation as error:
            raise CommandError(_("Not a number: %(pair)s") % {"pair": pair}) from error
        if name in Status.values:
            stages[name] = value
        elif name in Severity.values:
            severities[name] = value
        else:
            raise CommandError(_("Neither a stage nor a severity: %(name)s") % {"name": name})
    return Changes(stages, severities)
