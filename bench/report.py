"""The table for people and the same as JSON."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Runs

Measured = Mapping[str, Sequence[Figure]]


def show(measured: Measured, console: Console) -> None:
    table = Table(title="AI-РОП against bare SQL of the same run", title_justify="left")
    for heading in ("measure", "what", "ours", "bare SQL", "figure", "bound", ""):
        words = heading in ("measure", "what", "")
        table.add_column(heading, justify="left" if words else "right", no_wrap=not words, overflow="fold")
    for name, figures in measured.items():
        for figure in figures:
            sign = "≤" if figure.at_most else "≥"
            table.add_row(
                name,
                figure.what + (f"\n[dim]{figure.note}[/dim]" if figure.note else ""),
                str(figure.ours),
                str(figure.bare) if figure.bare else "",
                f"{figure.figure:.2f} {figure.unit}",
                f"{sign} {figure.bound:g} {figure.unit}",
                "[green]ok[/green]" if figure.ok else "[red]misses[/red]",
            )
    console.print(table)


def write(measured: Measured, file: Path, *, short: bool) -> None:
    answer = {
        "short": short,
        "machine": {"processors": _processors(), "python": platform.python_version()},
        "measures": {name: [_plain(figure) for figure in figures] for name, figures in measured.items()},
    }
    file.write_text(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def _plain(figure: Figure) -> dict[str, Any]:
    return {
        **asdict(figure),
        "ours": _runs(figure.ours),
        "bare": _runs(figure.bare) if figure.bare else None,
        "ok": figure.ok,
    }


def _runs(runs: Runs) -> dict[str, Any]:
    return {**asdict(runs), "median": runs.median, "spread": runs.spread}


def _processors() -> int:
    return len(Path("/proc/cpuinfo").read_text().split("processor\t")) - 1
