"""How commands show a simulation while it runs and when it is over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from orders.statuses import Status
from panel.simulation.running import Lived


@contextmanager
def progress_bar(console: Console) -> Iterator[Callable[[float, str], None]]:
    """Called with the share that is done and the simulated moment. In a log it is a line for each tenth."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[moment]}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(_("Simulating"), total=1.0, moment="")

        def show(share: float, moment: str) -> None:
            bar.update(task, completed=share, moment=moment)

        yield show


def _lines(console: Console) -> Callable[[float, str], None]:
    tenth = 0

    def show(share: float, moment: str) -> None:
        nonlocal tenth
        if int(share * 10) > tenth:
            tenth = int(share * 10)
            console.print(f"{_('Simulating')} {tenth * 10} %  {moment}", highlight=False)

    return show


def summary_lines(lived: Lived) -> Iterator[str]:
    by_status = ", ".join(f"{Status(status).label} {count}" for status, count in lived.by_status.items())
    yield _("%(orders)d orders: %(by_status)s.") % {"orders": lived.orders, "by_status": by_status}
    yield _(
        "%(moments)d moments in %(seconds).1f s; %(messages)d messages, all ended; %(broken)d broken rules."
    ) % {
        "moments": lived.moments,
        "seconds": lived.seconds,
        "messages": lived.messages,
        "broken": lived.broken,
    }
