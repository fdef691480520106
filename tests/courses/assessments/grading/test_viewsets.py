"""The pages of grading: no names in the queue, results beside the first ones, a trial before a regrading."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.assessments.actions import answer_key, freeze_quiz, start_attempt, submit_attempt
from courses.assessments.grading.models import AnswerReading, Regrade, ResultOverride
from courses.assessments.grading.rules import Fix
from courses.assessments.models import Attempt, Quiz
from courses.cohorts.models import Cohort, CohortContent
from tests.courses.assessments.grading.test_actions import NOW, fixed, in_force, read, sit
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db


def reading_page(pin: CohortContent, question: str = "w0") -> str:
    return reverse("grading:question", args=[pin.cohort_id, pin.slug, question])


def fix_page(pin: CohortContent, question: str = "q0") -> str:
    return reverse("items:fix", args=[pin.cohort_id, pin.slug, question])


def override_page(attempt: Attempt) -> str:
    return reverse("grading:override", args=[attempt.enrolment.cohort_id, attempt.pk])


def test_answers_are_read_without_names(
    client: Client, cohort: Cohort, written: CohortContent, trainer: Any
) -> None:
    [woman] = enrolled(cohort)
    sit(woman, written, words="Primero le pregunto si quiere.")
    client.force_login(trainer)
    pages = [
        client.get(address).content.decode()
        for address in (reading_page(written), reverse("grading:index", args=[cohort.pk]))
    ]
    assert "Primero le pregunto si quiere." in pages[0]
    assert "Pide permiso." in pages[0]
    for page in pages:
        assert woman.person.name not in page
        assert str(woman.pk) not in page


def test_what_she_wrote_is_shown_as_words_only(
    client: Client, cohort: Cohort, written: CohortContent, trainer: Any
) -> None:
    [woman] = enrolled(cohort)
    sit(woman, written, words="<script>alert(1)</script>")
    client.force_login(trainer)
    assert "<script>alert(1)" not in client.get(reading_page(written)).content.decode()


def test_a_reading_leads_to_the_next_answer(
    client: Client, cohort: Cohort, written: CohortContent, trainer: Any
) -> None:
    first, second = sorted((sit(woman, written) for woman in enrolled(cohort, 2)), key=lambda one: one.pk)
    client.force_login(trainer)
    assert client.get(reading_page(written)).context["answer"].attempt == first
    skipped = client.get(reading_page(written), {"after": str(first.pk)}).context
    assert skipped["answer"].attempt == second
    client.post(
        reading_page(written), {"attempt": str(first.pk), "points": "1", "feedback": "Como dices: permiso."}
    )
    first.refresh_from_db()
    assert first.has_passed
    assert client.get(reading_page(written)).context["answer"].attempt == second


@pytest.mark.parametrize("points", ["", "2", "x"])
def test_a_reading_without_a_choice_is_told_and_loses_nothing(
    client: Client, cohort: Cohort, written: CohortContent, trainer: Any, points: str
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, written)
    client.force_login(trainer)
    response = client.post(
        reading_page(written),
        {"attempt": str(attempt.pk), "points": points, "feedback": "Bien dicho", "asks_second": "on"},
    )
    assert said(response)
    assert "Bien dicho" in response.content.decode()
    assert not AnswerReading.objects.exists()


@pytest.mark.parametrize("attempt", ["", "nada", "00000000-0000-0000-0000-000000000000"])
def test_an_answer_that_does_not_wait_is_not_read(
    client: Client, written: CohortContent, trainer: Any, attempt: str
) -> None:
    client.force_login(trainer)
    assert said(client.post(reading_page(written), {"attempt": attempt, "points": "1"}))
    assert not AnswerReading.objects.exists()


def test_a_second_reader_does_not_see_the_first_reading_and_who_decides_sees_both(
    client: Client,
    cohort: Cohort,
    written: CohortContent,
    trainer: Any,
    colleague: Any,
    coordinator: Any,
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, written)
    read(attempt, trainer, 1, asks_second=True, feedback="La primera voz")
    client.force_login(trainer)
    assert client.get(reading_page(written)).context["answer"] is None
    client.force_login(colleague)
    assert "La primera voz" not in client.get(reading_page(written)).content.decode()
    client.post(reading_page(written), {"attempt": str(attempt.pk), "points": "0"})
    assert client.get(reading_page(written)).context["answer"] is None
    client.force_login(coordinator)
    assert "La primera voz" in client.get(reading_page(written)).content.decode()
    client.post(reading_page(written), {"attempt": str(attempt.pk), "points": "1"})
    attempt.refresh_from_db()
    assert in_force(attempt) == (5, 5, True, "counted")


def test_a_question_with_options_has_no_answers_to_read(
    client: Client, quiz: CohortContent, trainer: Any
) -> None:
    client.force_login(trainer)
    assert client.get(reading_page(quiz, "q0")).status_code == 404
    assert client.get(reading_page(quiz, "nada")).status_code == 404


def test_a_coordinator_sets_a_result_by_hand(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz, wrong=2)
    client.force_login(coordinator)
    response = client.post(override_page(attempt), {"correct": "4", "reason": "spoken"})
    assert response.status_code == 302
    assert ResultOverride.objects.get().by == coordinator
    results = client.get(reverse("grading:results", args=[cohort.pk, quiz.slug])).content.decode()
    assert "4/5" in results
    assert "3/5" in results
    assert "spoken" not in results


@pytest.mark.parametrize(
    "data",
    [{}, {"correct": "9", "reason": "spoken"}, {"correct": "x", "reason": "spoken"}, {"correct": "4"}],
    ids=["empty", "too many", "no number", "no reason"],
)
def test_an_override_that_cannot_be_is_told(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any, data: dict[str, str]
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz, wrong=2)
    client.force_login(coordinator)
    response = client.post(override_page(attempt), data)
    assert response.status_code == 200
    assert response.context["form"].errors or said(response)
    assert not ResultOverride.objects.exists()


def test_an_attempt_of_another_cohort_does_not_exist_here(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, quiz)
    other = CohortFactory()
    client.force_login(coordinator)
    assert client.get(reverse("grading:override", args=[other.pk, attempt.pk])).status_code == 404


def test_a_fix_is_tried_and_then_applied(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any
) -> None:
    first, second = enrolled(cohort, 2)
    wrong, right = sit(first, quiz, wrong=2), sit(second, quiz)
    client.force_login(coordinator)
    asked = {"accepted": ["q0-b"], "try": "1"}
    page = client.post(fix_page(quiz), asked)
    assert not Regrade.objects.exists()
    assert {first.person.name, second.person.name} <= {
        row["attempt"].enrolment.person.name for row in page.context["changes"]
    }
    seen = page.context["preview"].digest
    response = client.post(fix_page(quiz), {"accepted": ["q0-b"], "apply": "1", "seen": seen})
    assert response.status_code == 302
    assert in_force(wrong)[:3] == (4, 5, True)
    assert in_force(right)[:3] == (4, 5, True)


@pytest.mark.parametrize("seen", ["", "alt"])
def test_nothing_is_applied_that_was_not_shown(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any, seen: str
) -> None:
    [woman] = enrolled(cohort)
    sit(woman, quiz, wrong=2)
    client.force_login(coordinator)
    response = client.post(fix_page(quiz), {"accepted": ["q0-b"], "apply": "1", "seen": seen})
    assert said(response)
    assert response.context["preview"].gained == 1
    assert not Regrade.objects.exists()


@pytest.mark.parametrize("accepted", [[], ["q1-a"], ["q0-a"], ["x" * 500]])
def test_a_fix_that_cannot_be_is_told(
    client: Client, quiz: CohortContent, coordinator: Any, accepted: list[str]
) -> None:
    client.force_login(coordinator)
    for button in ("try", "apply"):
        response = client.post(fix_page(quiz), {"accepted": accepted, button: "1"})
        assert response.status_code == 200
        assert said(response)
    assert not Regrade.objects.exists()


def test_the_questions_say_how_they_measure(
    client: Client, cohort: Cohort, quiz: CohortContent, trainer: Any
) -> None:
    for number, woman in enumerate(enrolled(cohort, 5)):
        sit(woman, quiz, wrong=number % 3)
    client.force_login(trainer)
    rows = client.get(reverse("items:quiz", args=[cohort.pk, quiz.slug])).context["rows"]
    assert [row["item"].right for row in rows] == [2, 4, 5, 5, 5]
    assert rows[0]["percent"] == 40
    assert {one["lines"][0]: one["count"] for one in rows[0]["answers"]}["Respuesta b"] == 3


def test_nothing_is_said_of_four_women(
    client: Client, cohort: Cohort, quiz: CohortContent, trainer: Any
) -> None:
    for woman in enrolled(cohort, 4):
        sit(woman, quiz)
    client.force_login(trainer)
    page = client.get(reverse("items:quiz", args=[cohort.pk, quiz.slug])).content.decode()
    assert "<meter" not in page


def test_a_question_put_right_counts_so_in_the_figures(
    client: Client, cohort: Cohort, quiz: CohortContent, coordinator: Any
) -> None:
    for woman in enrolled(cohort, 5):
        sit(woman, quiz, wrong=1)
    fixed(quiz, Fix(frozenset({"q0-b"})), coordinator)
    client.force_login(coordinator)
    rows = client.get(reverse("items:quiz", args=[cohort.pk, quiz.slug])).context["rows"]
    assert rows[0]["item"].right == 5


def test_a_question_that_measures_backwards_leads_to_its_key(
    client: Client, cohort: Cohort, quiz: CohortContent, trainer: Any, coordinator: Any
) -> None:
    for number, woman in enumerate(enrolled(cohort, 6)):
        attempt = start_attempt(enrolment=woman, pin=quiz, at=NOW)
        knows = number < 3  # and so chooses another answer than the key of the first question says
        answers = {
            question: f"{question}-b" if knows == (question == "q0") else right
            for question, right in answer_key(attempt).items()
        }
        submit_attempt(attempt=attempt, answers=answers, at=NOW)
    doubt, leads = "who knows more answers it worse", f'href="{fix_page(quiz)}"'
    for user, may_fix in ((coordinator, True), (trainer, False)):
        client.force_login(user)
        page = client.get(
            reverse("items:quiz", args=[cohort.pk, quiz.slug]), headers={"accept-language": "en"}
        ).content.decode()
        assert page.count(doubt) == 1
        assert (leads in page) is may_fix


def two_tests(cohort: Cohort) -> list[CohortContent]:
    """The tests of a cohort of two modules, marked before and after."""
    pins = list(
        CohortContent.objects.filter(cohort=cohort, kind="quiz")
        .select_related("version")
        .order_by("module_number")
    )
    for pin, moment in zip(pins, (Quiz.Moment.BEFORE, Quiz.Moment.AFTER), strict=True):
        source = Quiz.objects.get(translation_key=pin.key)
        source.moment = moment
        pin.version = freeze_quiz(quiz=source)
        pin.save()
    return pins


@pytest.mark.parametrize(("count", "is_shown"), [(4, False), (5, True)])
def test_the_gain_is_of_five_women_or_more(
    client: Client, coordinator: Any, count: int, is_shown: bool
) -> None:
    cohort = CohortFactory(course__modules=2)
    before, after = two_tests(cohort)
    for woman in enrolled(cohort, count):
        sit(woman, before, wrong=3)
        sit(woman, after, wrong=1)
    client.force_login(coordinator)
    context = client.get(reverse("items:index", args=[cohort.pk])).context
    assert (context["gain"] is not None) is is_shown
    if is_shown:
        assert (context["gain"].before, context["gain"].after, context["learnt"]) == (40, 80, 67)
        assert context["points"] == 40


@pytest.mark.parametrize(
    ("wrong", "words", "mark"),
    [
        ((3, 1), "40 points more than before", "pm-gain-line"),
        ((1, 3), "40 points less than before", "pm-gain-lost"),
        ((2, 2), "The same as before", ""),
    ],
)
def test_the_gain_is_a_picture_with_the_same_figures_in_words_and_in_a_table(
    client: Client, coordinator: Any, wrong: tuple[int, int], words: str, mark: str
) -> None:
    cohort = CohortFactory(course__modules=2)
    for pin, mistakes in zip(two_tests(cohort), wrong, strict=True):
        for woman in cohort.enrolments.all() or enrolled(cohort, 5):
            sit(woman, pin, wrong=mistakes)
    client.force_login(coordinator)
    address = reverse("items:index", args=[cohort.pk])
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert words in page
    assert 'role="img"' in page
    assert page.count("pm-key-known") == 1
    assert f'width="{100 - wrong[0] * 20}.00%"' in page
    assert mark in page


def test_every_page_takes_as_many_queries_with_twenty_women_as_with_two(
    client: Client,
    cohort: Cohort,
    written: CohortContent,
    coordinator: Any,
    queries_of: Callable[[str], int],
) -> None:
    client.force_login(coordinator)
    addresses = {
        "grading:index": reverse("grading:index", args=[cohort.pk]),
        "grading:results": reverse("grading:results", args=[cohort.pk, written.slug]),
        "grading:question": reading_page(written),
        "items:index": reverse("items:index", args=[cohort.pk]),
        "items:quiz": reverse("items:quiz", args=[cohort.pk, written.slug]),
        "items:fix": fix_page(written, "w0"),
    }
    for woman in enrolled(cohort, 2):
        sit(woman, written)
    few = {name: queries_of(address) for name, address in addresses.items()}
    for woman in enrolled(cohort, 18):
        sit(woman, written)
    assert {name: queries_of(address) for name, address in addresses.items()} == few


ALLOWED = {
    "grading:index": {"trainer", "coordinator"},
    "grading:results": {"trainer", "coordinator"},
    "grading:question": {"trainer", "coordinator"},
    "grading:override": {"coordinator"},
    "items:index": {"trainer", "coordinator"},
    "items:quiz": {"trainer", "coordinator"},
    "items:fix": {"coordinator"},
}
ROLES = ["trainee", "trainer", "other_trainer", "coordinator", "administrator", "officer", "stranger"]


def test_each_page_opens_for_its_roles_and_for_no_other(
    client: Client, cohort: Cohort, written: CohortContent, trainee: Any, request: pytest.FixtureRequest
) -> None:
    [woman] = enrolled(cohort)
    attempt = sit(woman, written)
    addresses = {
        "grading:index": reverse("grading:index", args=[cohort.pk]),
        "grading:results": reverse("grading:results", args=[cohort.pk, written.slug]),
        "grading:question": reading_page(written),
        "grading:override": override_page(attempt),
        "items:index": reverse("items:index", args=[cohort.pk]),
        "items:quiz": reverse("items:quiz", args=[cohort.pk, written.slug]),
        "items:fix": fix_page(written, "w0"),
    }
    opened: dict[str, set[str]] = {name: set() for name in addresses}
    for role in ROLES:
        client.force_login(request.getfixturevalue(role))
        for name, address in addresses.items():
            if client.get(address).status_code == 200:
                opened[name].add(role)
    assert opened == ALLOWED
