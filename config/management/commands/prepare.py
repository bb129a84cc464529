from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config import translations
from core import clock
from panel.deciders import warning
from panel.seeding.publishing import rules_publish


class Command(BaseCommand):
    help = "Brings an installation up to date before its roles start: translations, tables, people, matrix, keys."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        contents = parser.add_mutually_exclusive_group()
        contents.add_argument(
            "--demo", action="store_true", help="an empty database gets orders of the last days"
        )
        contents.add_argument(
            "--no-people",
            action="store_true",
            help="rules only: this installation's people are no invented ones",
        )
        parser.add_argument("--days", type=float, help="how many days of them")
        parser.add_argument("--orders-per-day", type=float, help="how many orders a day")
        parser.add_argument("--write", metavar="FILE", help="where the keys and logins are kept")

    def handle(
        self, *, demo: bool, no_people: bool, write: str | None, verbosity: int, **options: Any
    ) -> None:
        translations.compile_all()
        call_command("migrate", database="owner", interactive=False, verbosity=min(verbosity, 1))
        if no_people:
            rules_publish(since=clock.now())
            if lacking := warning():
                self.stderr.write(lacking)
        else:
            asked = {name: options[name] for name in ("days", "orders_per_day") if options[name] is not None}
            call_command("seed", demo=demo, write=write, verbosity=verbosity, **asked)
