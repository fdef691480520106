"""The demo's two cohorts: one that finished and has its diplomas, one in its sixth week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from certificates.actas import actions as actas
from certificates.actas import answers
from certificates.actas.models import Acta, ActaLine, Sending
from certificates.awards import actions as awards
from cms.home.seeding import care, lives, practice
from cms.home.seeding.attendance_plan import session_plans
from cms.home.seeding.lives import Life
from cms.home.seeding.oficio import demo_oficio
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion, CoursePage
from courses.people.models import Organisation, Person
from courses.school.actions import open_school, plan_sessions
from courses.school.changes import move_session, substitute
from courses.school.plan import holidays_around

Kind = ContentVersion.Kind
WEEKS = 12
PART = 100
UNREAD = 9  # women of the running cohort whose answer in words waits to be read
FINISHED, RUNNING = "Generación A (demostración)", "Generación B (demostración)"


def monday_of(now: datetime, weeks_ago: int) -> datetime:
    """The Monday of the week that was `weeks_ago` weeks before `now`."""
    return now - timedelta(days=now.weekday(), weeks=weeks_ago)


@dataclass(frozen=True)
class Parts:
    """What a demo cohort is made from."""

    course: CoursePage
    organisations: dict[str, Organisation]
    users: dict[str, Any]
    calendar: dict[str, list[dict[str, Any]]]


def make_cohort(parts: Parts, *, name: str, start: datetime, seats: int, trainers: Sequence[Any]) -> Cohort:
    """A cohort of twelve weeks from `start`, opened and with its sessions laid out."""
    first_day = start.date()
    cohort = Cohort(
        course=parts.course,
        name=name,
        place_code="Sede 01",
        starts_on=first_day,
        ends_on=first_day + timedelta(days=WEEKS * 7 - 1),
        time_zone="America/Mexico_City",
        seats=seats,
        issuer=parts.organisations["issuer"],
        ally=parts.organisations["ally"],
        authority=parts.organisations["authority"],
        is_demo=True,
    )
    cohort.full_clean()
    cohort.save()
    cohort.trainers.set(trainers)
    cohort = open_school(cohort=cohort, at=start)
    plan_sessions(cohort=cohort, plans=session_plans(first_day, cohort.zone, parts.calendar))
    return cohort


def enrol_all(cohort: Cohort, names: Sequence[str]) -> list[Enrolment]:
    """Each name a new person with a seat from the first day."""
    return [
        enrol(person=Person.objects.create(name=name), cohort=cohort, starts_on=cohort.starts_on)
        for name in names
    ]


def _pins(cohort: Cohort, kind: str) -> list[CohortContent]:
    return list(cohort.contents.filter(kind=kind).select_related("version", "cohort"))


def live_through(
    cohort: Cohort,
    enrolments: list[Enrolment],
    stories: list[Life],
    by: Any,
    dice: Random,
    second: Any = None,
) -> None:
    """Three whole months of lessons, sessions, tests and practicals; `second` assesses beside `by`."""
    end = datetime.combine(cohort.ends_on, datetime.min.time(), tzinfo=UTC)
    lives.draw_absences(stories, 24, dice)
    lives.keep_registers(cohort, enrolments, stories, by, end + timedelta(days=1), dice)
    lives.read_lessons(enrolments, stories, _pins(cohort, Kind.LESSON), end - timedelta(days=7))
    tests, practicals = _pins(cohort, Kind.QUIZ), _pins(cohort, Kind.RUBRIC)
    practice.take_quizzes(enrolments, stories, tests, end - timedelta(days=6), dice, by=by)
    practice.watch_practicals(enrolments, stories, practicals, end - timedelta(days=5), by=by, second=second)
    lives.accept(enrolments, end - timedelta(weeks=WEEKS - 1))


def decide_and_issue(cohort: Cohort, users: dict[str, Any], now: datetime) -> None:
    """Propose, approve, send, accept and issue, each by the person whose part it is."""
    acta = actas.propose_acta(cohort_id=cohort.pk, by=users["coordinadora"], at=now - timedelta(days=6))
    acta = actas.approve_acta(acta=acta, by=users["administradora"], at=now - timedelta(days=5))
    channel = Sending.Channel.PORTAL
    answers.send_lines(acta=acta, channel=channel, by=users["coordinadora"], at=now - timedelta(days=4))
    _accept(acta, users["funcionaria"], now)
    awards.issue_acta(acta=acta, by=users["administradora"], at=now)


def _accept(acta: Acta, officer: Any, now: datetime) -> None:
    """The officer accepts every graduate by one oficio."""
    graduates = ActaLine.objects.filter(acta=acta, is_graduate=True)
    answers.answer_lines(
        acta=acta,
        accepted=list(graduates.values_list("pk", flat=True)),
        oficio_number="DEMO/0147",
        oficio_date=(now - timedelta(days=3)).date(),
        oficio=SimpleUploadedFile("oficio.pdf", demo_oficio(), content_type="application/pdf"),
        by=officer,
        at=now - timedelta(days=2),
    )


def _give_account(enrolment: Enrolment, user: Any) -> None:
    Person.objects.filter(pk=enrolment.person_id).update(account=user)


def _tell(cohort: Cohort, people: Sequence[dict[str, Any]], *, weeks: int) -> dict[Enrolment, str]:
    """Enrol everybody; who stays, with her scenario. Who withdraws does so after `weeks`."""
    enrolments = enrol_all(cohort, [person["name"] for person in people])
    told = dict(zip(enrolments, (person["scenario"] for person in people), strict=True))
    for enrolment in [enrolment for enrolment, scenario in told.items() if scenario == "withdrew"]:
        withdraw(enrolment=enrolment, on=cohort.starts_on + timedelta(weeks=weeks))
        del told[enrolment]
    return told


@transaction.atomic
def finished_cohort(parts: Parts, *, people: Sequence[dict[str, Any]], now: datetime) -> Cohort:
    """Twenty-eight enrolled: one left, four did not graduate, the others have their diplomas queued."""
    dice, users = Random(1), parts.users  # noqa: S311 -- a repeatable story, not a secret
    cohort = make_cohort(
        parts,
        name=FINISHED,
        start=monday_of(now, WEEKS + 2),
        seats=28,
        trainers=[users["formadora"], users["formadora2"]],
    )
    told = _tell(cohort, people, weeks=4)
    _give_account(next(who for who, scenario in told.items() if scenario == "complete"), users["egresada"])
    enrolments, stories = list(told), lives.lives_of(list(told.values()), dice)
    for life in stories:
        life.wrong_before = dice.choice([1, 4, 5, 6, 7])
    stories[0].second_try = "o2"
    live_through(cohort, enrolments, stories, users["formadora"], dice, second=users["formadora2"])
    practice.go_out(cohort.sessions.get(modality="outing", number=2), enrolments, by=users["formadora2"])
    decide_and_issue(cohort, users, now)
    return cohort


@transaction.atomic
def running_cohort(parts: Parts, *, people: Sequence[dict[str, Any]], now: datetime) -> Cohort:
    """A cohort in its sixth week: half of the sessions held, eight lessons read, two tests taken."""
    dice, users, start = Random(2), parts.users, monday_of(now, 5)  # noqa: S311 -- a repeatable story
    cohort = make_cohort(parts, name=RUNNING, start=start, seats=28, trainers=[users["formadora"]])
    told = _tell(cohort, people, weeks=3)
    enrolments, stories = list(told), lives.lives_of(list(told.values()), dice)
    _give_account(next(who for who, scenario in told.items() if scenario == "on_track"), users["promotora"])
    lives.draw_absences(stories, 10, dice)
    last_held = cohort.sessions.filter(ends_at__lte=now).order_by("starts_at").last()
    until = last_held.starts_at if last_held else now  # the last session waits to be marked
    lives.keep_registers(cohort, enrolments, stories, users["formadora"], until, dice)
    lives.read_lessons(enrolments, stories, _pins(cohort, Kind.LESSON)[:8], now - timedelta(days=3))
    tests, by = _pins(cohort, Kind.QUIZ)[:2], users["formadora"]
    practice.take_quizzes(enrolments, stories, tests, now - timedelta(weeks=2), dice, by=by, unread=UNREAD)
    lives.accept(enrolments, start + timedelta(days=1))
    _change_what_comes(cohort, users, now)
    _care(cohort, told, users, now)
    return cohort


def _care(cohort: Cohort, told: dict[Enrolment, str], users: dict[str, Any], now: datetime) -> None:
    """Who misses many classes makes one up and was called; others told in advance that they cannot come."""
    care.make_up([one for one, scenario in told.items() if scenario == "low_attendance"], users, now)
    care.announce(cohort, [one for one, scenario in told.items() if scenario == "behind_lessons"], users, now)


def _change_what_comes(cohort: Cohort, users: dict[str, Any], now: datetime) -> None:
    """A session a day later, and a substitute for another: the demo shows its history of changes."""
    by = users["coordinadora"]
    coming = cohort.sessions.filter(starts_at__gt=now, modality="class").order_by("starts_at")
    for session in coming[2:3]:
        later = session.starts_at + timedelta(days=1)
        while later.astimezone(cohort.zone).date() in holidays_around(cohort.starts_on):
            later += timedelta(days=1)
        move_session(session=session, starts_at=later, minutes=session.minutes, by=by, at=now)
    for session in coming[3:4]:
        substitute(session=session, trainer=users["formadora2"], by=by, at=now)


def cohort_of(parts: Parts, count: int, *, now: datetime) -> Cohort:
    """A finished cohort of `count` who all meet every requirement; its acta is still to be proposed."""
    number, trainer = Cohort.objects.count() + 1, parts.users["formadora"]
    cohort = make_cohort(
        parts,
        name=f"Generación {number} de {count} (demostración)",
        start=monday_of(now, WEEKS + 2),
        seats=count,
        trainers=[trainer],
    )
    names = [f"Promotora Ejemplo {index:05d}" for index in range(1, count + 1)]
    dice = Random(count)  # noqa: S311 -- a repeatable story, not a secret
    for first in range(0, count, PART):  # short transactions: nobody waits long for the database
        with transaction.atomic():
            part = enrol_all(cohort, names[first : first + PART])
            live_through(cohort, part, lives.lives_of(["complete"] * len(part), dice), trainer, dice)
    return cohort
