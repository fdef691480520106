"""A test that changed while a cohort used it: answers given before, in figures and in questions put right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.assessments.actions import freeze_quiz
from courses.assessments.grading.actions import try_fix
from courses.assessments.grading.models import QuestionFix, fixes_of
from courses.assessments.grading.rules import Fix
from courses.assessments.grading.sheets import figures_of
from courses.assessments.models import Quiz
from courses.cohorts.changing import apply_version
from courses.cohorts.models import Cohort, CohortContent
from courses.pages.models import ContentVersion
from tests.courses.assessments.grading.test_actions import fixed, in_force, sit
from tests.factories.courses import enrolled, pin

pytestmark = pytest.mark.django_db
Rewrite = Callable[[dict[str, Any]], None]


@pytest.fixture
def change(cohort: Cohort, quiz: CohortContent, trainer: Any) -> Callable[[Rewrite], CohortContent]:
    """`change(rewrite)` changes the first question, and gives the test to the cohort that uses it."""
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=timezone.localdate() + timedelta(days=30))

    def act(rewrite: Rewrite) -> CohortContent:
        source = Quiz.objects.get(translation_key=quiz.key)
        questions = source.questions.get_prep_value()
        rewrite(questions[0]["value"])
        source.questions = questions
        source.save()
        version = freeze_quiz(quiz=Quiz.objects.get(pk=source.pk))
        apply_version(version=version, needs_rereading=False, by=trainer, at=timezone.now())
        return pin(cohort, "quiz")

    return act


def other_words(value: dict[str, Any]) -> None:
    value["question"] = "Otra pregunta"


def other_remark(value: dict[str, Any]) -> None:
    value["feedback"] = "Muy bien."


def figures(test: CohortContent) -> list[tuple[str, bool, int, int]]:
    return [(one.question["id"], one.is_now, item.answered, item.right) for one, item in figures_of(test)]


def test_answers_to_the_same_question_count_together_and_others_stand_apart(
    cohort: Cohort, quiz: CohortContent, change: Any
) -> None:
    first, second, third = enrolled(cohort, 3)
    sit(first, quiz, wrong=1)
    sit(second, change(other_remark), wrong=2)
    newest = change(other_words)
    sit(third, newest)
    found = figures(newest)
    assert found[:2] == [("q0", True, 1, 1), ("q1", True, 3, 2)]
    assert found[5:] == [("q0", False, 2, 0)], "what was asked in other words"


def test_the_page_shows_both_and_leads_to_the_question_as_it_was_asked(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any, change: Any
) -> None:
    before = [sit(woman, quiz, wrong=1) for woman in enrolled(cohort, 5)]
    newest = change(other_words)
    client.force_login(coordinator)
    page = client.get(reverse("items:quiz", args=[cohort.pk, quiz.slug]))
    assert [row["item"].answered for row in page.context["rows"]] == [0, 5, 5, 5, 5]
    [earlier] = page.context["earlier"]
    assert (earlier["item"].answered, earlier["item"].right) == (5, 0)
    assert earlier["until"] is not None
    address = f"{reverse('items:fix', args=[cohort.pk, quiz.slug, 'q0'])}?version={quiz.version_id}"
    assert address in page.content.decode()
    tried = client.post(address, {"accepted": ["q0-b"], "try": "1"})
    assert tried.context["question"]["text"] == "Pregunta q0"
    seen = tried.context["preview"].digest
    assert client.post(address, {"accepted": ["q0-b"], "apply": "1", "seen": seen}).status_code == 302
    assert [in_force(one)[:3] for one in before] == [(5, 5, True)] * 5
    assert fixes_of(newest.version) == {}, "other words are another question"
    assert client.get(f"{address.partition('?')[0]}?version=999").status_code == 404


def test_a_question_put_right_is_right_in_every_version_that_asks_it(
    cohort: Cohort, quiz: CohortContent, coordinator: Any, change: Any
) -> None:
    first, second, third = enrolled(cohort, 3)
    attempt = sit(first, quiz, wrong=1)
    middle = change(other_remark)
    other = sit(second, middle, wrong=1)
    assert try_fix(version=middle.version, question="q0", fix=Fix(frozenset({"q0-b"}))).gained == 2
    fixed(middle, Fix(frozenset({"q0-b"})), coordinator)
    assert [in_force(one)[:2] for one in (attempt, other)] == [(5, 5), (5, 5)]
    newest = change(lambda value: value.update(feedback="Otra vez."))
    assert newest.version_id not in {quiz.version_id, middle.version_id}
    late = sit(third, newest, wrong=1)
    assert (late.correct, late.total) == (5, 5), "a newer version brings no old mistake back"
    assert QuestionFix.objects.count() == 1
    assert figures(newest)[0] == ("q0", True, 3, 3)


def test_a_question_that_a_newer_version_does_not_ask_can_still_be_put_right(
    cohort: Cohort, quiz: CohortContent, coordinator: Any, change: Any
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz, wrong=1)
    change(other_words)
    old = ContentVersion.objects.get(pk=quiz.version_id)
    assert try_fix(version=old, question="q0", fix=Fix(leaves_out=True)).attempts == 1
    fixed(quiz, Fix(leaves_out=True), coordinator)
    assert in_force(attempt)[:2] == (4, 4)
