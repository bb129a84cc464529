"""``python -m telegram_bot.sandbox``: run until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from .clock import Clock
from .httpd import Server
from .limits import LimitSettings
from .store import Store
from .world import World

log = logging.getLogger("telegram_bot.sandbox")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    defaults = LimitSettings()
    parser = argparse.ArgumentParser(prog="python -m telegram_bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument(
        "--port", type=int, default=8081, help="for the Bot API and the pages; 0 takes a free one"
    )
    parser.add_argument(
        "--control-port",
        type=int,
        help="a second port for pages and control, reachable while the first is down",
    )
    parser.add_argument(
        "--db", type=Path, help="SQLite file that keeps the chats; without it they are forgotten"
    )
    parser.add_argument(
        "--token", default=os.environ.get("TELEGRAM_BOT_TOKEN"), help="else TELEGRAM_BOT_TOKEN"
    )
    parser.add_argument("--username", default="ai_rop_bot", help="the bot's @name")
    parser.add_argument("--name", default="AI-РОП", help="the bot's name in chats")
    parser.add_argument("--no-limits", action="store_true", help="do not limit how fast the bot writes")
    parser.add_argument("--per-second", type=int, default=defaults.per_second)
    parser.add_argument("--private-per-second", type=float, default=defaults.private_per_second)
    parser.add_argument("--private-burst", type=int, default=defaults.private_burst)
    parser.add_argument("--group-per-minute", type=int, default=defaults.group_per_minute)
    parser.add_argument(
        "--read-groups", action="store_true", help="privacy mode off: the bot reads all in groups"
    )
    options = parser.parse_args(arguments)
    if not options.token or not options.token.partition(":")[0].isdigit():
        parser.error("a token such as 123456:ABC is needed, by --token or TELEGRAM_BOT_TOKEN")
    return options


async def serve(options: argparse.Namespace) -> None:
    world = World(
        token=options.token,
        username=options.username,
        bot_name=options.name,
        store=Store(options.db),
        clock=Clock(),
        limits=LimitSettings(
            on=not options.no_limits,
            per_second=options.per_second,
            private_per_second=options.private_per_second,
            private_burst=options.private_burst,
            group_per_minute=options.group_per_minute,
        ),
    )
    world.reads_groups = options.read_groups
    server = Server(world, host=options.host, port=options.port, control_port=options.control_port)
    await server.start()
    print(f"sandbox Telegram: {server.url}/", flush=True)
    finish = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, finish.set)
    await finish.wait()
    await server.stop()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(serve(parse(sys.argv[1:])))


if __name__ == "__main__":
    main()
