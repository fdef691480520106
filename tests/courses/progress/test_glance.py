"""A cohort at a glance says of everybody what the evidence says of each, at any size."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from courses.assessments.models import Attempt, Observation
from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.attendance.models import ClassSession
from courses.attendance.rules import STATUSES
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.progress import evidence
from courses.progress.glance import COMPLETE, INCOMPLETE, deadlines, glance_of
from courses.progress.models import LessonProgress
from tests.factories.courses import CohortFactory, PersonFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def live(cohort: Cohort, by: Any, seed: int) -> None:
    """A random history of everybody in the cohort."""
    dice = random.Random(seed)
    women = list(Enrolment.objects.active().filter(cohort=cohort))
    lay_out(cohort, 3, ClassSession.Modality.OUTING)
    sessions = list(ClassSession.objects.filter(cohort=cohort))
    for session in sessions[:-1]:
        for _time in range(2):  # the second one corrects some
            marks = {woman.pk: Mark(dice.choice(STATUSES)) for woman in dice.sample(women, len(women) // 2)}
            mark_register(session=session, marks=marks, by=by, at=NOW)
    cancel_session(session=sessions[-1], by=by, at=NOW)
    quiz, rubric, lesson = (pin(cohort, kind) for kind in ("quiz", "rubric", "lesson"))
    for woman in women:
        for number in range(dice.randrange(3)):
            has_passed = dice.choice([True, False, None])  # None: an answer of hers waits to be read
            Attempt.objects.create(
                enrolment=woman,
                quiz_key=quiz.key,
                version=quiz.version,
                number=number + 1,
                questions=[],
                started_at=NOW,
                submitted_at=NOW,
                correct=None if has_passed is None else dice.randrange(6),
                total=5,
                has_passed=has_passed,
            )
        if dice.random() < 0.6:
            Observation.objects.create(
                enrolment=woman,
                rubric_key=rubric.key,
                version=rubric.version,
                scores={},
                points=0,
                has_passed=dice.random() < 0.7,
                by=by,
                at=NOW,
            )
        if dice.random() < 0.5:
            LessonProgress.objects.create(
                enrolment=woman,
                lesson_key=lesson.key,
                version=lesson.version,
                started_at=NOW,
                completed_at=NOW,
            )
        if dice.random() < 0.7:
            Enrolment.objects.filter(pk=woman.pk).update(ethics_accepted_at=NOW)


@pytest.mark.parametrize("seed", range(6))
def test_the_sets_say_what_the_evidence_says(trainer: Any, seed: int) -> None:
    cohort = CohortFactory(trainers=[trainer], sessions=4)
    cohort.requirements.filter(kind="outings").update(target=1)
    cohort.requirements.filter(kind="lessons").update(target=1)
    cohort.requirements.filter(kind="attendance").update(target=40)
    women = enrolled(cohort, 14)
    live(cohort, trainer, seed)
    withdraw(enrolment=women[0], on=cohort.starts_on)
    glance = glance_of(cohort)
    active = list(Enrolment.objects.for_register(cohort))
    assert [pk for pk, _name in glance.women] == [woman.pk for woman in active]
    standings = evidence.standings(cohort, active)
    for position, column in enumerate(glance.columns):
        met = {one.enrolment.pk for one in standings if one.verdicts[position].is_met}
        assert column.met == met, column.requirement
        assert column.missing == len(active) - len(met)
        alone = [
            one
            for one in standings
            if [at for at, verdict in enumerate(one.verdicts) if not verdict.is_met] == [position]
        ]
        assert column.only_missing == len(alone)
    complete = {one.enrolment.pk for one in standings if one.is_complete}
    assert glance.complete == complete
    assert set(glance.chosen(COMPLETE, "")) == complete
    assert set(glance.chosen(INCOMPLETE, "")) == {woman.pk for woman in active} - complete


def test_an_empty_cohort_is_no_trouble(client: Client, trainer: Any) -> None:
    cohort = CohortFactory(trainers=[trainer])
    assert glance_of(cohort).complete == frozenset()
    client.force_login(trainer)
    assert client.get(reverse("school:people", args=[cohort.pk])).status_code == 200


def test_the_matrix_is_found_by_name_by_what_is_missing_and_by_page(
    client: Client, trainer: Any, cohort: Cohort
) -> None:
    Cohort.objects.update(seats=80)
    women = enrolled(cohort, 60)
    client.force_login(trainer)
    address = reverse("school:people", args=[cohort.pk])
    names = [woman.person.name for woman in women]

    def shown(query: str) -> list[str]:
        page = client.get(address + query).content.decode()
        return [name for name in names if f">{name}</a>" in page]

    assert shown("") == names[:50]
    assert shown("?p=2") == names[50:]
    assert shown("?p=99") == names[50:]
    assert shown(f"?q=PÉRSONA {names[7].split()[1]}") == [names[7]]
    assert shown("?state=complete") == []
    assert shown("?state=0") == names[:50]
    assert shown("?state=99999&p=x") == names[:50]
    assert shown("?q=" + "x" * 500) == []


@pytest.mark.parametrize("page", ["school:people", "glance:exports"])
def test_the_number_of_queries_does_not_grow(
    client: Client, coordinator: Any, queries_of: Callable[[str], int], page: str
) -> None:
    cohort = CohortFactory(sessions=2, seats=80)
    enrolled(cohort, 2)
    client.force_login(coordinator)
    url = reverse(page, args=[cohort.pk])
    few = queries_of(url)
    enrolled(cohort, 60)
    assert queries_of(url) <= few


def test_what_comes_next_is_said_with_what_waits_first(trainer: Any) -> None:
    cohort = CohortFactory(trainers=[trainer], sessions=4)
    enrolled(cohort, 1)
    first, second, third, _fourth = ClassSession.objects.filter(cohort=cohort)
    mark_register(
        session=first,
        marks={woman.pk: Mark("present") for woman in Enrolment.objects.filter(cohort=cohort)},
        by=trainer,
        at=first.ends_at,
    )
    found = deadlines(cohort, second.starts_at + timedelta(hours=1))
    assert [(one.title, one.is_late) for one in found[:2]] == [
        (gettext("Register of “%(title)s”") % {"title": second.title}, True),
        (third.title, False),
    ]
    assert found[-1].at == cohort.ends_on
    assert deadlines(cohort, NOW + timedelta(days=9000))[-1].is_late


def test_who_joined_later_opens_no_register_again(trainer: Any) -> None:
    cohort = CohortFactory(trainers=[trainer], sessions=2)
    women = enrolled(cohort, 2)
    sessions = list(ClassSession.objects.filter(cohort=cohort))
    for session in sessions:
        marks = {woman.pk: Mark("present") for woman in women}
        mark_register(session=session, marks=marks, by=trainer, at=session.ends_at)
    enrol(person=PersonFactory(), cohort=cohort, starts_on=sessions[-1].ends_at.date() + timedelta(days=1))
    counted: list[Any] = list(ClassSession.objects.for_register(cohort))
    assert [(one.marked_count, one.expected_count) for one in counted] == [(2, 2), (2, 2)]
    assert not any(one.is_late for one in deadlines(cohort, NOW))
