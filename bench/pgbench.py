"""The bare side: pgbench over the scripts in `bench/sql`, with prepared statements."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.parts.children import PartFailed
from config.parts.postgres import find_binaries

SCRIPTS = Path(__file__).parent / "sql"

_TPS = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")


@dataclass(frozen=True, slots=True)
class Result:
    """`per_second`: transactions; `seconds`: of each transaction, in the order in which they ended."""

    per_second: float
    seconds: tuple[float, ...]


def binary() -> Path:
    """Beside the server's binaries, else the system's. Raises PartFailed."""
    beside = find_binaries() / "pgbench"
    found = beside if beside.exists() else shutil.which("pgbench")
    if not found:
        raise PartFailed("There is no pgbench: it comes with PostgreSQL's server or its contrib package.")
    return Path(found)


def run(script: str, *, url: str, clients: int, transactions: int, values: Mapping[str, object]) -> Result:
    """So many transactions by each client. `values` become the script's variables, and parameters of its statements."""
    where = urlsplit(url)
    with tempfile.TemporaryDirectory(prefix="rop-pgbench-") as folder:
        done = subprocess.run(
            [
                binary(), "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(clients, 2)}",
                f"--transactions={transactions}", f"--file={SCRIPTS / script}", "--log", f"--log-prefix={folder}/log",
                *(f"--define={name}={value}" for name, value in values.items()),
                f"--host={where.hostname}", f"--port={where.port}", f"--username={where.username}",
                where.path.removeprefix("/"),
            ],
            env={"PATH": os.environ["PATH"], "PGPASSWORD": where.password or ""},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        took = [
            int(line.split()[2]) / 1e6
            for log in sorted(Path(folder).iterdir())
            for line in log.read_text().splitlines()
        ]
    per_second = _TPS.search(done.stdout)
    if done.returncode or per_second is None or len(took) != clients * transactions:
        raise PartFailed(f"pgbench could not run {script}:\n{done.stderr or done.stdout}")
    return Result(float(per_second[1]), tuple(took))
