from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console

from core import clock
from panel.management.telling import progress_bar, summary_lines
from panel.simulation.running import NoHistory, Scenario, simulate


class Command(BaseCommand):
    help = _("Orders of the last days, lived through by the real code on a simulated clock.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=float, default=3.0, help=_("How long ago it begins."))
        parser.add_argument("--orders-per-day", type=float, default=120.0, help=_("On average."))
        parser.add_argument("--seed", type=int, default=7, help=_("The same seed makes the same history."))

    def handle(self, *args: Any, **options: Any) -> None:
        scenario = Scenario(
            days=options["days"], orders_per_day=options["orders_per_day"], seed=options["seed"]
        )
        if scenario.days <= 0 or scenario.orders_per_day < 0:
            raise CommandError(_("Days and orders are positive numbers."))
        console = Console(stderr=True, quiet=options["verbosity"] == 0)
        try:
            with progress_bar(console) as progress:
                lived = simulate(scenario, until=clock.now(), progress=progress)
        except NoHistory as refusal:
            raise CommandError(str(refusal)) from refusal
        for line in summary_lines(lived):
            console.print(line, highlight=False)
