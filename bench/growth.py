"""What a cohort of 28, 280 and 2,800 costs the screens of those who run it: queries and time.

The same pages, the same history for each woman: 24 sessions, every lesson, test and practical.
"""

import statistics
import sys
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

from bench.ground.rows import attend, be_tested, enrol_many
from cms.users.roles import COORDINATOR
from courses.cohorts.models import Cohort
from tests.factories.courses import CohortFactory, CourseFactory, UserFactory

SIZES = (28, 280, 2800)
SESSIONS = 24
PAGES = {
    "matrix": ("school:people", ""),
    "matrix_filtered": ("school:people", "?state=0&q=a"),
    "sessions": ("school:cohort", ""),
}


def make(course: Any, size: int, by: Any) -> Cohort:
    """A cohort of `size` with everything behind it."""
    cohort: Cohort = CohortFactory(course=course, sessions=SESSIONS, seats=size, opened=True)
    enrol_many(cohort, until=size)
    attend(cohort, by=by, spare=1)
    be_tested(cohort, by=by)
    return cohort


def get(client: Client, address: str) -> Any:
    """A page that must be there."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}.")
    return answer


def main() -> int:
    """Measure and report."""
    options = ground.options()
    count = 15 if options.full else 5
    ground.lay_database()
    coordinator = UserFactory(username="coordinadora-de-medida", role=COORDINATOR)
    client = Client(SERVER_NAME="localhost")
    client.force_login(coordinator)
    course = CourseFactory(modules=4, lessons=5)
    figures = []
    for size in SIZES:
        cohort = make(course, size, coordinator)
        for name, (page, query) in PAGES.items():
            address = reverse(page, args=[cohort.pk]) + query
            get(client, address)
            with CaptureQueriesContext(connection) as queries:
                get(client, address)
            asked = len(queries)
            times = ground.cpu_ms(partial(get, client, address) for _ in range(count))
            figures += [
                ground.Figure(f"growth.{name}_queries_{size}", asked, "queries", 1, None),
                ground.Figure(
                    f"growth.{name}_ms_{size}", round(statistics.median(times), 1), "ms", count, 1000
                ),
            ]
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
