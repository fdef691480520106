"""What every measurement stands on: Django on a throw-away database, CPU clocks, one way to report.

Import it first: it lays Django's ground before anything of ours is imported. A measurement that brings a
database of its own says so in BENCH_DATABASE_URL before.
"""

import argparse
import atexit
import json
import logging
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

DATA_DIR = tempfile.mkdtemp(prefix="promotora-bench-")
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
os.environ["DATA_DIR"] = DATA_DIR
os.mkdir(f"{DATA_DIR}/static")  # WhiteNoise looks for it
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.dev"
for name in ("DATABASE_URL", "BROKER_URL", "DEBUG"):
    os.environ.pop(name, None)
if "BENCH_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ.pop("BENCH_DATABASE_URL")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from tests.conftest import lay_ground


@dataclass(frozen=True)
class Figure:
    """One number of a measurement, the median of `n` runs unless its name says otherwise."""

    name: str
    value: float
    unit: str
    n: int
    most: float | None = None  # what it was meant to be at most; shown to people, judged by nobody

    def as_json(self) -> str:
        """A line for programs."""
        return json.dumps({"name": self.name, "value": self.value, "unit": self.unit, "n": self.n})

    def __str__(self) -> str:
        line = f"{self.name:38} {self.value:>12,.2f} {self.unit:9} n={self.n:<6}"
        if self.most is None:
            return line.rstrip()
        return f"{line} at most {self.most:g}{'' if self.value <= self.most else ': NOT REACHED'}"


class WithoutMigrations(dict[str, None]):
    """Tells Django to make every app's tables straight from its models: seconds instead of half a minute."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def lay_database() -> None:
    """Tables, and the rows that the migrations of Wagtail and of the house would make."""
    settings.MIGRATION_MODULES = WithoutMigrations()
    logging.getLogger().setLevel(logging.ERROR)
    call_command("migrate", run_syncdb=True, verbosity=0)
    lay_ground()


def cpu_ms(works: Iterable[Callable[[], object]]) -> list[float]:
    """The CPU time of this process for each piece of work, in milliseconds."""
    times = []
    for work in works:
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return times


def median(name: str, values: list[float], unit: str = "ms") -> Figure:
    """The median of `values` as a figure."""
    return Figure(name, round(statistics.median(values), 2), unit, len(values))


def parser() -> argparse.ArgumentParser:
    """`--json` for programs, `--full` for more runs; a script may add its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    parser.add_argument("--full", action="store_true", help="more runs, some minutes long")
    return parser


def options() -> argparse.Namespace:
    """What this script was asked for."""
    return parser().parse_args()


def report(figures: list[Figure], *, as_json: bool) -> None:
    """Print a table for people or a line per figure for programs."""
    for figure in figures:
        print(figure.as_json() if as_json else figure)
