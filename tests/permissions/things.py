"""Real things that the addresses are about: they belong to the trainee and to her trainer's cohort."""

from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from courses.assessments.actions import freeze_quiz
from courses.assessments.models import QuestionBank, Quiz, Rubric
from courses.attendance.actions import Mark, mark_register, take_in_marks
from courses.attendance.models import ClassSession, Excuse
from courses.care.models import MakeUp
from courses.cohorts.actions import wait_for_seat
from courses.cohorts.models import Cohort, CohortContent, Enrolment, module_key
from courses.imports.actions import look_at_list
from courses.moving.actions import take_along
from courses.moving.work import carry
from courses.pages.models import LessonPage
from courses.school import wizard
from courses.sync.models import SyncEvent
from tests.courses.assessments.conftest import TEXT
from tests.courses.assessments.grading.test_actions import sit
from tests.factories.courses import OPENED, CohortFactory, PersonFactory, enrolled, lay_out, pin
from tests.permissions.cast import Cast

Things = dict[str, Any]
EVENT = "00000000-0000-0000-0000-000000000008"


def of_a_cohort(cast: Cast, cohort: Cohort, woman: Enrolment, trainer: Any) -> Things:
    """What hangs at one cohort and one woman in it."""
    coordinator, now = cast.users["coord"], timezone.now()
    sessions = _sessions(cohort, woman, trainer)
    [left] = enrolled(cohort, 1)
    Enrolment.objects.filter(pk=left.pk).update(status="withdrawn", ends_on=cohort.starts_on)
    entry = wait_for_seat(person=PersonFactory(), cohort=cohort, by=coordinator, at=OPENED)
    excuse = Excuse.objects.create(enrolment=woman, session=sessions[3], asked_by=trainer, asked_at=now)
    make_up = MakeUp.objects.create(
        enrolment=woman,
        session=sessions[0],
        task="tutoring",
        due_on=timezone.localdate(),
        assigned_by=trainer,
        assigned_at=now,
    )
    written = _written(cohort)
    return {
        "attempt": sit(woman, written).pk,
        "batch": look_at_list(cohort=cohort, raw=b"Nombre\nAna\n", by=coordinator, at=OPENED).pk,
        "cohort": cohort.pk,
        "conflict": _conflict(sessions[1], coordinator).pk,
        "entry": entry.pk,
        "excuse": excuse.pk,
        "left": left.pk,
        "make_up": make_up.pk,
        "outing": lay_out(cohort, 1, modality=ClassSession.Modality.OUTING)[0].pk,
        "question": "q0",
        "question_in_words": "w0",
        "quiz": written.slug,
        "rubric": pin(cohort, "rubric").slug,
        "session": sessions[1].pk,
        "ahead": sessions[3].pk,
        "teacher": trainer.key,
        "woman": woman.pk,
    }


def _sessions(cohort: Cohort, woman: Enrolment, trainer: Any) -> list[ClassSession]:
    """Missed, free, missed, and two ahead."""
    first, second, third = cohort.sessions.order_by("starts_at")
    for session in (first, third):
        mark_register(session=session, marks={woman.pk: Mark("absent")}, by=trainer, at=session.ends_at)
    now = timezone.now()
    ahead = [
        ClassSession.objects.create(
            cohort=cohort,
            number=number,
            title=f"Tema {number}",
            minutes=180,
            starts_at=now + timedelta(days=number),
            ends_at=now + timedelta(days=number, hours=3),
        )
        for number in (4, 5)
    ]
    return [first, second, third, *ahead]


def _conflict(session: ClassSession, coordinator: Any) -> Any:
    """Two who said different things of one woman on the day of the session."""
    [her] = enrolled(session.cohort, 1)
    told = session.ends_at
    mark_register(session=session, marks={her.pk: Mark("present")}, by=coordinator, at=told)
    taken = take_in_marks(
        session=session,
        marks={her.pk: Mark("absent")},
        seen={},
        by=coordinator,
        at=told,
        device="d",
        noted_at=told,
    )
    return taken.conflicts[0]


def _written(cohort: Cohort) -> CohortContent:
    """The test of a cohort, with four questions to choose from and one to answer in words."""
    quiz = pin(cohort, "quiz")
    source = Quiz.objects.get(translation_key=quiz.key)
    source.questions = [*source.questions.get_prep_value()[:4], TEXT]
    source.save()
    quiz.version = freeze_quiz(quiz=source)
    quiz.save()
    return quiz


def of_the_school(cast: Cast) -> Things:
    """What belongs to the whole school: drafts, people, courses to take along, offline work that waits."""
    coordinator, cohort, now = cast.users["coord"], cast.cohort, timezone.now()
    move = take_along(course=cohort.course, by=coordinator, at=now)
    carry(move.pk)
    refused = SyncEvent.objects.create(
        event=EVENT,
        digest="0",
        person=cast.woman.person,
        enrolment=cast.woman,
        received_at=OPENED,
        status="rejected",
        code="enrolment_over",
        box={},
    )
    lesson = LessonPage.objects.descendant_of(cohort.course)[0]
    return {
        "account": cast.users["trainee"].key,
        "bank": QuestionBank.objects.create(title="Banco", questions=[]).pk,
        "closed": CohortFactory(course=cohort.course, opened=False).pk,
        "course": cohort.course.pk,
        "draft": _draft(cast).pk,
        "factor": TOTP.activate(cast.users["trainer"], generate_totp_secret()).instance.pk,
        "kind": "bank",
        "lesson": lesson.pk,
        "lesson_slug": pin(cohort, "lesson").slug,
        "module": module_key(cast.woman.pk, 1),
        "move": move.pk,
        "person": cast.woman.person_id,
        "quiz_row": Quiz.objects.get(translation_key=pin(cohort, "quiz").key).pk,
        "refused": refused.pk,
        "rubric_row": Rubric.objects.get(translation_key=pin(cohort, "rubric").key).pk,
        "version": pin(cohort, "lesson").version_id,
    }


def _draft(cast: Cast) -> Any:
    """A school that the coordinator prepared to the last step, as a copy of the trainer's cohort."""
    cohort = cast.cohort
    made = wizard.start_draft(course=cohort.course, former=cohort, by=cast.users["coord"], at=OPENED)
    told = made.answers
    more = {
        "name": "Generación preparada",
        "starts_on": told["was_first"],
        "ends_on": cohort.ends_on.isoformat(),
        "meetings": told["former"],
        "facts_seen": True,
    }
    return wizard.keep_answers(draft=made, answers=more, at=OPENED)
