"""Versions in several languages: what is read in another language says what was pinned, or is Spanish."""

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from wagtail_localize.models import TranslationSource

from courses.assessments.actions import freeze_quiz, start_attempt, submit_attempt
from courses.assessments.models import Quiz
from courses.cohorts.languages import in_language
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import ContentVersion, LessonPage, ModulePage
from courses.progress.actions import complete_lesson
from courses.progress.outline import lessons_of, outline_of
from courses.school.actions import open_school
from tests.factories.courses import OPENED, CohortFactory, pin
from tests.factories.languages import EN, begin_translation, in_english, publish, write_words

pytestmark = pytest.mark.django_db
KIND = ContentVersion.Kind


def lesson_of(cohort: Cohort, slug: str = "m1-l1") -> LessonPage:
    found: LessonPage = LessonPage.objects.get(
        translation_key=CohortContent.objects.get(cohort=cohort, slug=slug).key, locale__language_code="es"
    )
    return found


def shown(cohort: Cohort, slug: str = "m1-l1") -> ContentVersion:
    found = CohortContent.objects.find(cohort.pk, KIND.LESSON, slug)
    assert found is not None
    return in_language([found], "en")[0].shown


def rewrite(lesson: LessonPage, words: str) -> LessonPage:
    """Publish a lesson with another key message."""
    body = deepcopy(lesson.body.get_prep_value())
    body[-1]["value"] = words
    lesson.body = body
    lesson.save_revision().publish()
    return LessonPage.objects.get(pk=lesson.pk)


def test_a_cohort_reads_the_translation_of_what_it_pinned(cohort: Cohort) -> None:
    in_english(lesson_of(cohort))
    version = shown(cohort)
    assert version.language == "en"
    assert version.title == "EN Lección m1-l1"
    assert version.content["body"][2]["value"] == "EN Lo más importante."
    assert shown(cohort, "m1-l2").language == "es"


def test_a_half_translated_lesson_stays_spanish(cohort: Cohort) -> None:
    in_english(lesson_of(cohort), but=1)
    assert not ContentVersion.objects.filter(language="en").exists()
    assert shown(cohort).language == "es"


def test_a_translation_of_other_words_is_not_shown_until_it_is_brought_up_to_date(cohort: Cohort) -> None:
    lesson = lesson_of(cohort)
    in_english(lesson)
    rewrite(lesson, "Otra cosa, más importante.")
    later = CohortFactory(course=cohort.course, trainers=[], name="Generación nueva")
    assert shown(cohort).language == "en"  # what was pinned before still is what was translated
    assert shown(later).language == "es"

    waiting = TranslationSource.objects.get_for_instance(lesson).translations.get()
    total, done = waiting.get_progress()
    assert total - done == 1  # the mark that it is out of date, without anybody asking
    write_words(waiting)
    publish(waiting)
    assert shown(later).content["body"][2]["value"] == "EN Otra cosa, más importante."
    assert shown(cohort).content["body"][2]["value"] == "EN Lo más importante."


def test_what_a_reviewer_notes_makes_no_translation_old(cohort: Cohort) -> None:
    lesson = lesson_of(cohort)
    in_english(lesson)
    lesson.reviewed_by, lesson.reviewed_on = "Dra. Ejemplo", OPENED.date()
    lesson.reviewed_digest = lesson.text_digest()
    lesson.save_revision().publish()
    later = CohortFactory(course=cohort.course, trainers=[], name="Generación nueva")
    assert CohortContent.objects.get(cohort=later, slug="m1-l1").version.content["is_reviewed"]
    assert shown(later).language == "en"
    assert not shown(later).content["is_reviewed"]  # she answers for the words that she read


def test_numbers_go_on_through_languages_and_a_course_pins_its_own(cohort: Cohort) -> None:
    lesson = lesson_of(cohort)
    in_english(lesson)
    rewrite(lesson, "Otra cosa.")
    key = lesson.translation_key
    numbers = ContentVersion.objects.filter(key=key).order_by("number").values_list("number", "language")
    assert list(numbers) == [(1, "es"), (2, "en"), (3, "es")]
    assert ContentVersion.objects.newest([key], "es")[key].number == 3
    assert ContentVersion.objects.newest([key], "en")[key].number == 2
    new = CohortFactory(course=cohort.course, opened=False, name="Generación nueva")
    open_school(cohort=new, at=OPENED)
    assert CohortContent.objects.get(cohort=new, slug="m1-l1").version.number == 3


def test_publishing_the_same_again_in_either_language_makes_no_version(cohort: Cohort) -> None:
    lesson = lesson_of(cohort)
    page = in_english(lesson)
    before = ContentVersion.objects.count()
    page.save_revision().publish()
    lesson.save_revision().publish()
    assert ContentVersion.objects.count() == before


