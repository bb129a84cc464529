"""What a person needs to begin: on the terminal only, never in a log file."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from config.up.log import Log
from config.up.place import Place


def announce(addresses: Mapping[str, Any], place: Place, log: Log) -> None:
    table = Table(title="AI-РОП", show_header=False, title_justify="left")
    table.add_row("panel", addresses["panel"])
    table.add_row("api", addresses["api"])
    if addresses["sandbox"]:
        table.add_row("Telegram (sandbox)", addresses["sandbox"])
    for role, (name, password) in addresses["logins"].items():
        table.add_row(f"login: {role}", f"{name}  {password}")
    console = Console()
    with console.capture() as captured:
        console.print(table)
        console.print(f"Keys and addresses: {place.addresses}. Ctrl-C stops everything.", soft_wrap=True)
    log.show(captured.get().rstrip())
