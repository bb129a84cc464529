from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from rich.console import Console

from core import clock
from orders.models import Order
from panel.management.telling import progress_bar, summary_lines
from panel.seeding.installing import install
from panel.simulation.running import Scenario, simulate

DEMO_DAYS = 2
DEMO_ORDERS_PER_DAY = 90
DEMO_SEED = 7


class Command(BaseCommand):
    help = _(
        "People, rules, keys and logins of a new installation; with --demo also orders of the last days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help=_("A database without orders gets a history of two days.")
        )
        parser.add_argument(
            "--write", metavar="FILE", help=_("Where keys and logins are kept; .run/seed.json unless given.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True, quiet=options["verbosity"] == 0)
        file = Path(options["write"] or settings.RUN_DIR / "seed.json")
        installed = install(file=file, demo=options["demo"], now=clock.now())
        if installed.people:
            console.print(_("People, teams and shifts are there."), highlight=False)
        if installed.issued:
            names = ", ".join(installed.issued)
            console.print(_("Keys issued: %(names)s.") % {"names": names}, highlight=False)
        if installed.unknown:
            names = ", ".join(installed.unknown)
            console.print(
                _("Not known here, ask who set it up: %(names)s.") % {"names": names}, highlight=False
            )
        if options["demo"] and not Order.objects.exists():
            scenario = Scenario(days=DEMO_DAYS, orders_per_day=DEMO_ORDERS_PER_DAY, seed=DEMO_SEED)
            with progress_bar(console) as progress:
                lived = simulate(scenario, until=clock.now(), progress=progress)
            for line in summary_lines(lived):
                console.print(line, highlight=False)
