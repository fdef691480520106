"""A test to take, and one with a question answered in words."""

import pytest

from courses.assessments.actions import freeze_quiz
from courses.assessments.models import Quiz
from courses.cohorts.models import Cohort, CohortContent
from tests.factories.courses import pin

TEXT = {
    "type": "short_answer",
    "id": "w0",
    "value": {"question": "¿Qué le dirías?", "look_for": "Pide permiso.", "feedback": ""},
}


@pytest.fixture
def quiz(cohort: Cohort) -> CohortContent:
    return pin(cohort, "quiz")


@pytest.fixture
def written(cohort: Cohort, quiz: CohortContent) -> CohortContent:
    """The test of `cohort`, with four questions to choose from and one to answer in words."""
    source = Quiz.objects.get(key=quiz.key)
    source.questions = [*source.questions.get_prep_value()[:4], TEXT]
    source.save()
    quiz.version = freeze_quiz(quiz=source)
    quiz.save()
    return quiz
