"""Trainer → reviewer → published: who approved which words, until when, and who may not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import Workflow

from cms.users.roles import sync_roles
from courses.cohorts.models import Cohort
from courses.errors import Refused
from courses.pages.actions import approve_lesson, decide_overdue
from courses.pages.models import ContentVersion, LessonPage, LessonReview, State
from courses.pages.reviewing import a_year_after, text_digest
from courses.pages.workflow import LessonReviewTask
from courses.records import RecordIsFinal
from courses.school.actions import open_school
from tests.courses.pages.writing import NOON, approve, form, send, task_state
from tests.factories.courses import OPENED, CohortFactory, CourseFactory, UserFactory

pytestmark = pytest.mark.django_db
AGAIN = date(2027, 2, 2)


@pytest.fixture
def lesson(school: None) -> LessonPage:
    found: LessonPage = LessonPage.objects.descendant_of(CourseFactory()).order_by("path")[0]
    return found


@pytest.fixture
def submitted(client: Client, trainer: Any, lesson: LessonPage) -> LessonPage:
    """A trainer changed the lesson and submitted it."""
    client.force_login(trainer)
    data = form(lesson, [("key_message", "Otras palabras.")])
    assert send(client, lesson, data, "action-submit").status_code == 302
    return lesson


def again(lesson: LessonPage) -> LessonPage:
    found: LessonPage = LessonPage.objects.get(pk=lesson.pk)
    return found


def newest(lesson: LessonPage) -> ContentVersion:
    found: ContentVersion = ContentVersion.objects.filter(key=lesson.translation_key).latest("number")
    return found


def test_a_trainer_cannot_publish_but_submit(client: Client, trainer: Any, lesson: LessonPage) -> None:
    client.force_login(trainer)
    send(client, lesson, form(lesson, [("key_message", "Otras palabras.")]), "action-publish")
    assert newest(lesson).number == 1
    assert again(lesson).has_unpublished_changes  # it became a draft
    assert not lesson.permissions_for_user(trainer).can_publish()


def test_submitted_it_waits_for_a_reviewer_on_her_first_page(
    client: Client, submitted: LessonPage, reviewer: Any
) -> None:
    client.force_login(reviewer)
    assert submitted.title in client.get(reverse("wagtailadmin_home")).content.decode()
    assert client.get(reverse("wagtailadmin_pages:edit", args=[submitted.pk])).status_code == 200


def test_late_in_the_evening_it_was_reviewed_today(lesson: LessonPage, reviewer: Any) -> None:
    evening = NOON.replace(day=3, hour=4)  # in Mexico it is still the second
    approve_lesson(lesson=lesson, by=reviewer, at=evening, again_by=AGAIN)
    assert again(lesson).get_latest_revision().as_object().reviewed_on == date(2026, 2, 2)


def test_approved_it_is_live_and_says_by_whom_on_which_day_and_until_when(
    client: Client, submitted: LessonPage, reviewer: Any
) -> None:
    client.force_login(reviewer)
    approve(client, submitted, comment="De acuerdo con la norma")
    lesson = again(submitted)
    assert (lesson.reviewed_by, lesson.review_again_by) == ("revisora", date(2030, 1, 31))
    assert lesson.reviewed_on is not None
    assert lesson.is_reviewed
    assert not lesson.has_unpublished_changes
    assert newest(lesson).content["is_reviewed"] is True
    assert newest(lesson).content["review_again_by"] == "2030-01-31"
    decision = LessonReview.objects.get()
    assert (decision.by, decision.kind, decision.note) == (reviewer, "approved", "De acuerdo con la norma")
    assert decision.digest == lesson.text_digest()


def test_a_form_in_the_editor_approves_too_and_leads_back_to_her_desk(
    client: Client, submitted: LessonPage, reviewer: Any
) -> None:
    client.force_login(reviewer)
    data = form(again(submitted), [("key_message", "Otras palabras.")])
    extra = '{"comment": "", "review_again_by": "2031-05-01"}'
    data |= {"workflow-action-name": "approve", "workflow-action-extra-data": extra}
    for _twice in range(2):  # she pressed it two times
        answer = send(client, submitted, data, "action-workflow-action")
        assert answer["Location"] == reverse("wagtailadmin_home")
    assert again(submitted).review_again_by == date(2031, 5, 1)
    assert LessonReview.objects.count() == 1


def test_it_was_reviewed_on_the_day_that_her_clock_shows(lesson: LessonPage, reviewer: Any) -> None:
    approve_lesson(lesson=lesson, by=reviewer, at=NOON + timedelta(hours=10), again_by=AGAIN)  # 22:00 there
    again(lesson).get_latest_revision().publish()
    assert again(lesson).reviewed_on == NOON.date()


def test_the_window_over_the_editor_hands_the_day_back(
    client: Client, submitted: LessonPage, reviewer: Any
) -> None:
    client.force_login(reviewer)
    names = [submitted.pk, "approve", task_state(submitted).pk]
    address = reverse("wagtailadmin_pages:collect_workflow_action_data", args=names)
    assert 'name="review_again_by"' in client.get(address).json()["html"]
    answer = client.post(address, {"review_again_by": "2031-05-01", "comment": ""}).json()
    assert answer["cleaned_data"] == {"review_again_by": "2031-05-01", "comment": ""}


def test_a_day_that_is_over_is_not_taken(client: Client, submitted: LessonPage, reviewer: Any) -> None:
    client.force_login(reviewer)
    approve(client, submitted, review_again_by="2020-01-01")
    assert again(submitted).reviewed_by == ""
    assert task_state(submitted) is not None


def test_asking_for_changes_publishes_nothing_and_unlocks_it(
    client: Client, submitted: LessonPage, reviewer: Any, trainer: Any
) -> None:
    client.force_login(reviewer)
    state = task_state(submitted)
    client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[submitted.pk, "reject", state.pk]),
        {"comment": "Falta la fuente"},
    )
    assert newest(submitted).number == 1
    client.force_login(trainer)
    assert (
        "Falta la fuente"
        in client.get(reverse("wagtailadmin_pages:edit", args=[submitted.pk])).content.decode()
    )


def test_the_author_cannot_approve_her_own_lesson(client: Client, lesson: LessonPage) -> None:
    both = UserFactory(username="formadora-revisora", role="trainer")
    both.groups.add(LessonReviewTask.objects.get().groups.get())
    client.force_login(both)
    send(client, lesson, form(lesson, [("key_message", "Otras palabras.")]), "action-submit")
    assert approve(client, lesson).status_code in {302, 403}
    assert again(lesson).reviewed_by == ""
    assert not LessonReview.objects.exists()
    with pytest.raises(PermissionDenied):
        approve_lesson(lesson=again(lesson), by=both, at=NOON, again_by=AGAIN)


def test_the_owner_cannot_and_who_edits_while_reviewing_becomes_an_author(
    client: Client, submitted: LessonPage, reviewer: Any
) -> None:
    client.force_login(reviewer)
    send(client, submitted, form(again(submitted), [("key_message", "Mis palabras.")]))
    approve(client, submitted)
    assert again(submitted).reviewed_by == ""
    LessonPage.objects.filter(pk=submitted.pk).update(owner=reviewer)
    with pytest.raises(PermissionDenied):
        approve_lesson(lesson=again(submitted), by=reviewer, at=NOON, again_by=AGAIN)


def test_an_approval_late_in_the_evening_is_of_that_evening(lesson: LessonPage, reviewer: Any) -> None:
    evening = datetime(2030, 1, 2, 3, 30, tzinfo=UTC)  # half past nine of the first, in Mexico
    approve_lesson(lesson=lesson, by=reviewer, at=evening, again_by=date(2030, 1, 2))
    assert again(lesson).get_latest_revision().content["reviewed_on"] == "2030-01-01"


def test_the_reviewer_sees_what_the_draft_changes_and_who_does_not_review_it_does_not(
    client: Client, submitted: LessonPage, reviewer: Any, officer: Any
) -> None:
    address = reverse("reviews:changes", args=[submitted.pk])
    client.force_login(reviewer)
    assert "Otras palabras." in client.get(address).content.decode()
    approve(client, submitted)
    assert client.get(address).status_code == 302  # it is no longer hers
    client.force_login(officer)
    assert client.get(address).status_code == 302


def test_who_cannot_open_a_lesson_is_led_to_what_is_published(
    client: Client, lesson: LessonPage, reviewer: Any, trainer: Any
) -> None:
    address, edit = reverse("reviews:lesson", args=[lesson.pk]), f"/admin/pages/{lesson.pk}/edit/"
    for user, opens in ((reviewer, False), (trainer, True)):
        client.force_login(user)
        page = client.get(address).content.decode()
        assert (edit in page, lesson.url in page) == (opens, True)
    assert client.get(lesson.url).status_code == 200


@pytest.mark.parametrize("role", ["trainer", "coordinator", "administrator", "officer", "stranger"])
def test_nobody_else_approves(request: pytest.FixtureRequest, lesson: LessonPage, role: str) -> None:
    with pytest.raises(PermissionDenied):
        approve_lesson(lesson=lesson, by=request.getfixturevalue(role), at=NOON, again_by=AGAIN)


def test_other_words_are_unreviewed_again_and_minutes_are_not_words(
    lesson: LessonPage, reviewer: Any
) -> None:
    approve_lesson(lesson=lesson, by=reviewer, at=NOON, again_by=AGAIN)
    again(lesson).get_latest_revision().publish()
    lesson = again(lesson)
    assert lesson.is_reviewed
    lesson.credited_minutes = 90
    lesson.save_revision().publish()
    assert newest(lesson).content["is_reviewed"] is True
    lesson = again(lesson)
    lesson.body = [("key_message", "Lo contrario.")]
    lesson.save_revision().publish()
    assert newest(lesson).content["is_reviewed"] is False
    assert again(lesson).reviewed_digest == ""
    assert again(lesson).reviewed_by == "revisora"  # kept: who answered for the words before


def test_ids_of_blocks_are_no_words() -> None:
    def said(number: int) -> str:
        inner = {"type": "item", "id": f"{number}", "value": 2}
        block = {"type": "steps", "id": f"x{number}", "value": {"id": 1, "list": [inner]}}
        return text_digest(title="a", objectives=[], body=[block], sources=[], language="es")

    assert said(1) == said(2)


def test_what_checks_stop_cannot_be_approved(lesson: LessonPage, reviewer: Any) -> None:
    lesson.slug = "sobre-vih"
    lesson.save_revision()
    with pytest.raises(Refused):
        approve_lesson(lesson=lesson, by=reviewer, at=NOON, again_by=AGAIN)


def test_decisions_are_written_once(lesson: LessonPage, reviewer: Any) -> None:
    made = decide_overdue(lesson=lesson, kind="hide", until=None, note="Cambió la ley", by=reviewer, at=NOON)
    with pytest.raises(RecordIsFinal):
        made.save()
    with pytest.raises(RecordIsFinal):
        LessonReview.objects.all().delete()


@pytest.mark.parametrize(("until", "note"), [(None, "x"), (NOON.date(), "x"), (AGAIN, " ")])
def test_keeping_needs_a_day_and_a_reason(lesson: LessonPage, reviewer: Any, until: Any, note: str) -> None:
    with pytest.raises(Refused):
        decide_overdue(lesson=lesson, kind="keep", until=until, note=note, by=reviewer, at=NOON)


def state(lesson: LessonPage, day: date) -> str:
    return str(LessonPage.objects.with_state(day).get(pk=lesson.pk).state)


def test_a_lesson_goes_from_unreviewed_to_overdue_and_back(lesson: LessonPage, reviewer: Any) -> None:
    today = NOON.date()
    assert state(lesson, today) == State.UNREVIEWED
    approve_lesson(lesson=lesson, by=reviewer, at=NOON, again_by=AGAIN)
    again(lesson).get_latest_revision().publish()
    assert state(lesson, today) == State.CURRENT
    assert state(lesson, AGAIN - timedelta(days=30)) == State.DUE
    assert state(lesson, AGAIN) == State.DUE
    late = AGAIN + timedelta(days=1)
    assert state(lesson, late) == State.OVERDUE
    moment = NOON.replace(year=2027, month=2, day=3)
    decide_overdue(
        lesson=lesson, kind="keep", until=late + timedelta(days=9), note="En revisión", by=reviewer, at=moment
    )
    assert state(lesson, late) == State.KEPT
    assert state(lesson, late + timedelta(days=10)) == State.OVERDUE
    decide_overdue(lesson=lesson, kind="hide", until=None, note="Cambió la ley", by=reviewer, at=moment)
    assert state(lesson, late) == State.HIDDEN
    approve_lesson(lesson=again(lesson), by=reviewer, at=moment, again_by=date(2028, 2, 3))
    again(lesson).get_latest_revision().publish()
    assert state(lesson, late) == State.CURRENT


def test_a_year_after_a_leap_day_there_is_a_day() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert a_year_after(date(2026, 11, 21)) == date(2027, 11, 21)


def test_the_workflow_is_made_once_and_wagtails_own_is_gone(school: None) -> None:
    before = list(Workflow.objects.values_list("pk", "active"))
    sync_roles()
    assert list(Workflow.objects.values_list("pk", "active")) == before
    assert Workflow.objects.filter(active=True).count() == 1


def test_production_opens_no_cohort_on_words_that_nobody_approved(
    settings: Any, reviewer: Any, lesson: LessonPage
) -> None:
    settings.REVIEWED_LESSONS_ONLY = True
    cohort: Cohort = CohortFactory(course=lesson.get_parent().get_parent().specific, opened=False)
    with pytest.raises(Refused, match=r"m1-l1.*m1-l2"):
        open_school(cohort=cohort, at=OPENED)
    for one in LessonPage.objects.all():
        approve_lesson(lesson=one, by=reviewer, at=NOON, again_by=AGAIN)
        again(one).get_latest_revision().publish()
    assert open_school(cohort=cohort, at=OPENED).opened_at == OPENED
