"""Opening a cohort, joining it and leaving it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from courses.cohorts.actions import accept_ethics, enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.pages.models import ContentVersion, LessonPage
from courses.school.actions import open_school
from tests.factories.courses import OPENED, CohortFactory, PersonFactory, enrolled, pin

pytestmark = pytest.mark.django_db


def test_opening_pins_every_lesson_quiz_and_rubric_and_freezes_the_rules(cohort: Cohort) -> None:
    assert sorted(cohort.contents.values_list("kind", flat=True)) == ["lesson", "lesson", "quiz", "rubric"]
    assert [r.kind for r in cohort.requirements.all()] == [
        "attendance",
        "quiz",
        "outings",
        "lessons",
        "practical",
        "ethics",
    ]
    assert len(cohort.rule_version) == 64


def test_a_cohort_is_opened_once(cohort: Cohort) -> None:
    with pytest.raises(Refused):
        open_school(cohort=cohort, at=OPENED)
    assert cohort.contents.count() == 4


def test_what_a_running_cohort_reads_does_not_change_when_the_page_does(cohort: Cohort) -> None:
    pinned = pin(cohort, "lesson")
    page = LessonPage.objects.get(translation_key=pinned.key)
    page.title = "Otro título"
    page.save_revision().publish()
    assert ContentVersion.objects.filter(key=pinned.key).count() == 2
    assert pin(cohort, "lesson").version.title == pinned.version.title != "Otro título"


def test_publishing_again_without_a_change_makes_no_new_version(cohort: Cohort) -> None:
    pinned = pin(cohort, "lesson")
    LessonPage.objects.get(translation_key=pinned.key).save_revision().publish()
    assert ContentVersion.objects.filter(key=pinned.key).count() == 1


def test_dates_in_the_wrong_order_are_refused_in_spanish() -> None:
    cohort = CohortFactory.build(course=None)
    cohort.ends_on = cohort.starts_on - timedelta(days=1)
    with translation.override("es"), pytest.raises(ValidationError) as caught:
        cohort.validate_constraints(exclude=["course", "issuer", "authority", "name"])
    assert caught.value.messages == ["El último día es anterior al primero."]


def test_a_full_cohort_says_how_many_seats_it_has_and_saves_nothing(cohort: Cohort) -> None:
    cohort.seats = 2
    cohort.save()
    enrolled(cohort, 2)
    with translation.override("es"), pytest.raises(Refused, match="2 lugares"):
        enrolled(cohort, 1)
    assert cohort.enrolments.count() == 2


def test_nobody_is_enrolled_twice_but_may_return_after_leaving(cohort: Cohort) -> None:
    person = PersonFactory()
    first = enrol(person=person, cohort=cohort, starts_on=cohort.starts_on)
    with pytest.raises(Refused):
        enrol(person=person, cohort=cohort, starts_on=cohort.starts_on)
    withdraw(enrolment=first, on=cohort.starts_on + timedelta(days=7))
    again = enrol(person=person, cohort=cohort, starts_on=cohort.starts_on + timedelta(days=14))
    assert again.pk != first.pk


def test_a_seat_is_free_again_when_somebody_leaves(cohort: Cohort) -> None:
    cohort.seats = 1
    cohort.save()
    withdraw(enrolment=enrolled(cohort, 1)[0], on=cohort.starts_on)
    assert enrolled(cohort, 1)


def test_leaving_before_she_came_is_refused(enrolment: Enrolment) -> None:
    with pytest.raises(Refused):
        withdraw(enrolment=enrolment, on=enrolment.starts_on - timedelta(days=1))
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_the_first_acceptance_of_the_commitment_stays(enrolment: Enrolment) -> None:
    accept_ethics(enrolment=enrolment, at=OPENED)
    accept_ethics(enrolment=enrolment, at=OPENED + timedelta(days=30))
    enrolment.refresh_from_db()
    assert enrolment.ethics_accepted_at == OPENED
