"""What a cohort of 28, 280 and 2,800 costs the screens of those who run it: queries and time.

The same pages, the same history for each woman: 24 sessions, every lesson, test and practical.
"""

import re
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.ground.rows import attend, be_tested, enrol_many
from cms.users.roles import COORDINATOR
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import CohortFactory, CourseFactory, UserFactory

SIZES = (28, 280, 2800)
SESSIONS = 24
HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
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


def confirm(client: Client, cohort: Cohort) -> tuple[int, int, float, int]:
    """Open the register of the last session, say that one woman is absent, confirm it.

    Queries of the page, of saving, the seconds that saving takes, and how many bytes travel.
    """
    session = ClassSession.objects.filter(cohort=cohort).order_by("-number")[0]
    absent = Enrolment.objects.filter(cohort=cohort).order_by("person__name", "pk")[0]
    address = reverse("register:mark", args=[session.pk])
    get(client, address)
    with CaptureQueriesContext(connection) as asked:
        page = get(client, address).content.decode()
    opened = len(asked)
    facts = {**dict(HIDDEN.findall(page)), f"status-{absent.pk}": "absent", "step": "save"}
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        client.post(address, facts)
    seconds = time.perf_counter() - began
    if AttendanceRecord.objects.filter(session=session).count() != cohort.seats:
        raise SystemExit("The register was not saved.")
    return (
        opened,
        len(asked),
        round(seconds, 2),
        sum(len(f"{name}={value}&") for name, value in facts.items()),
    )


def main() -> int:
    """Measure and report."""
    options = ground.options()
    count = 15 if options.full else 5
    ground.lay_database()
    settings.REGISTER_LOCK_DAYS = 10_000  # the sessions of these cohorts lie long ago
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
        opened, saved, seconds, sent = confirm(client, cohort)
        figures += [
            ground.Figure(f"growth.register_queries_{size}", opened, "queries", 1, None),
            ground.Figure(f"growth.register_save_queries_{size}", saved, "queries", 1, None),
            ground.Figure(f"growth.register_save_s_{size}", seconds, "s", 1, 2),
            ground.Figure(f"growth.register_sent_bytes_{size}", sent, "bytes", 1, None),
        ]
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
