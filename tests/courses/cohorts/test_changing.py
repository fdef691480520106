"""Changing what people are learning: whom a change reaches, and that nothing done before is touched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from wagtail.test.utils.form_data import nested_form_data, streamfield

from courses import api
from courses.assessments.actions import freeze_quiz, save_answers, start_attempt, submit_attempt
from courses.assessments.grading.queue import lines, waiting
from courses.assessments.models import QuestionBank, Quiz
from courses.cohorts.changes import ContentChange
from courses.cohorts.changing import apply_version
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.errors import Refused
from courses.pages.actions import decide_overdue
from courses.pages.models import ContentVersion, CoursePage, LessonPage
from courses.progress import evidence
from courses.progress.actions import complete_lesson, keep_place, open_lesson
from courses.progress.models import LessonProgress, LessonReading
from courses.progress.outline import Outline, lessons_of
from courses.progress.sources import programme
from courses.records import RecordIsFinal
from courses.wagtail_hooks import freeze_snippet
from tests.courses.pages.writing import approve, form, send
from tests.factories.courses import OPENED, CohortFactory, CourseFactory, UserFactory, enrolled, pin, question

pytestmark = pytest.mark.django_db
DURING = datetime(2026, 2, 2, 18, tzinfo=UTC)
LATER, RUNNING = LessonPage.Reach.LATER, LessonPage.Reach.RUNNING


@pytest.fixture
def running(cohort: Cohort) -> Cohort:
    """A cohort that goes on today."""
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=timezone.localdate() + timedelta(days=30))
    cohort.refresh_from_db()
    return cohort


def lesson_of(cohort: Cohort) -> LessonPage:
    found: LessonPage = LessonPage.objects.descendant_of(cohort.course).order_by("path")[0]
    return found


def used(cohort: Cohort, lesson: LessonPage) -> CohortContent:
    """What the cohort uses of this lesson."""
    return CohortContent.objects.select_related("version").get(cohort=cohort, key=lesson.translation_key)


def publish(lesson: LessonPage, words: str, reach: str = "", *, again: bool = False) -> ContentVersion:
    """Publish these words as an author who answered."""
    lesson = LessonPage.objects.get(pk=lesson.pk)
    lesson.body, lesson.reach, lesson.needs_rereading = [("key_message", words)], reach, again
    lesson.save_revision().publish()
    found: ContentVersion = ContentVersion.objects.filter(key=lesson.translation_key).latest("number")
    return found


def test_unless_somebody_says_otherwise_a_change_is_for_later_cohorts(running: Cohort) -> None:
    lesson = lesson_of(running)
    for reach in ("", LATER):
        publish(lesson, f"Otras palabras {reach}", reach)
        assert used(running, lesson).version.number == 1
    assert CohortFactory(course=running.course).contents.get(slug="m1-l1").version.number == 3


def test_it_reaches_them_when_its_author_says_so_and_is_written_down(running: Cohort, trainer: Any) -> None:
    lesson = lesson_of(running)
    lesson.body, lesson.reach = [("key_message", "Otras palabras")], RUNNING
    lesson.save_revision(user=trainer).publish()
    assert used(running, lesson).version.number == 2
    change = ContentChange.objects.get()
    assert (change.from_version.number, change.to_version.number, change.by) == (1, 2, trainer)
    assert not change.needs_rereading
    with pytest.raises(RecordIsFinal):
        change.save()


def test_an_answer_is_for_one_change_only(running: Cohort) -> None:
    lesson = lesson_of(running)
    publish(lesson, "Dos", RUNNING, again=True)
    fresh = LessonPage.objects.get(pk=lesson.pk)
    assert (fresh.reach, fresh.needs_rereading) == ("", False)
    fresh.body = [("key_message", "Tres")]
    fresh.save_revision().publish()
    assert used(running, lesson).version.number == 2


def test_a_cohort_that_is_over_or_not_open_keeps_what_it_has(running: Cohort) -> None:
    over = CohortFactory(course=running.course)
    closed = CohortFactory(course=running.course, opened=False)
    lesson = lesson_of(running)
    publish(lesson, "Dos", RUNNING)
    assert used(over, lesson).version.number == 1
    assert not closed.contents.exists()


def test_what_is_scheduled_keeps_its_answer_until_its_day(running: Cohort) -> None:
    lesson = LessonPage.objects.get(pk=lesson_of(running).pk)
    lesson.body, lesson.reach, lesson.needs_rereading = [("key_message", "Mañana")], RUNNING, True
    lesson.go_live_at = timezone.now() + timedelta(days=1)
    revision = lesson.save_revision()
    revision.publish()
    assert used(running, lesson).version.number == 1
    revision.refresh_from_db()
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    call_command("publish_scheduled", verbosity=0)
    assert used(running, lesson).version.number == 2
    assert ContentChange.objects.get().needs_rereading


def test_applied_twice_changes_nothing(running: Cohort, trainer: Any) -> None:
    version = publish(lesson_of(running), "Dos")
    moment = timezone.now()
    assert len(apply_version(version=version, needs_rereading=False, by=trainer, at=moment)) == 1
    assert apply_version(version=version, needs_rereading=True, by=trainer, at=moment) == []


def test_an_older_text_never_comes_back(running: Cohort, trainer: Any) -> None:
    lesson = lesson_of(running)
    first = used(running, lesson).version
    publish(lesson, "Dos", RUNNING)
    assert apply_version(version=first, needs_rereading=False, by=trainer, at=timezone.now()) == []
    assert used(running, lesson).version.number == 2


def test_production_gives_no_running_cohort_unreviewed_words(
    running: Cohort, trainer: Any, settings: Any
) -> None:
    settings.REVIEWED_LESSONS_ONLY = True
    lesson = lesson_of(running)
    version = publish(lesson, "Dos", RUNNING)
    assert version.number == 2
    assert used(running, lesson).version.number == 1
    with pytest.raises(Refused):
        apply_version(version=version, needs_rereading=False, by=trainer, at=timezone.now())


# --- the author is asked ---------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client, coordinator: Any) -> Client:
    client.force_login(coordinator)
    return client


def test_publishing_other_words_asks_whom_they_reach(desk: Client, running: Cohort) -> None:
    lesson = lesson_of(running)
    data = form(lesson, [("key_message", "Otras palabras.")])
    assert send(desk, lesson, data, "action-publish").status_code == 200
    assert send(desk, lesson, data).status_code == 302  # a draft asks nothing
    assert send(desk, lesson, {**data, "reach": LATER}, "action-publish").status_code == 302
    assert used(running, lesson).version.number == 1


def test_nobody_is_asked_where_nobody_learns_it(desk: Client, cohort: Cohort) -> None:
    lesson = lesson_of(cohort)  # that cohort is over
    data = form(lesson, [("key_message", "Otras palabras.")])
    assert send(desk, lesson, data, "action-publish").status_code == 302


def test_the_editor_names_the_cohorts_she_may_see_and_counts_the_others(
    client: Client, running: Cohort, trainer: Any
) -> None:
    other = CohortFactory(course=running.course, name="Generación ajena")
    Cohort.objects.filter(pk=other.pk).update(ends_on=running.ends_on)
    client.force_login(trainer)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[lesson_of(running).pk])).content.decode()
    assert running.name in page
    assert "Generación ajena" not in page
    assert 'name="reach"' in page


def test_the_answer_of_the_trainer_holds_when_the_reviewer_approves(
    client: Client, running: Cohort, trainer: Any, reviewer: Any
) -> None:
    lesson = lesson_of(running)
    client.force_login(trainer)
    data = {**form(lesson, [("key_message", "Dos.")]), "reach": RUNNING, "needs_rereading": "on"}
    assert send(client, lesson, data, "action-submit").status_code == 302
    assert used(running, lesson).version.number == 1
    client.force_login(reviewer)
    approve(client, lesson)
    assert used(running, lesson).version.content["is_reviewed"] is True
    assert ContentChange.objects.get().by == trainer
    client.force_login(trainer)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
    assert "checked" not in page.partition('name="reach"')[2][:200]


def quiz_of(cohort: Cohort) -> Quiz:
    return Quiz.objects.get(translation_key=pin(cohort, "quiz").key)


def change_quiz(quiz: Quiz) -> ContentVersion:
    quiz.title = "Prueba corregida"
    quiz.save()
    return freeze_quiz(quiz=quiz)


def test_a_changed_test_asks_afterwards_and_reaches_her_own_cohorts_only(
    client: Client, running: Cohort, trainer: Any
) -> None:
    other = CohortFactory(course=running.course)
    Cohort.objects.filter(pk=other.pk).update(ends_on=running.ends_on)
    version = change_quiz(quiz_of(running))
    client.force_login(trainer)
    address = reverse("reviews:reach", args=[version.pk])
    page = client.get(address).content.decode()
    assert running.name in page
    assert other.name not in page
    assert "needs_rereading" not in page
    client.post(address, {"reach": LATER})
    assert pin(running, "quiz").version.number == 1
    client.post(address, {"reach": RUNNING})
    assert pin(running, "quiz").version == version
    assert pin(other, "quiz").version.number == 1


def test_a_get_changes_nothing_and_an_older_version_is_not_given(
    client: Client, running: Cohort, trainer: Any
) -> None:
    quiz = quiz_of(running)
    second = change_quiz(quiz)
    quiz.pass_mark = 90
    quiz.save()
    third = freeze_quiz(quiz=quiz)
    client.force_login(trainer)
    for version, is_more in ((second, False), (third, True)):
        page = client.get(reverse("reviews:reach", args=[version.pk]))
        assert page.context["asked"][0]["skips"] is is_more, "she is told that she gives two changes at once"
    client.get(reverse("reviews:reach", args=[second.pk]), {"reach": RUNNING})
    client.post(reverse("reviews:reach", args=[second.pk]), {"reach": RUNNING})
    assert pin(running, "quiz").version.number == 1


def test_saving_a_snippet_leads_to_the_question(client: Client, running: Cohort, trainer: Any) -> None:
    quiz = quiz_of(running)
    request = RequestFactory().post("/")
    assert freeze_snippet(request, quiz) is None
    quiz.title = "Prueba corregida"
    quiz.save()
    answer = freeze_snippet(request, quiz)
    assert answer is not None
    version = ContentVersion.objects.get(key=quiz.translation_key, number=2)
    assert answer["Location"] == reverse("reviews:reach", args=[version.pk])


def test_a_changed_bank_asks_once_for_every_test_that_draws_from_it(client: Client, trainer: Any) -> None:
    course: CoursePage = CourseFactory()
    bank = QuestionBank.objects.create(title="Banco", questions=[question("b0")])
    drawn = [{"type": "from_bank", "id": "d", "value": {"bank": bank.pk, "count": 1}}]
    Quiz.objects.create(module=course.modules()[0], title="Antes", slug="t-0", moment="before")
    for quiz in Quiz.objects.all():
        quiz.questions, quiz.draw = drawn, None
        quiz.save()
        freeze_quiz(quiz=Quiz.objects.get(pk=quiz.pk))
    cohort = CohortFactory(
        course=course, trainers=[trainer], ends_on=timezone.localdate() + timedelta(days=30)
    )
    tests = cohort.contents.filter(kind="quiz").select_related("version")
    used_before = {one.version_id for one in tests}
    client.force_login(trainer)
    words = {"question": "¿Qué dices?", "look_for": "Permiso.", "feedback": "", "tags": ""}
    data = {"title": "Banco", "tags": "", "questions": streamfield([("short_answer", words)])}
    address = reverse("wagtailsnippets_courses_questionbank:edit", args=[bank.pk])
    answer = client.post(address, nested_form_data(data))
    newest = ContentVersion.objects.newest([one.key for one in tests], "es").values()
    asked = [version.pk for version in newest]
    assert used_before.isdisjoint(asked)
    assert sorted(asked) == [int(pk) for pk in answer["Location"].split("/")[-2].split(",")]
    page = client.get(answer["Location"]).content.decode()
    assert all(one.version.title in page for one in tests)
    client.post(answer["Location"], {"reach": LATER})
    assert {one.version_id for one in tests.all()} == used_before, "nothing changes in silence"
    client.post(answer["Location"], {"reach": RUNNING})
    assert {one.version_id for one in tests.all()} == set(asked)
    assert ContentChange.objects.filter(by=trainer).count() == 2


# --- what was done stays ---------------------------------------------------------------------------------


def test_what_was_read_is_there_when_wagtails_revisions_are_purged(
    client: Client, running: Cohort, trainee: Any, enrolment: Enrolment
) -> None:
    lesson = lesson_of(running)
    publish(lesson, "Dos", RUNNING)
    publish(lesson, "Tres", LATER)
    call_command("purge_revisions", verbosity=0)
    assert LessonPage.objects.get(pk=lesson.pk).revisions.count() == 1
    assert [one.number for one in ContentVersion.objects.filter(key=lesson.translation_key)] == [1, 2, 3]
    client.force_login(trainee)
    read = client.get(reverse("courses:lesson", args=["m1-l1"])).content.decode()
    assert ("Dos" in read, "Tres" in read) == (True, False)


def test_an_open_attempt_goes_on_with_its_own_questions(running: Cohort, trainer: Any) -> None:
    [enrolment] = enrolled(running)
    attempt = start_attempt(enrolment=enrolment, pin=pin(running, "quiz"), at=DURING)
    asked = [question["id"] for question in attempt.questions]
    apply_version(version=change_quiz(quiz_of(running)), needs_rereading=False, by=trainer, at=timezone.now())
    again = start_attempt(enrolment=enrolment, pin=pin(running, "quiz"), at=DURING)
    assert (again.pk, again.version.number) == (attempt.pk, 1)
    save_answers(attempt=again, answers={asked[0]: again.questions[0]["options"][0]["id"]}, at=DURING)
    assert [question["id"] for question in again.questions] == asked


def test_the_programme_of_a_decision_stays_that_of_its_day(running: Cohort) -> None:
    before = programme(running)
    moment = timezone.now()
    publish(lesson_of(running), "Dos", RUNNING)
    publish(lesson_of(running), "Tres", RUNNING)
    assert programme(running) != before
    assert programme(running, moment) == before
    assert api.cohort_facts(running.pk, at=moment).content_digest == before[1]


def test_a_phone_learns_that_its_module_changed(
    client: Client, running: Cohort, trainee: Any, enrolment: Enrolment
) -> None:
    client.force_login(trainee)
    address = reverse("sync:modules")
    before = [module["revision"] for module in client.get(address).json()["modules"]]
    publish(lesson_of(running), "Dos", RUNNING)
    after = [module["revision"] for module in client.get(address).json()["modules"]]
    assert before != after


def outline(enrolment: Enrolment) -> Outline:
    return lessons_of(Enrolment.objects.select_related("cohort").get(pk=enrolment.pk))


def test_what_she_finished_stays_finished_and_says_that_there_is_something_new(
    client: Client, running: Cohort, trainee: Any, enrolment: Enrolment
) -> None:
    lesson = lesson_of(running)
    complete_lesson(enrolment=enrolment, pin=used(running, lesson), at=DURING)
    minutes = evidence.standings(running, [enrolment])[0].minutes
    publish(lesson, "Lo nuevo", RUNNING, again=True)
    assert [step.slug for step in outline(enrolment).news] == ["m1-l1"]
    assert outline(enrolment).lessons_done == 1
    client.force_login(trainee)
    assert "Lo nuevo" in client.get("/curso/m1-l1/").content.decode()
    assert [step.slug for step in outline(enrolment).news] == ["m1-l1"]  # opening it is not reading it
    client.post("/curso/m1-l1/")
    assert outline(enrolment).news == []
    progress = LessonProgress.objects.get(enrolment=enrolment)
    assert (progress.version.number, progress.completed_at) == (1, DURING)
    assert evidence.standings(running, [enrolment])[0].minutes == minutes
    seen = LessonReading.objects.order_by("version__number", "is_finished")
    assert list(seen.values_list("version__number", "is_finished")) == [
        (1, False),
        (1, True),
        (2, False),
        (2, True),
    ]


def test_a_small_change_asks_nobody_to_read_again(running: Cohort) -> None:
    [enrolment] = enrolled(running)
    lesson = lesson_of(running)
    complete_lesson(enrolment=enrolment, pin=used(running, lesson), at=DURING)
    publish(lesson, "Una coma", RUNNING)
    assert outline(enrolment).news == []


def test_a_phone_that_finished_the_old_text_has_not_read_the_new_one(running: Cohort) -> None:
    [enrolment] = enrolled(running)
    lesson = lesson_of(running)
    old = used(running, lesson).version
    complete_lesson(enrolment=enrolment, pin=used(running, lesson), at=DURING)
    publish(lesson, "Lo nuevo", RUNNING, again=True)
    complete_lesson(enrolment=enrolment, pin=used(running, lesson), at=timezone.now(), version=old)
    assert [step.slug for step in outline(enrolment).news] == ["m1-l1"]


def test_an_unfinished_lesson_begins_at_the_top_of_its_new_text(running: Cohort) -> None:
    [enrolment] = enrolled(running)
    lesson = lesson_of(running)
    keep_place(enrolment=enrolment, pin=used(running, lesson), place=2, at=DURING)
    assert outline(enrolment).lessons[0].place == 2
    publish(lesson, "Lo nuevo", RUNNING)
    assert outline(enrolment).lessons[0].place == 0
    open_lesson(enrolment=enrolment, pin=used(running, lesson), at=timezone.now())
    progress = LessonProgress.objects.get()
    assert (progress.version.number, progress.place) == (2, 0)
    assert sorted(progress.readings.values_list("version__number", flat=True)) == [1, 2]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["open", "place", "finish", "old phone", "later", "running", "read again", "hide", "show"]
        ),
        st.integers(0, 1),
    ),
    max_size=14,
)


class Histories(TestCase):
    """Whatever authors, reviewers, women and phones do, and in whatever order."""

    @settings(max_examples=25)
    @given(STEPS)
    def test_completion_never_falls_nothing_passes_the_whole_and_no_reading_is_rewritten(
        self, steps: list[tuple[str, int]]
    ) -> None:
        cohort = CohortFactory(course=CourseFactory(), ends_on=timezone.localdate() + timedelta(days=30))
        [enrolment] = enrolled(cohort)
        lessons = list(LessonPage.objects.descendant_of(cohort.course).order_by("path"))
        done = 0
        read: set[tuple[Any, ...]] = set()
        completed: dict[int, tuple[Any, ...]] = {}
        for number, (what, which) in enumerate(steps):
            ACTS[what](cohort, enrolment, lessons[which], number)
            here = outline(enrolment)
            now_read = set(LessonReading.objects.values_list("pk", "version", "is_finished", "at"))
            assert read <= now_read
            assert done <= here.lessons_done <= len(here.lessons)
            for row in LessonProgress.objects.filter(completed_at__isnull=False):
                assert completed.setdefault(row.pk, (row.version_id, row.completed_at)) == (
                    row.version_id,
                    row.completed_at,
                )
            done, read = here.lessons_done, now_read
            standing = evidence.standings(cohort, [enrolment])[0]
            shares = [verdict for verdict in standing.verdicts if verdict.requirement.kind == "lessons"]
            assert all(verdict.value <= len(here.lessons) for verdict in shares)
            assert {step.slug for step in here.news} <= {step.slug for step in here.lessons if step.is_done}


def _read(act: Callable[..., Any], **more: Any) -> Callable[..., None]:
    def step(cohort: Cohort, enrolment: Enrolment, lesson: LessonPage, number: int) -> None:
        act(enrolment=enrolment, pin=used(cohort, lesson), at=OPENED + timedelta(days=number), **more)

    return step


def _old_phone(cohort: Cohort, enrolment: Enrolment, lesson: LessonPage, number: int) -> None:
    first = ContentVersion.objects.get(key=lesson.translation_key, number=1)
    _read(complete_lesson, version=first)(cohort, enrolment, lesson, number)


def _publish(reach: str, *, again: bool = False) -> Callable[..., None]:
    def step(_cohort: Cohort, _enrolment: Enrolment, lesson: LessonPage, number: int) -> None:
        publish(lesson, f"Texto {number}", reach, again=again)

    return step


def _decide(kind: str) -> Callable[..., None]:
    def step(_cohort: Cohort, _enrolment: Enrolment, lesson: LessonPage, _number: int) -> None:
        by = UserFactory()
        until = timezone.localdate() + timedelta(days=9)
        decide_overdue(lesson=lesson, kind=kind, until=until, note="Por ley", by=by, at=timezone.now())

    return step


ACTS: dict[str, Callable[..., None]] = {
    "open": _read(open_lesson),
    "place": _read(keep_place, place=2),
    "finish": _read(complete_lesson),
    "old phone": _old_phone,
    "later": _publish(LATER),
    "running": _publish(RUNNING),
    "read again": _publish(RUNNING, again=True),
    "hide": _decide("hide"),
    "show": _decide("keep"),
}


def test_answers_in_words_to_an_earlier_test_are_still_read(running: Cohort, trainer: Any) -> None:
    quiz = quiz_of(running)
    asked = {"question": "¿Qué harías?", "look_for": "Escuchar.", "feedback": ""}
    quiz.questions = [{"type": "short_answer", "id": "w0", "value": asked}]
    quiz.draw = 1
    quiz.save()
    apply_version(version=freeze_quiz(quiz=quiz), needs_rereading=False, by=trainer, at=timezone.now())
    [enrolment] = enrolled(running)
    attempt = start_attempt(enrolment=enrolment, pin=pin(running, "quiz"), at=DURING)
    submit_attempt(attempt=attempt, answers={"w0": "Escuchar con calma"}, at=DURING)
    quiz.questions = [question(f"q{number}") for number in range(2)]
    quiz.save()
    apply_version(version=freeze_quiz(quiz=quiz), needs_rereading=False, by=trainer, at=timezone.now())
    [line] = lines(running, trainer.pk)
    assert (line.question["id"], line.for_reader) == ("w0", 1)
    [answer] = waiting(pin(running, "quiz"), "w0", trainer.pk, may_decide=False)
    assert (answer.asked, answer.words) == ("¿Qué harías?", "Escuchar con calma")
