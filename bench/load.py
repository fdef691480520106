"""The whole school at once: trainees read, trainers mark, a batch of diplomas is made, strangers verify.

The real stack — web server, worker, broker — and a crowd from a process of its own. Then nothing may be
missing: every mark, every finished lesson, every diploma once. Last, a ramp: how many times that load the
readers and verifiers can be until one of them waits for more than a second, or gets an error.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.ground import rows
from bench.ground.fleet import Fleet, running, wait
from certificates.actas.models import Acta
from certificates.awards import actions
from certificates.awards.models import Certificate, Document, Job
from cms.users.roles import ADMINISTRATOR, TRAINEE, TRAINER
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.progress.models import LessonProgress
from tests.factories.courses import CohortFactory, CourseFactory, PersonFactory, UserFactory

CROWD = Path(ground.__file__).with_name("crowd.py")
EVERY = 10.0  # seconds from one lesson of a woman to her next
LESSONS, MODULES = 6, 2
SESSIONS = 4  # registers that each trainer marks
SLOW = 1000.0  # milliseconds: whoever waits longer at p95 has been failed
LIMIT = 1800.0
Errand = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many of each, for how long."""

    trainees: int
    trainers: int
    diplomas: int
    verifications: float  # a second
    seconds: float
    steps: int  # of the ramp
    step_seconds: float


SHORT = Size(20, 2, 10, 5, 10, 3, 4)
FULL = Size(200, 20, 1000, 50, 60, 20, 15)


def session_of(account: Any) -> str:
    """Her cookie."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    return client.cookies["sessionid"].value


def lay_school(size: Size) -> list[Cohort]:
    """A running cohort for each trainer, with its women and sessions of the last days."""
    course, today, now = CourseFactory(modules=MODULES, lessons=LESSONS), timezone.localdate(), timezone.now()
    span = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=30)}
    cohorts: list[Cohort] = [
        CohortFactory(course=course, trainers=[UserFactory(role=TRAINER)], **span)
        for _ in range(size.trainers)
    ]
    for number in range(size.trainees):
        cohort = cohorts[number % len(cohorts)]
        enrol(
            person=PersonFactory(account=UserFactory(role=TRAINEE)),
            cohort=cohort,
            starts_on=span["starts_on"],
        )
    for cohort in cohorts:
        for number in range(SESSIONS):
            begins = now - timedelta(hours=12 * (SESSIONS - number))
            ClassSession.objects.create(
                cohort=cohort,
                number=number + 1,
                title=f"Tema {number + 1}",
                minutes=180,
                starts_at=begins,
                ends_at=begins + timedelta(hours=3),
            )
    return cohorts


def reading(cohorts: list[Cohort], seconds: float, *, times: int = 1, finishes: bool) -> list[Errand]:
    """Each woman opens a lesson every ten seconds, and says that she finished it."""
    dice, errands = random.Random(1), []
    women = Enrolment.objects.filter(cohort__in=cohorts).select_related("person__account").order_by("pk")
    lessons = {one.pk: _lessons(one) for one in cohorts}
    for woman in women:
        session, offset = session_of(woman.person.account), dice.uniform(0, EVERY / times)
        for number in range(int(seconds * times / EVERY)):
            slugs = lessons[woman.cohort_id]
            errands.append(
                {
                    "kind": "read",
                    "sends": "finish",
                    "at": (offset + number * EVERY / times) % seconds,
                    "session": session,
                    "address": reverse("courses:lesson", args=[slugs[number % len(slugs)]]),
                    "opens": True,
                    "fields": {"quietly": "1"} if finishes else None,
                }
            )
    return errands


def _lessons(cohort: Cohort) -> list[str]:
    return list(
        CohortContent.objects.filter(cohort=cohort, kind="lesson")
        .order_by("pk")
        .values_list("slug", flat=True)
    )


def marking(cohorts: list[Cohort], seconds: float) -> list[Errand]:
    """Each trainer opens her registers one after the other, marks everybody present and saves."""
    errands = []
    for cohort in cohorts:
        session = session_of(cohort.trainers.all()[0])
        women = Enrolment.objects.filter(cohort=cohort).values_list("pk", flat=True)
        for number, held in enumerate(cohort.sessions.order_by("starts_at")):
            errands.append(
                {
                    "kind": "mark_open",
                    "sends": "mark",
                    "at": number * seconds / SESSIONS,
                    "session": session,
                    "address": reverse("register:mark", args=[held.pk]),
                    "opens": True,
                    "fields": {"step": "save", **{f"status-{woman}": "present" for woman in women}},
                }
            )
    return errands


def verifying(codes: list[str], rate: float, seconds: float) -> list[Errand]:
    """Strangers with a code, at moments drawn by dice."""
    dice, now, errands = random.Random(2), 0.0, []
    while (now := now + dice.expovariate(rate)) < seconds:
        address = reverse("certificates:verify_code", args=[dice.choice(codes)])
        errands.append({"kind": "verify", "at": now, "address": address, "opens": True})
    return errands


def come(fleet: Fleet, plan: list[Errand]) -> list[tuple[str, float, int]]:
    """What everybody waited for, and got."""
    command = [sys.executable, str(CROWD), f"127.0.0.1:{fleet.port}"]
    done = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [(kind, milliseconds, status) for kind, milliseconds, status in json.loads(done.stdout)]


def by_kind(told: list[tuple[str, float, int]]) -> dict[str, list[float]]:
    """kind → the waits."""
    kinds: dict[str, list[float]] = {}
    for kind, milliseconds, _status in told:
        kinds.setdefault(kind, []).append(milliseconds)
    return kinds


def p95(values: list[float]) -> float:
    """The wait that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def errors(told: list[tuple[str, float, int]]) -> int:
    """Answers that are none, or that no one wished for."""
    return sum(status not in {200, 204, 302} for _kind, _milliseconds, status in told)


