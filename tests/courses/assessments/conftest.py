"""The permissions of grading, given to the roles that will hold them; a test with a question in words."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from courses.assessments.actions import freeze_quiz
from courses.assessments.models import Quiz
from courses.cohorts.models import Cohort, CohortContent
from tests.factories.courses import pin

GRADING = {
    "grade_answers": ["trainer", "coordinator"],
    "override_grade": ["coordinator"],
    "regrade_test": ["coordinator"],
}

TEXT = {
    "type": "short_answer",
    "id": "w0",
    "value": {"question": "¿Qué le dirías?", "look_for": "Pide permiso.", "feedback": ""},
}


@pytest.fixture(autouse=True)
def grading(request: pytest.FixtureRequest) -> None:
    """Trainers read answers; coordinators also change results and put questions right."""
    if request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("school")
    kind = ContentType.objects.get_for_model(Cohort)
    for codename, roles in GRADING.items():
        found, _created = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": codename}
        )
        for role in roles:
            Group.objects.get(name=role).permissions.add(found)


@pytest.fixture
def colleague(cohort: Cohort, other_trainer: Any) -> Any:
    """A second trainer of `cohort`."""
    cohort.trainers.add(other_trainer)
    return other_trainer


@pytest.fixture
def quiz(cohort: Cohort) -> CohortContent:
    return pin(cohort, "quiz")


@pytest.fixture
def written(cohort: Cohort, quiz: CohortContent) -> CohortContent:
    """The test of `cohort`, with four questions to choose from and one to answer in words."""
    source = Quiz.objects.get(translation_key=quiz.key)
    source.questions = [*source.questions.get_prep_value()[:4], TEXT]
    source.save()
    quiz.version = freeze_quiz(quiz=source)
    quiz.save()
    return quiz
