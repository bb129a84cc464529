import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from telegram_bot.worker.main import main


class Command(BaseCommand):
    help = "The bot worker: hears what people write and press, sends every message, stands in for the loop."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(main())