def test_who_goes_on_by_hand_says_what_the_original_says_now(cohort: Cohort) -> None:
    lesson = lesson_of(cohort)
    page = in_english(lesson)
    TranslationSource.objects.get_for_instance(lesson).translations.update(enabled=False)
    page.title = "By hand"
    page.save_revision().publish()
    assert shown(cohort).title == "By hand"


def test_a_place_kept_for_a_translation_is_no_version(cohort: Cohort) -> None:
    """Wagtail publishes aliases with their source: they hold Spanish words in the English tree."""
    lesson = lesson_of(cohort)
    module: Any = lesson.get_parent().specific
    alias = lesson.create_alias(parent=in_english(module), update_slug="m1-l1")
    assert isinstance(alias, LessonPage)
    rewrite(lesson, "Otra cosa.")
    assert set(ContentVersion.objects.values_list("language", flat=True)) == {"es"}


def test_progress_counts_in_whatever_language(enrolment: Enrolment) -> None:
    lesson = lesson_of(enrolment.cohort)
    in_english(lesson)
    read = pin(enrolment.cohort, KIND.LESSON)
    complete_lesson(enrolment=enrolment, pin=read, at=OPENED, version=in_language([read], "en")[0].shown)
    for language in ("es", "en", "fr"):
        with translation.override(language):
            assert lessons_of(enrolment).lessons_done == 1
    assert enrolment.lessons.get().version.language == "en"


def test_the_course_speaks_her_language_with_its_modules(enrolment: Enrolment) -> None:
    in_english(lesson_of(enrolment.cohort))
    module = ModulePage.objects.get(locale__language_code="es")
    with translation.override("en"):
        # The parent was made to hold the lesson: nobody has translated its title yet.
        assert [(one.title, one.language) for one in outline_of(enrolment).modules()] == [("Módulo 1", "es")]
        in_english(module)
        told = outline_of(enrolment).modules()
    assert [(one.title, one.language) for one in told] == [("EN Módulo 1", "en")]
    steps = [(step.title, step.language) for step in told[0].steps]
    assert steps == [
        ("EN Lección m1-l1", "en"),
        ("Lección m1-l2", "es"),
        ("Prueba del módulo 1", "es"),
    ]


def test_a_test_is_read_in_english_and_graded_as_in_spanish(enrolment: Enrolment) -> None:
    quiz = Quiz.objects.get()
    made = in_english(quiz)
    assert (made.key, made.slug, made.module_id) == (quiz.key, quiz.slug, quiz.module_id)
    test = pin(enrolment.cohort, KIND.QUIZ)
    in_language([test], "en")
    attempt = start_attempt(enrolment=enrolment, pin=test, at=OPENED)
    assert {question["text"][:3] for question in attempt.questions} == {EN}
    assert (attempt.version.language, attempt.shown.language) == ("es", "en")
    answers = {question["id"]: f"{question['id']}-a" for question in attempt.questions}
    done = submit_attempt(attempt=attempt, answers=answers, at=OPENED)
    assert (done.correct, done.has_passed) == (5, True)


def test_a_translated_test_by_which_she_would_be_judged_otherwise_is_not_shown(enrolment: Enrolment) -> None:
    quiz = Quiz.objects.get()
    made = in_english(quiz)
    TranslationSource.objects.get_for_instance(quiz).translations.update(enabled=False)
    questions = made.questions.get_prep_value()
    right = [option["value"]["is_correct"] for option in questions[0]["value"]["options"]]
    for option, is_correct in zip(questions[0]["value"]["options"], reversed(right), strict=True):
        option["value"]["is_correct"] = is_correct
    made.questions = questions
    made.save()
    changed = freeze_quiz(quiz=made)
    test = in_language([pin(enrolment.cohort, KIND.QUIZ)], "en")[0]
    assert test.shown.language == "en"
    assert test.shown.number == changed.number - 1  # the last one that was like the Spanish one


def test_a_half_translated_test_stays_spanish(enrolment: Enrolment) -> None:
    in_english(Quiz.objects.get(), but=2)
    test = pin(enrolment.cohort, KIND.QUIZ)
    assert in_language([test], "en")[0].shown.language == "es"


def test_the_editor_of_a_translation_brings_the_test_to_who_reads_english(
    client: Client, coordinator: Any, enrolment: Enrolment
) -> None:
    quiz = Quiz.objects.get()
    waiting = begin_translation(quiz)
    made = publish(waiting)  # as it is made: in Spanish
    write_words(waiting)
    client.force_login(coordinator)
    answer = client.post(f"/admin/snippets/courses/quiz/edit/{made.pk}/", {"action": "publish"})
    assert answer.status_code == 302
    test = pin(enrolment.cohort, KIND.QUIZ)
    assert in_language([test], "en")[0].shown.title == "EN Prueba del módulo 1"
