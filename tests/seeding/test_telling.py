"""How a simulation shows that it goes on."""

from io import StringIO

from django.utils import translation
from rich.console import Console

from panel.management.telling import progress_bar


def test_in_a_log_each_tenth_is_a_line() -> None:
    log = StringIO()
    with translation.override("en"), progress_bar(Console(file=log)) as progress:
        for percent in range(0, 101, 4):
            progress(percent / 100, f"{percent} of 100")
    assert log.getvalue().splitlines() == [
        "Simulating 10 %  12 of 100",
        "Simulating 20 %  20 of 100",
        "Simulating 30 %  32 of 100",
        "Simulating 40 %  40 of 100",
        "Simulating 50 %  52 of 100",
        "Simulating 60 %  60 of 100",
        "Simulating 70 %  72 of 100",
        "Simulating 80 %  80 of 100",
        "Simulating 90 %  92 of 100",
        "Simulating 100 %  100 of 100",
    ]
