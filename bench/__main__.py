"""`python -m bench [NAME …] [--short] [--json FILE]`: code 0 when every bound is kept, 1 when one is missed."""

import argparse
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

import django
from rich.console import Console

from bench import report
from bench.lab import Lab
from bench.progress import Progress
from bench.sizes import FULL, SHORT
from config.parts.children import PartFailed

WIDE = 160


def main() -> int:
    asked = _arguments()
    # Into a file or a pipe too: at 80 columns the words of the table stand below each other letter by letter.
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    progress = Progress(Console(stderr=True, width=None if sys.stderr.isatty() else WIDE))
    home = Path(tempfile.mkdtemp(prefix="rop-bench-")).resolve()
    home.chmod(0o711)
    try:
        progress.say("an installation of its own")
        with Lab.open(home) as lab:
            measures = _measures_of_a_running_product()
            chosen = measures.MEASURES.keys() if not asked.names else asked.names
            if unknown := [name for name in chosen if name not in measures.MEASURES]:
                raise PartFailed(
                    f"There is no {', '.join(unknown)}; there are {', '.join(measures.MEASURES)}."
                )
            measured = {}
            for name in chosen:
                progress.say(measures.MEASURES[name].title)
                measured[name] = measures.MEASURES[name].measure(
                    lab, SHORT if asked.short else FULL, progress
                )
                report.show({name: measured[name]}, progress.console)
    except PartFailed as refusal:
        print(refusal, file=sys.stderr)
        return 2
    finally:
        if asked.keep:
            print(f"kept: {home}", file=sys.stderr)
        else:
            shutil.rmtree(home, ignore_errors=True)
    report.show(measured, console)
    if asked.json:
        report.write(measured, asked.json, short=asked.short)
    return 0 if all(figure.ok for figures in measured.values() for figure in figures) else 1


def _measures_of_a_running_product() -> ModuleType:
    """Imported only now: settings are read once, and had to wait for the addresses."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    return import_module("bench.measures")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="measures; all of them when none is named")
    parser.add_argument("--short", action="store_true", help="small numbers: shows that it works, no verdict")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures of every run go there too")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
