"""Tests, practicals and outings of cohorts that are long over."""

from collections.abc import Collection

from courses.assessments.grading.models import AnswerReading, RegradeLine, ResultOverride
from courses.assessments.models import Attempt, Observation
from courses.assessments.outings.models import OutingNote
from courses.expiry import Due


def records(cohorts: Collection[int]) -> list[Due]:
    """What was answered, seen and walked. What was put right in a question tells of nobody and stays."""
    return [
        Due(RegradeLine.objects.filter(attempt__enrolment__cohort__in=cohorts)),
        Due(ResultOverride._default_manager.filter(attempt__enrolment__cohort__in=cohorts)),
        Due(AnswerReading._default_manager.filter(attempt__enrolment__cohort__in=cohorts)),
        Due(Attempt.objects.filter(enrolment__cohort__in=cohorts)),
        Due(Observation.objects.filter(enrolment__cohort__in=cohorts)),
        Due(OutingNote.objects.filter(enrolment__cohort__in=cohorts)),
    ]
