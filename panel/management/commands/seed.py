from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console

from core import clock
from orders.models import Order
from panel.deciders import warning
from panel.management.telling import progress_bar, summary_lines
from panel.seeding.installing import install
from panel.simulation.running import Scenario, simulate

DEMO = Scenario(days=3, orders_per_day=16, seed=7)
"""What a start that is not asked for more has time for: it answers within a minute."""


class Command(BaseCommand):
    help = _(
        "People, rules, keys and logins of a new installation; with --demo also orders of the last days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help=_("A database without orders gets a history of some days.")
        )
        parser.add_argument(
            "--days",
            type=float,
            default=DEMO.days,
            help=_("How many; %(days)g unless given.") % {"days": DEMO.days},
        )
        parser.add_argument(
            "--orders-per-day",
            type=float,
            default=DEMO.orders_per_day,
            help=_("On average; %(orders)g unless given.") % {"orders": DEMO.orders_per_day},
        )
        parser.add_argument(
            "--write", metavar="FILE", help=_("Where keys and logins are kept; .run/seed.json unless given.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True, quiet=options["verbosity"] == 0)
        file = Path(options["write"] or settings.RUN_DIR / "seed.json")
        scenario = Scenario(days=options["days"], orders_per_day=options["orders_per_day"], seed=DEMO.seed)
        if scenario.days <= 0 or scenario.orders_per_day < 0:
            raise CommandError(_("Days and orders are positive numbers."))
        history = timedelta(days=scenario.days) if options["demo"] else None
        installed = install(file=file, demo=history, now=clock.now())
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
        if lacking := warning():
            console.print(lacking, style="bold red", highlight=False)
        if not options["demo"]:
            return
        if Order.objects.exists():
            if scenario != DEMO:
                console.print(_("There are orders already: they are left as they are."), highlight=False)
            return
        with progress_bar(console) as progress:
            lived = simulate(scenario, until=clock.now(), progress=progress)
        for line in summary_lines(lived):
            console.print(line, highlight=False)
