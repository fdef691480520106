"""The topics' models, imported so that Django finds them."""

from courses.assessments.grading.models import (
    AnswerReading,
    QuestionFix,
    Regrade,
    RegradeLine,
    ResultOverride,
)
from courses.assessments.models import Attempt, Observation, QuestionBank, Quiz, Rubric
from courses.assessments.outings.models import OutingNote
from courses.attendance.models import AttendanceRecord, ClassSession, Excuse, MarkConflict
from courses.care.models import CareNote, MakeUp
from courses.cohorts.changes import ContentChange
from courses.cohorts.models import (
    Cohort,
    CohortContent,
    Enrolment,
    EnrolmentStep,
    Requirement,
    WaitingEntry,
)
from courses.consents.models import Consent
from courses.imports.models import ImportRow, PeopleImport
from courses.moving.models import CourseMove
from courses.own_data.models import DataRequest, ErasedTally
from courses.pages.checks.models import NeutralNaming, OutsideLink
from courses.pages.library import ContentUse, GlossaryTerm, ReferralService
from courses.pages.models import ContentVersion, CoursePage, LessonPage, LessonReview, ModulePage
from courses.pages.workflow import LessonReviewTask
from courses.people.models import LegalName, Organisation, Person
from courses.progress.models import LessonProgress, LessonReading
from courses.school.models import ChosenRule, SchoolChange, SchoolDraft, Substitution
from courses.sync.models import SyncEvent, SyncKey
from courses.tallies.models import ReasonTally
from courses.trail.models import TrailCheck, TrailEntry, TrailHead

__all__ = [
    "AnswerReading",
    "Attempt",
    "AttendanceRecord",
    "CareNote",
    "ChosenRule",
    "ClassSession",
    "Cohort",
    "CohortContent",
    "Consent",
    "ContentChange",
    "ContentUse",
    "ContentVersion",
    "CourseMove",
    "CoursePage",
    "DataRequest",
    "Enrolment",
    "EnrolmentStep",
    "ErasedTally",
    "Excuse",
    "GlossaryTerm",
    "ImportRow",
    "LegalName",
    "LessonPage",
    "LessonProgress",
    "LessonReading",
    "LessonReview",
    "LessonReviewTask",
    "MakeUp",
    "MarkConflict",
    "ModulePage",
    "NeutralNaming",
    "Observation",
    "Organisation",
    "OutingNote",
    "OutsideLink",
    "PeopleImport",
    "Person",
    "QuestionBank",
    "QuestionFix",
    "Quiz",
    "ReasonTally",
    "ReferralService",
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
    "TrailCheck",
    "TrailEntry",
    "TrailHead",
    "WaitingEntry",
]
