"""What phones hand in: counted once, in the phone's order, and every odd case has an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from courses.assessments.actions import submit_attempt
from courses.assessments.models import Attempt
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.actions import freeze
from courses.progress.models import LessonProgress
from courses.sync.models import SyncEvent
from tests.courses.sync.phone import EVENTS, Phone, new_id
from tests.factories.courses import CohortFactory, PersonFactory, pin

pytestmark = pytest.mark.django_db
TEXT = "application/json"


def kept() -> SyncEvent:
    """The only event that waits for a human."""
    return SyncEvent.objects.waiting().get()


def test_a_lesson_read_and_a_test_taken_without_signal_arrive_and_count(
    phone: Phone, lesson: CohortContent, attempt: Attempt
) -> None:
    outcome = phone.send(
        phone.event("lesson.place", version=lesson.version_id, place=2),
        phone.event("lesson.completed", version=lesson.version_id),
        phone.answer(attempt, "q0", "b"),
        phone.hand_in(attempt),
    )
    assert outcome == ["applied"] * 4
    progress = LessonProgress.objects.get()
    assert (progress.place, progress.completed_at is not None) == (2, True)
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.has_passed) == (5, True)
    assert not SyncEvent.objects.exclude(box=None, enrolment=None, version=None).exists(), (
        "content is not kept"
    )


def test_the_same_batch_three_times_in_any_order_counts_once(
    phone: Phone, lesson: CohortContent, attempt: Attempt
) -> None:
    boxes = [
        phone.seal(phone.event("lesson.completed", version=lesson.version_id)),
        phone.seal(phone.answer(attempt, "q0", "b")),
        phone.seal(phone.hand_in(attempt)),
    ]
    first = [result["status"] for result in phone.post(boxes).json()["results"]]
    assert first == ["applied"] * 3
    for shuffled in ([2, 0, 1], [1, 2, 0]):
        answer = phone.post([boxes[place] for place in shuffled]).json()["results"]
        assert [result["status"] for result in answer] == ["again"] * 3
        assert [result["id"] for result in answer] == [boxes[place]["id"] for place in shuffled]
    assert SyncEvent.objects.count() == 3


def test_a_batch_that_arrives_backwards_leaves_what_she_did_last(phone: Phone, attempt: Attempt) -> None:
    first, second = phone.answer(attempt, "q0", "a"), phone.answer(attempt, "q0", "b")
    assert phone.send(second, first) == ["applied", "superseded"]
    attempt.refresh_from_db()
    assert attempt.answers["q0"] == "q0-b"


def test_an_answer_that_arrives_after_its_test_is_overtaken(phone: Phone, attempt: Attempt) -> None:
    answer, whole = phone.answer(attempt, "q0", "b"), phone.hand_in(attempt)
    assert phone.send(whole, answer) == ["applied", "superseded"]


def test_of_two_phones_of_one_woman_the_one_that_arrives_last_decides(phone: Phone, attempt: Attempt) -> None:
    other = Phone(phone.person)
    phone.seq = 50
    assert phone.send(phone.answer(attempt, "q0", "a")) == ["applied"]
    assert other.send(other.answer(attempt, "q0", "b")) == ["applied"]
    attempt.refresh_from_db()
    assert attempt.answers["q0"] == "q0-b"


def test_a_test_handed_in_on_two_phones_counts_once(phone: Phone, attempt: Attempt) -> None:
    other = Phone(phone.person)
    assert phone.send(phone.hand_in(attempt)) == ["applied"]
    assert other.send(other.hand_in(attempt), other.hand_in(attempt, "b")) == ["again", "handed_in"]
    assert other.send(other.answer(attempt, "q0", "a"), other.answer(attempt, "q0", "c")) == [
        "again",
        "handed_in",
    ]
    attempt.refresh_from_db()
    assert attempt.correct == 5


def test_the_second_event_under_one_number_is_refused_and_kept(phone: Phone, lesson: CohortContent) -> None:
    first = phone.event("lesson.place", version=lesson.version_id, place=1)
    assert phone.send(first) == ["applied"]
    assert phone.send({**first, "place": 2}) == ["id_reused"]
    assert phone.send({**first, "place": 2}, first) == ["id_reused", "again"]
    assert LessonProgress.objects.get().place == 1
    assert kept().code == "id_reused"


def test_a_new_ticket_does_not_make_a_new_event(phone: Phone, lesson: CohortContent) -> None:
    event = phone.event("lesson.completed", version=lesson.version_id)
    assert phone.send(event) == ["applied"]
    with_new = {**event, "ticket": phone.event("x")["ticket"]}
    assert phone.send(with_new) == ["again"]


@pytest.mark.parametrize(
    "at",
    ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "+275760-09-13T00:00:00Z", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00", "ayer", "", None, 17, "2026-02-01T12:00:00"],
)  # fmt: skip
def test_a_clock_that_is_wrong_by_years_changes_nothing(phone: Phone, attempt: Attempt, at: Any) -> None:
    before = timezone.now()
    assert phone.send({**phone.hand_in(attempt), "at": at}) == ["applied"]
    attempt.refresh_from_db()
    assert attempt.submitted_at is not None
    assert before <= attempt.submitted_at <= timezone.now()


def test_what_names_nothing_or_something_of_another_is_refused_and_tells_nothing(
    phone: Phone, cohort: Cohort, attempt: Attempt
) -> None:
    stranger = Phone(PersonFactory())
    enrol(person=stranger.person, cohort=cohort, starts_on=cohort.starts_on)
    assert stranger.send(stranger.answer(attempt, "q0", "a"), stranger.hand_in(attempt)) == ["unknown"] * 2
    nothing = stranger.event("answer", attempt=new_id(), question="q0", option="q0-a")
    assert stranger.send(nothing, stranger.event("lesson.completed", version=2**53 - 1)) == ["unknown"] * 2
    attempt.refresh_from_db()
    assert attempt.answers == {}
    assert SyncEvent.objects.waiting().filter(person=stranger.person).count() == 4


def test_a_lesson_of_another_course_is_refused(phone: Phone) -> None:
    foreign = pin(CohortFactory(), "lesson")
    assert phone.send(phone.event("lesson.completed", version=foreign.version_id)) == ["not_in_course"]


def test_a_test_is_not_a_lesson(phone: Phone, cohort: Cohort) -> None:
    quiz = pin(cohort, "quiz")
    assert phone.send(phone.event("lesson.completed", version=quiz.version_id)) == ["unknown"]


def test_another_version_of_her_lesson_counts_for_the_lesson(phone: Phone, lesson: CohortContent) -> None:
    newer = freeze(
        kind="lesson", key=lesson.key, language="es", title="Nueva", content=lesson.version.content
    )
    assert phone.send(phone.event("lesson.completed", version=newer.pk)) == ["applied"]
    assert LessonProgress.objects.get().version == newer  # what she saw


def test_a_changed_quiz_is_graded_as_she_saw_it(phone: Phone, cohort: Cohort, attempt: Attempt) -> None:
    quiz = pin(cohort, "quiz")
    questions = [
        {**question, "options": [{**o, "is_correct": o["id"].endswith("b")} for o in question["options"]]}
        for question in quiz.version.content["questions"]
    ]
    quiz.version = freeze(
        kind="quiz",
        key=quiz.key,
        language="es",
        title="Otra",
        content={**quiz.version.content, "questions": questions},
    )
    quiz.save()
    assert phone.send(phone.hand_in(attempt)) == ["applied"]
    attempt.refresh_from_db()
    assert attempt.correct == 5


def test_what_arrives_after_she_left_waits_for_a_human(
    phone: Phone, enrolment: Enrolment, lesson: CohortContent, attempt: Attempt
) -> None:
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    assert (
        phone.send(phone.hand_in(attempt), phone.event("lesson.completed", version=lesson.version_id))
        == ["enrolment_over"] * 2
    )
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert {event.enrolment for event in SyncEvent.objects.waiting()} == {enrolment}


def test_a_suspended_enrolment_that_goes_on_counts_what_comes_later(
    phone: Phone, enrolment: Enrolment, attempt: Attempt
) -> None:
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    event = phone.hand_in(attempt)
    assert phone.send(event) == ["enrolment_over"]
    Enrolment.objects.filter(pk=enrolment.pk).update(status="active", ends_on=None)
    assert phone.send(event) == ["enrolment_over"], "what was refused stays with the human"
    assert phone.send(phone.hand_in(attempt)) == ["applied"]


def test_a_lesson_done_before_a_transfer_counts_in_the_new_cohort(
    phone: Phone, enrolment: Enrolment, cohort: Cohort, lesson: CohortContent
) -> None:
    new = CohortFactory(course=cohort.course)
    Enrolment.objects.filter(pk=enrolment.pk).update(status="transferred", ends_on=enrolment.starts_on)
    now = enrol(person=phone.person, cohort=new, starts_on=new.starts_on)
    assert phone.send(phone.event("lesson.completed", version=lesson.version_id)) == ["applied"]
    assert LessonProgress.objects.get().enrolment == now


def test_an_attempt_older_than_the_cohort_is_refused(phone: Phone, cohort: Cohort, attempt: Attempt) -> None:
    assert cohort.opened_at is not None
    Attempt.objects.filter(pk=attempt.pk).update(started_at=cohort.opened_at - timedelta(days=1))
    assert phone.send(phone.hand_in(attempt)) == ["older_than_cohort"]


def test_before_her_cohort_begins_nothing_counts(phone: Phone, cohort: Cohort, lesson: CohortContent) -> None:
    soon = timezone.localdate() + timedelta(days=9)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=soon, ends_on=soon)
    assert phone.send(phone.event("lesson.completed", version=lesson.version_id)) == ["not_started"]


def test_answers_that_are_not_on_the_sheet_or_are_missing_are_refused(phone: Phone, attempt: Attempt) -> None:
    foreign = phone.event("answer", attempt=str(attempt.pk), question="q0", option="q1-a")
    short = phone.event("attempt.submitted", attempt=str(attempt.pk), answers={"q0": "q0-a"})
    assert phone.send(foreign, short) == ["not_on_sheet", "incomplete"]
    attempt.refresh_from_db()
    assert (attempt.answers, attempt.submitted_at) == ({}, None)


def test_handing_in_adds_the_answers_that_arrived_before(phone: Phone, attempt: Attempt) -> None:
    one_by_one = [phone.answer(attempt, f"q{number}", "a") for number in range(5)]
    assert phone.send(*one_by_one) == ["applied"] * 5
    rest = phone.event("attempt.submitted", attempt=str(attempt.pk), answers={})
    assert phone.send(rest) == ["applied"]
    attempt.refresh_from_db()
    assert attempt.correct == 5


def test_a_forged_ticket_and_that_of_another_phone_are_refused(phone: Phone, lesson: CohortContent) -> None:
    def event(**changes: Any) -> dict[str, Any]:
        return {**phone.event("lesson.completed", version=lesson.version_id), **changes}

    assert (
        phone.send(
            event(ticket="abc:def:ghi"), event(ticket=event()["ticket"][:-1] + "!"), event(device=new_id())
        )
        == ["bad_ticket"] * 3
    )
    assert not LessonProgress.objects.exists()
    assert SyncEvent.objects.waiting().filter(person=None).count() == 3


def test_the_ticket_of_somebody_who_is_gone_is_refused(school: None) -> None:
    gone = Phone(PersonFactory())
    event = gone.event("lesson.completed", version=1)
    gone.person.delete()
    assert gone.send(event) == ["bad_ticket"]


def test_two_hundred_boxes_are_taken_and_each_costs_the_same(
    phone: Phone, lesson: CohortContent, django_assert_max_num_queries: Any
) -> None:
    boxes = [
        phone.seal(phone.event("lesson.place", version=lesson.version_id, place=0)) for _number in range(200)
    ]
    with django_assert_max_num_queries(4 + 18 * 200):
        results = phone.post(boxes).json()["results"]
    assert {result["status"] for result in results} == {"applied"}


def test_a_stranger_cannot_fill_the_disk(phone: Phone, settings: Any) -> None:
    settings.SYNC_KEPT_PER_OWNER = 3
    boxes = [phone.seal(b"nothing", new_id()) for _number in range(5)]
    assert [result["kept"] for result in phone.post(boxes).json()["results"]] == [True] * 3 + [False] * 2
    hers = phone.post([phone.seal(phone.event("lesson.completed", version=2**50))]).json()["results"]
    assert hers[0]["kept"] is True


def test_too_many_batches_are_told_when_to_come_again(phone: Phone, settings: Any) -> None:
    settings.SYNC_PER_MINUTE = 0
    answer = phone.post([])
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60


def test_who_is_signed_in_is_not_held_up_by_others_behind_the_same_address(
    phone: Phone, trainee: Any, settings: Any
) -> None:
    settings.SYNC_PER_MINUTE = 1
    for _time in range(3):
        Client().post(EVENTS)
    phone.client.force_login(trainee)
    assert phone.post([]).status_code == 200


def test_the_words_of_an_answer_are_in_her_language(phone: Phone) -> None:
    answer = phone.post([phone.seal(phone.event("lesson.completed", version=2**50))])
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["results"][0]["message"]


def test_nothing_of_hers_is_readable_at_rest(phone: Phone, attempt: Attempt, enrolment: Enrolment) -> None:
    withdraw(enrolment=enrolment, on=enrolment.starts_on)
    phone.send(phone.hand_in(attempt))
    row = str(SyncEvent.objects.values().get())
    assert "q0-a" not in row  # «q0» alone may stand in any sealed text
    assert "answers" not in row
    assert str(attempt.pk) not in row


def test_an_attempt_taken_on_line_meanwhile_stays_as_it_is(phone: Phone, attempt: Attempt) -> None:
    right = {question["id"]: f"{question['id']}-a" for question in attempt.questions}
    submit_attempt(attempt=attempt, answers=right, at=timezone.now())
    assert phone.send(phone.hand_in(attempt, "b"), phone.hand_in(attempt)) == ["handed_in", "again"]
