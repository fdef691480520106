"""What a diploma costs: the whole path of a job, and the frozen naive way beside it."""

import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from bench import naive
from certificates import tasks
from certificates.models import Document
from tests.factories.certificates import ActaFactory, ActaLineFactory, CertificateFactory, facts

WARM_UP = 3
NAMES = (
    "María Guadalupe Hernández Ruiz",
    "Ana Ñáñez",
    "Rosa de los Ángeles Montoya y Villavicencio de la Cruz",
)


def jobs(count: int) -> list[str]:
    """The ids of `count` certificates that wait to be rendered, with names of different lengths."""
    acta = ActaFactory()
    lines = [ActaLineFactory(acta=acta, name=NAMES[number % 3]) for number in range(count)]
    return [str(CertificateFactory(line=line, created_by=acta.proposed_by).pk) for line in lines]


def main() -> int:
    """Measure and report."""
    options = ground.options()
    count, naive_count = (500, 100) if options.full else (50, 15)
    ground.lay_database()
    for award in jobs(WARM_UP):
        tasks.render(award)
    awards = jobs(count)
    before, started = Document.objects.count(), time.perf_counter()
    ours = ground.cpu_ms(partial(tasks.render, award) for award in awards)
    seconds = time.perf_counter() - started
    if Document.objects.count() != before + count:
        print("Some diplomas were not made.", file=sys.stderr)
        return 1
    told = facts()
    naive.render(told)
    theirs = ground.cpu_ms(partial(naive.render, told) for _ in range(naive_count))
    figures = [
        ground.median("diplomas.cpu_ms", ours),
        ground.Figure("diplomas.per_second", round(count / seconds, 2), "1/s", count),
        ground.median("diplomas.naive_cpu_ms", theirs),
    ]
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
