"""The topics' models, imported so that Django finds them."""

from courses.assessments.grading.models import (
    AnswerReading,
    QuestionFix,
    Regrade,
    RegradeLine,
    ResultOverride,
)
from courses.assessments.models import Attempt, Observation, Quiz, Rubric
from courses.assessments.outings.models import OutingNote
from courses.attendance.models import AttendanceRecord, ClassSession, Excuse, MarkConflict
from courses.care.models import CareNote, MakeUp
from courses.cohorts.models import (
    Cohort,
    CohortContent,
    Enrolment,
    EnrolmentStep,
    Requirement,
    WaitingEntry,
)
from courses.imports.models import ImportRow, PeopleImport
from courses.pages.models import ContentVersion, CoursePage, LessonPage, ModulePage
from courses.people.models import LegalName, Organisation, Person
from courses.progress.models import LessonProgress
from courses.school.models import ChosenRule, SchoolChange, SchoolDraft, Substitution
from courses.sync.models import SyncEvent, SyncKey
from courses.tallies.models import ReasonTally

__all__ = [
    "AnswerReading",
    "Attempt",
    "AttendanceRecord",
    "CareNote",
    "ChosenRule",
    "ClassSession",
    "Cohort",
    "CohortContent",
    "ContentVersion",
    "CoursePage",
    "Enrolment",
    "EnrolmentStep",
    "Excuse",
    "ImportRow",
    "LegalName",
    "LessonPage",
    "LessonProgress",
    "MakeUp",
    "MarkConflict",
    "ModulePage",
    "Observation",
    "Organisation",
    "OutingNote",
    "PeopleImport",
    "Person",
    "QuestionFix",
    "Quiz",
    "ReasonTally",
    "Regrade",
    "RegradeLine",
    "Requirement",
    "ResultOverride",
    "Rubric",
    "SchoolChange",
    "SchoolDraft",
    "Substitution",
    "SyncEvent",
    "SyncKey",
    "WaitingEntry",
]
