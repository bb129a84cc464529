import asyncio
from argparse import ArgumentParser
from pathlib import Path
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand

from telegram_bot.worker.main import main

LOOK_EVERY = 0.1


class Command(BaseCommand):
    help = "The bot worker: hears what people write and press, sends every message, stands in for the loop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--when",
            metavar="FILE",
            type=Path,
            help="begin once this file is there: aiogram takes seconds to import, "
            "and they can pass while the database is being prepared",
        )

    def handle(self, *args: Any, when: Path | None, **options: Any) -> None:
        while when is not None and not when.exists():
            sleep(LOOK_EVERY)
        asyncio.run(main())
