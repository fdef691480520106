"""Opening a cohort pins what it uses and freezes its rule."""

import pytest

from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.school.actions import open_school
from tests.factories.courses import OPENED, CohortFactory

pytestmark = pytest.mark.django_db


def test_opening_pins_lessons_test_and_rubric_and_stores_the_rule(cohort: Cohort) -> None:
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


def test_a_cohort_opens_only_once(cohort: Cohort) -> None:
    with pytest.raises(Refused):
        open_school(cohort=cohort, at=OPENED)


def test_a_course_without_published_lessons_does_not_open() -> None:
    cohort = CohortFactory(opened=False, course__modules=0)
    with pytest.raises(Refused):
        open_school(cohort=cohort, at=OPENED)
