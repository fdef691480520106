"""The demo's two cohorts: one that finished and has its diplomas, one in its sixth week."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from certificates import award
from certificates.models import Acta
from cms.home.seeding import lives
from cms.home.seeding.attendance_plan import session_plans
from cms.home.seeding.oficio import demo_oficio
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion, CoursePage
from courses.people.models import Organisation, Person
from courses.school.actions import open_school, plan_sessions

Kind = ContentVersion.Kind
WEEKS = 12
FINISHED, RUNNING = "Generación A (demostración)", "Generación B (demostración)"


def monday_of(now: datetime, weeks_ago: int) -> datetime:
    """The Monday of the week that was `weeks_ago` weeks before `now`."""
    return now - timedelta(days=now.weekday(), weeks=weeks_ago)


def make_cohort(
    *,
    course: CoursePage,
    organisations: dict[str, Organisation],
    name: str,
    start: datetime,
    seats: int,
    trainers: Sequence[Any],
    titles: Sequence[str],
) -> Cohort:
    """A cohort of twelve weeks from `start`, opened and with its sessions laid out."""
    first_day = start.date()
    cohort = Cohort(
        course=course,
        name=name,
        place_code="Sede 01",
        starts_on=first_day,
        ends_on=first_day + timedelta(days=WEEKS * 7 - 1),
        time_zone="America/Mexico_City",
        seats=seats,
        issuer=organisations["issuer"],
        ally=organisations["ally"],
        authority=organisations["authority"],
        is_demo=True,
    )
    cohort.full_clean()
    cohort.save()
    cohort.trainers.set(trainers)
    cohort = open_school(cohort=cohort, at=start)
    plan_sessions(cohort=cohort, plans=session_plans(first_day, cohort.zone, titles))
    return cohort


def enrol_names(cohort: Cohort, names: Sequence[str]) -> list[Enrolment]:
    """Each name a new person with a seat from the first day."""
    return [
        enrol(person=Person.objects.create(name=name), cohort=cohort, starts_on=cohort.starts_on)
        for name in names
    ]


def _pins(cohort: Cohort, kind: str) -> list[CohortContent]:
    return list(cohort.contents.filter(kind=kind).select_related("version", "cohort"))


@transaction.atomic
def live_through(cohort: Cohort, enrolments: list[Enrolment], stories: list[lives.Life], by: Any, seed: int) -> None:
    """Three whole months of lessons, sessions, tests and practicals."""
    dice = Random(seed)  # noqa: S311 -- a repeatable story, not a secret
    end = datetime.combine(cohort.ends_on, datetime.min.time(), tzinfo=UTC)
    lives.draw_absences(stories, 24, dice)
    lives.keep_registers(cohort, enrolments, stories, by, end + timedelta(days=1), dice)
    lives.read_lessons(enrolments, stories, _pins(cohort, Kind.LESSON), end - timedelta(days=7))
    lives.take_quizzes(enrolments, stories, _pins(cohort, Kind.QUIZ), end - timedelta(days=6), dice)
    lives.watch_practicals(enrolments, stories, _pins(cohort, Kind.RUBRIC), by, end - timedelta(days=5))
    lives.accept(enrolments, stories, end - timedelta(weeks=WEEKS - 1))


def decide_and_issue(cohort: Cohort, users: dict[str, Any], now: datetime) -> Acta:
    """Propose, approve, recognise and issue, each by another person."""
    acta = award.propose_acta(cohort_id=cohort.pk, by=users["coordinadora"], at=now - timedelta(days=6))
    award.approve_acta(acta=acta, by=users["administradora"], at=now - timedelta(days=5))
    award.recognise_acta(
        acta=acta,
        oficio_number="DEMO/0147",
        oficio_date=(now - timedelta(days=3)).date(),
        oficio=SimpleUploadedFile("oficio.pdf", demo_oficio(), content_type="application/pdf"),
        by=users["funcionaria"],
        at=now - timedelta(days=2),
    )
    award.issue_acta(acta=acta, by=users["administradora"], at=now)
    return Acta.objects.get(pk=acta.pk)


@transaction.atomic
def finished_cohort(
    *, course: CoursePage, organisations: dict[str, Organisation], users: dict[str, Any], names: Sequence[str],
    titles: Sequence[str], now: datetime
) -> Cohort:
    """Twenty-eight enrolled, two left, five do not graduate, the others have their diplomas queued."""
    start = monday_of(now, WEEKS + 2)
    cohort = make_cohort(
        course=course, organisations=organisations, name=FINISHED, start=start, seats=28,
        trainers=[users["formadora"], users["formadora2"]], titles=titles,
    )
    enrolments = enrol_names(cohort, names)
    for enrolment in enrolments[1:3]:
        withdraw(enrolment=enrolment, on=cohort.starts_on + timedelta(weeks=4))
    staying = [*enrolments[:1], *enrolments[3:]]
    Person.objects.filter(pk=staying[1].person_id).update(account=users["egresada"])
    stories = lives.varied_lives(len(enrolments), Random(1))  # noqa: S311 -- a repeatable story
    live_through(cohort, staying, [stories[0], *stories[3:]], users["formadora"], seed=1)
    decide_and_issue(cohort, users, now)
    return cohort


@transaction.atomic
def running_cohort(
    *, course: CoursePage, organisations: dict[str, Organisation], users: dict[str, Any], names: Sequence[str],
    titles: Sequence[str], now: datetime
) -> Cohort:
    """A cohort in its sixth week: half of the sessions held, eight lessons read, one test taken."""
    start = monday_of(now, 5)
    cohort = make_cohort(
        course=course, organisations=organisations, name=RUNNING, start=start, seats=28,
        trainers=[users["formadora"]], titles=titles,
    )
    enrolments = enrol_names(cohort, names)
    Person.objects.filter(pk=enrolments[0].person_id).update(account=users["promotora"])
    dice = Random(2)  # noqa: S311 -- a repeatable story, not a secret
    stories = [lives.Life(classes_missed=dice.choice([0, 0, 1, 1, 2, 3]), late=dice.random() < 0.3) for _ in enrolments]
    lives.draw_absences(stories, 10, dice)
    held = list(cohort.sessions.filter(ends_at__lte=now).order_by("-starts_at").values_list("ends_at", flat=True)[:1])
    until = held[0] - timedelta(minutes=1) if held else now  # the last session waits to be marked
    lives.keep_registers(cohort, enrolments, stories, users["formadora"], until, dice)
    lives.read_lessons(enrolments, stories, _pins(cohort, Kind.LESSON)[:8], now - timedelta(days=3))
    lives.take_quizzes(enrolments, stories, _pins(cohort, Kind.QUIZ)[:1], now - timedelta(weeks=2), dice)
    lives.accept(enrolments, stories, start + timedelta(days=1))
    return cohort


def cohort_of(
    count: int, *, course: CoursePage, organisations: dict[str, Organisation], users: dict[str, Any],
    titles: Sequence[str], now: datetime
) -> Cohort:
    """A finished cohort of `count` who all meet every requirement; its acta is still to be proposed."""
    number = Cohort.objects.count() + 1
    cohort = make_cohort(
        course=course, organisations=organisations, name=f"Generación {number} de {count} (demostración)",
        start=monday_of(now, WEEKS + 2), seats=count, trainers=[users["formadora"]], titles=titles,
    )
    names = [f"Promotora Ejemplo {index:04d}" for index in range(1, count + 1)]
    for first in range(0, count, 100):  # short transactions: nobody waits long for the database
        with transaction.atomic():
            part = enrol_names(cohort, names[first : first + 100])
            live_through(cohort, part, [lives.Life() for _ in part], users["formadora"], seed=first)
    return cohort


