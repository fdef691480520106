"""What a diploma costs: the whole path of a job, and the frozen naive way beside it.

Two tagged pages, credential, signature (B-B), sealed file, entry in register and log. Then real workers on a
real broker: how fast one and two processes are, and how much memory they take. Then what a queue costs that
is long.
"""

import gc
import json
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench import naive
from bench.ground import rows
from bench.ground.fleet import Fleet, memory_mb, running, wait
from certificates.actas.models import Acta
from certificates.awards import actions, jobs
from certificates.awards.models import Document, Job
from cms.users.roles import ADMINISTRATOR
from tests.factories.courses import UserFactory

WARM_UP = 3
SHORT_QUEUE, LONG_QUEUE = 28, 10_000
LIMIT = 1800.0  # seconds for a batch; far more than it takes


def make_one() -> None:
    """The next diploma of the queue, from its claim to its row."""
    claimed = jobs.claim_next(timezone.now())
    if claimed is None or not jobs.make(claimed):
        raise SystemExit("A diploma was not made.")


def issue(count: int, by: Any) -> Acta:
    """A batch that was just issued."""
    acta = rows.approved_acta(count, by=by)
    actions.issue_acta(acta=acta, by=by, at=timezone.now())
    return acta


def cost_of_one(count: int, naive_count: int, by: Any) -> list[ground.Figure]:
    """CPU time beside the naive way, in turns; database calls; size."""
    issue(WARM_UP + count + 1, by)
    told = json.loads((naive.HERE / "facts.json").read_text())  # frozen too: its words are not ours any more
    for _ in range(WARM_UP):
        make_one()
        naive.render(told)
    ours: list[float] = []
    theirs: list[float] = []
    blocks = 5
    for _ in range(blocks):
        ours += ground.cpu_ms([make_one] * (count // blocks))
        theirs += ground.cpu_ms([partial(naive.render, told)] * (naive_count // blocks))
    while Job.objects.waiting(timezone.now()).count() > 1:
        make_one()
    with CaptureQueriesContext(connection) as captured:
        make_one()
    statements = [one["sql"].split(" ", 1)[0] for one in captured.captured_queries]
    transactions = sum(word in {"BEGIN", "COMMIT"} for word in statements)
    if Document.objects.count() != WARM_UP + count + 1:
        raise SystemExit("Some diplomas were not made.")
    return [
        ground.median("diplomas.cpu_ms", ours),
        ground.median("diplomas.naive_cpu_ms", theirs),
        ground.Figure(
            "diplomas.ratio_to_naive",
            round(statistics.median(ours) / statistics.median(theirs), 3),
            "",
            len(ours),
            0.45,
        ),
        ground.Figure("diplomas.db_calls", len(statements), "calls", 1, 11),
        ground.Figure("diplomas.db_statements", len(statements) - transactions, "calls", 1),
        ground.median("diplomas.bytes", list(Document.objects.values_list("size", flat=True)), "bytes"),
    ]


def by_workers(fleet: Fleet, processes: int, count: int, by: Any) -> tuple[float, list[float]]:
    """How many a second so many processes make; the memory of the largest at a fifth, and at the end."""
    name = f"worker-{processes}"
    fleet.start_group(name, processes=processes)
    issue(2 * processes, by)  # fonts and keys are loaded before the clock starts
    wait(nothing_waits, LIMIT, "the first diplomas")
    before = Document.objects.count()
    started = time.monotonic()
    issue(count, by)
    sizes = []
    for part in (count // 5, count):
        wait(partial(are_made, before + part), LIMIT, f"{part} diplomas")
        sizes.append(max(memory_mb(pid) for pid in fleet.pool(name)))
    seconds = time.monotonic() - started
    fleet.end(name)
    return count / seconds, sizes


def are_made(count: int) -> bool:
    """Are there so many?"""
    return Document.objects.count() >= count


def nothing_waits() -> bool:
    """Is every job done?"""
    return not Job.objects.exclude(state=Job.State.DONE).exists()


def throughput(count_of_one: int, count_of_two: int, by: Any) -> list[ground.Figure]:
    """Diplomas a second by worker processes, and what one process weighs."""
    with running(Fleet()) as fleet:
        one, (early, late) = by_workers(fleet, 1, count_of_one, by)
        two, _sizes = by_workers(fleet, 2, count_of_two, by)
    return [
        ground.Figure("diplomas.per_second_1_process", round(one, 2), "1/s", count_of_one),
        ground.Figure("diplomas.per_second_2_processes", round(two, 2), "1/s", count_of_two),
        ground.Figure("diplomas.speedup_of_2", round(two / one, 2), "", count_of_two),
        ground.Figure("diplomas.worker_rss_mb", round(late, 1), "MB", count_of_one, 200),
        ground.Figure("diplomas.worker_rss_growth_mb", round(late - early, 1), "MB", count_of_one),
    ]


def cost_of_queue(repeats: int, by: Any) -> list[ground.Figure]:
    """Sweep and progress of a batch, with a short queue and with a long one: CPU time and queries."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(by)
    with running(Fleet()):
        short = queue_figures(issue(SHORT_QUEUE, by), repeats, client)
        long = queue_figures(issue(LONG_QUEUE, by), repeats, client)
    figures = []
    for name, values in long.items():
        figures += [
            ground.median(f"diplomas.{name}_cpu_ms_28", short[name][0]),
            ground.median(f"diplomas.{name}_cpu_ms_10000", values[0]),
            ground.Figure(
                f"diplomas.{name}_ratio_10000_to_28",
                round(statistics.median(values[0]) / statistics.median(short[name][0]), 2),
                "",
                repeats,
            ),
            ground.Figure(f"diplomas.{name}_queries_28", short[name][1], "queries", 1),
            ground.Figure(f"diplomas.{name}_queries_10000", values[1], "queries", 1),
        ]
    return figures


def queue_figures(acta: Acta, repeats: int, client: Client) -> dict[str, tuple[list[float], int]]:
    """Per work: CPU times, and queries."""

    def progress() -> None:
        response = client.get(reverse("actas:progress", args=[acta.pk]))
        if response.status_code != 200:
            raise SystemExit(f"The progress page answered {response.status_code}.")

    def sweep() -> None:
        if not jobs.sweep(timezone.now()):
            raise SystemExit("The sweep rang no bell.")

    found = {}
    for name, work in {"sweep": sweep, "progress": progress}.items():
        work()
        gc.collect()
        times = ground.cpu_ms([work] * repeats)
        with CaptureQueriesContext(connection) as captured:
            work()
        found[name] = (times, len(captured))
    return found


def main() -> int:
    """Measure and report."""
    options = ground.options()
    ground.lay_database()
    by = UserFactory(role=ADMINISTRATOR)
    figures = cost_of_one(*((500, 100) if options.full else (50, 15)), by)
    figures += throughput(*((1000, 1000) if options.full else (100, 100)), by)
    figures += cost_of_queue(100 if options.full else 30, by)
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
