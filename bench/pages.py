"""What a lesson costs the server for a woman who is signed in, beside a view that does nothing."""

import statistics
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.ground.rows import enrol_many
from cms.users.models import User
from courses.cohorts.models import Enrolment

TRAINEE = "promotora"
LESSON = "m3-l13"
WARM_UP = 20


def get(client: Client, address: str) -> Any:
    """A page that must be there."""
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return response


def main() -> int:
    """Measure and report."""
    options = ground.options()
    count, many = (2000, 28_000) if options.full else (200, 2_800)
    ground.lay_database()
    call_command("seed_demo")
    settings.ROOT_URLCONF = "bench.server.urls"
    stranger, client = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    trainee = User.objects.get(username=TRAINEE)
    client.force_login(trainee)
    lesson = reverse("courses:lesson", args=[LESSON])
    for _ in range(WARM_UP):
        get(stranger, "/empty/")
        get(client, lesson)
    empty = ground.cpu_ms(partial(get, stranger, "/empty/") for _ in range(count))
    few = ground.cpu_ms(partial(get, client, lesson) for _ in range(count))
    few_queries = queries_of(client, lesson)
    cohort = Enrolment.objects.get(person__account=trainee, status="active").cohort
    enrol_many(cohort, until=many)
    crowd = ground.cpu_ms(partial(get, client, lesson) for _ in range(count))
    ratio = round(statistics.median(crowd) / statistics.median(few), 2)
    figures = [
        ground.median("pages.empty_view_cpu_ms", empty),
        ground.median("pages.lesson_signed_in_cpu_ms", few),
        ground.Figure("pages.lesson_signed_in_queries", few_queries, "queries", 1, 12),
        ground.Figure(f"pages.lesson_queries_{many}", queries_of(client, lesson), "queries", 1, 12),
        ground.Figure(f"pages.lesson_ratio_{many}_to_28", ratio, "", count, 1.2),
    ]
    ground.report(figures, as_json=options.json)
    return 0


def queries_of(client: Client, address: str) -> int:
    """How many queries a page asks."""
    with CaptureQueriesContext(connection) as queries:
        get(client, address)
    return len(queries)


if __name__ == "__main__":
    sys.exit(main())