def issue(count: int, by: Any) -> Acta:
    """A batch that was just issued."""
    acta = rows.approved_acta(count, by=by)
    actions.issue_acta(acta=acta, by=by, at=timezone.now())
    return acta


def is_made(acta: Acta) -> bool:
    """Is every diploma of this batch made?"""
    return not Job.objects.filter(acta=acta).exclude(state=Job.State.DONE).exists()


def lost(acta: Acta, size: Size, cohorts: list[Cohort], plan: list[Errand]) -> dict[str, int]:
    """What should be in the database and is not, or is there twice."""
    finished = {(one["session"], one["address"]) for one in plan if one["kind"] == "read"}
    done = LessonProgress.objects.filter(enrolment__cohort__in=cohorts, completed_at__isnull=False)
    marks = AttendanceRecord.objects.filter(session__cohort__in=cohorts)
    made = Document.objects.filter(certificate__acta=acta)
    once = made.values("certificate__line").distinct().count()
    return {
        "progress": len(finished) - done.count(),
        "marks": size.trainees * SESSIONS - marks.values("session", "enrolment").distinct().count(),
        "diplomas": size.diplomas - once + made.count() - once,
    }


def ramp(fleet: Fleet, size: Size, cohorts: list[Cohort], codes: list[str]) -> list[ground.Figure]:
    """More and more readers and verifiers, until it fails."""
    held, most, rate = 0, 0.0, 0.0
    for times in range(1, size.steps + 1):
        plan = reading(cohorts, size.step_seconds, times=times, finishes=False)
        plan += verifying(codes, size.verifications * times, size.step_seconds)
        told = come(fleet, plan)
        most, rate = max(p95(waits) for waits in by_kind(told).values()), len(told) / size.step_seconds
        if errors(told) or most > SLOW:
            break
        held = times
    return [
        ground.Figure("load.ramp_held_times", held, "", size.steps),
        ground.Figure("load.ramp_last_rate", round(rate, 1), "1/s", size.steps),
        ground.Figure("load.ramp_last_p95_ms", round(most, 1), "ms", size.steps),
    ]


def at_once(fleet: Fleet, size: Size, cohorts: list[Cohort], by: Any) -> list[ground.Figure]:
    """A quiet moment beside the busy one, then the ramp."""
    first = issue(5, by)
    wait(partial(is_made, first), LIMIT, "the first diplomas")
    codes = list(Certificate.objects.filter(acta=first).values_list("code", flat=True))
    come(fleet, verifying(codes, 5, 2.0))  # the web processes are warm before the clock starts
    quiet = by_kind(come(fleet, verifying(codes, 2, size.seconds / 2)))
    plan = reading(cohorts, size.seconds, finishes=True) + marking(cohorts, size.seconds)
    plan += verifying(codes, size.verifications, size.seconds)
    started = time.monotonic()
    acta = issue(size.diplomas, by)
    told = come(fleet, plan)
    wait(partial(is_made, acta), LIMIT, f"{size.diplomas} diplomas")
    pace = size.diplomas / (time.monotonic() - started)
    waits = by_kind(told)
    figures = [
        ground.Figure(f"load.{kind}_p95_ms", round(p95(some), 1), "ms", len(some), SLOW)
        for kind, some in sorted(waits.items())
    ]
    ratio = round(p95(waits["verify"]) / p95(quiet["verify"]), 2)
    figures += [
        ground.Figure("load.verify_p95_ratio_to_quiet", ratio, "", len(waits["verify"])),
        ground.Figure("load.diplomas_per_second", round(pace, 2), "1/s", size.diplomas),
        ground.Figure("load.errors", errors(told), "", len(told), 0),
    ]
    missing = lost(acta, size, cohorts, plan)
    figures += [ground.Figure(f"load.lost_{what}", count, "", 1, 0) for what, count in missing.items()]
    return [*figures, *ramp(fleet, size, cohorts, codes)]


def main() -> int:
    """Measure and report. 1 when something was lost."""
    options = ground.options()
    size = FULL if options.full else SHORT
    ground.lay_database()
    by = UserFactory(role=ADMINISTRATOR)
    cohorts = lay_school(size)
    connection.close()
    with running(Fleet()) as fleet:
        fleet.start_worker()
        fleet.start_web()
        figures = at_once(fleet, size, cohorts, by)
    ground.report(figures, as_json=options.json)
    return int(any(one.value for one in figures if one.name.startswith(("load.lost", "load.errors"))))


if __name__ == "__main__":
    sys.exit(main())
