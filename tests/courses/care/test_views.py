"""The trainee's side: her three figures, telling in advance, what she makes up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.actions import Mark, mark_register
from courses.attendance.excuses import ask_excuse, decide_excuse
from courses.attendance.models import ClassSession, Excuse
from courses.care.make_ups import assign_make_up
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.tallies.models import ReasonTally
from tests.courses.care.conftest import classes
from tests.factories.courses import CohortFactory, enrolled, lay_out

pytestmark = pytest.mark.django_db
NOTICE = reverse("courses:my_notice")
ATTENDANCE = reverse("courses:my_attendance")


@pytest.fixture
def her(trainee: Any, running: Cohort, client: Client) -> Enrolment:
    client.force_login(trainee)
    return enrol(person=trainee.person, cohort=running, starts_on=running.starts_on)


def test_she_sees_three_figures(client: Client, her: Enrolment, trainer: Any) -> None:
    sessions = classes(her.cohort)
    for session, status in zip(sessions, ["present", "absent", "late"], strict=False):
        mark_register(session=session, marks={her.pk: Mark(status)}, by=trainer, at=session.ends_at)
    page = client.get(ATTENDANCE, headers={"accept-language": "en"})
    found = page.context["figures"]
    assert (found.attended, found.held, found.planned, found.best) == (2, 3, 10, 10)
    assert found.unmarked == 3


def test_she_tells_in_advance_and_reads_the_answer(client: Client, her: Enrolment, coordinator: Any) -> None:
    session = classes(her.cohort)[-1]
    answer = client.post(NOTICE, {"session": session.pk, "reason": "care"})
    assert answer["Location"] == ATTENDANCE
    excuse = Excuse.objects.get()
    assert (excuse.enrolment_id, excuse.session_id, excuse.is_approved) == (her.pk, session.pk, None)
    assert ReasonTally.objects.get().reason == "care"
    assert list(client.get(ATTENDANCE).context["notices"]) == [excuse]
    decide_excuse(excuse=excuse, is_approved=True, by=coordinator, at=timezone.now())
    assert client.get(ATTENDANCE).context["notices"][0].is_approved


def test_who_asked_is_never_taken_from_the_form(client: Client, her: Enrolment, coordinator: Any) -> None:
    other = enrolled(her.cohort)[0]
    session = classes(her.cohort)[-1]
    client.post(
        NOTICE,
        {
            "session": session.pk,
            "reason": "time",
            "enrolment": str(other.pk),
            "asked_by": coordinator.pk,
            "is_approved": "true",
        },
    )
    excuse = Excuse.objects.get()
    assert (excuse.enrolment_id, excuse.asked_by_id, excuse.is_approved) == (
        her.pk,
        her.person.account_id,
        None,
    )


@pytest.mark.parametrize(
    "sent", [{}, {"session": "999999", "reason": "time"}, {"session": "x" * 5000, "reason": ""}]
)
def test_a_bad_notice_is_explained_and_saves_nothing(
    client: Client, her: Enrolment, sent: dict[str, str]
) -> None:
    answer = client.post(NOTICE, sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Excuse.objects.exists()
    assert not ReasonTally.objects.exists()


def test_a_session_of_another_cohort_or_behind_her_cannot_be_chosen(client: Client, her: Enrolment) -> None:
    now = timezone.now()
    other = CohortFactory(starts_on=her.cohort.starts_on, ends_on=her.cohort.ends_on)
    foreign = lay_out(other, 1, first=now + timedelta(days=2))[0]
    for session in (foreign, classes(her.cohort)[0]):
        client.post(NOTICE, {"session": session.pk, "reason": "time"})
    assert not Excuse.objects.exists()


def test_looking_saves_nothing_and_a_second_notice_is_not_offered(client: Client, her: Enrolment) -> None:
    session = classes(her.cohort)[-1]
    client.get(f"{NOTICE}?session={session.pk}&reason=time")
    assert not Excuse.objects.exists()
    for _ in range(2):
        client.post(NOTICE, {"session": session.pk, "reason": "time"})
    assert Excuse.objects.count() == 1


def test_what_she_makes_up_stands_on_her_page_until_it_is_done(
    client: Client, her: Enrolment, trainer: Any
) -> None:
    session = classes(her.cohort)[0]
    mark_register(session=session, marks={her.pk: Mark("absent")}, by=trainer, at=session.ends_at)
    now = timezone.now()
    day = her.cohort.today(now) + timedelta(days=3)
    make_up = assign_make_up(enrolment=her, session=session, task="lesson", due_on=day, by=trainer, at=now)
    assert list(client.get(ATTENDANCE).context["make_ups"]) == [make_up]


@pytest.mark.parametrize(
    ("minutes", "is_led"), [(-31, False), (-29, True), (60, True), (209, True), (211, False)]
)
def test_she_is_led_to_say_that_she_is_here_while_her_session_meets(
    client: Client, her: Enrolment, minutes: int, is_led: bool
) -> None:
    session = classes(her.cohort)[-1]  # three hours
    starts_at = timezone.now() - timedelta(minutes=minutes)
    ClassSession.objects.filter(pk=session.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)
    )
    leads = f'href="{reverse("courses:attendance_code")}"' in client.get(ATTENDANCE).content.decode()
    assert leads is is_led


def test_who_is_noted_already_or_has_left_is_not_asked_whether_she_is_here(
    client: Client, her: Enrolment, trainer: Any
) -> None:
    session = classes(her.cohort)[-1]
    now = timezone.now()
    ClassSession.objects.filter(pk=session.pk).update(starts_at=now, ends_at=now + timedelta(hours=3))
    session.refresh_from_db()
    assert client.get(ATTENDANCE).context["meeting"] == session
    mark_register(session=session, marks={her.pk: Mark("late")}, by=trainer, at=timezone.now())
    assert client.get(ATTENDANCE).context["meeting"] is None
    withdraw(enrolment=her, on=her.cohort.today())
    assert client.get(ATTENDANCE).context["meeting"] is None


def test_another_womans_notices_are_not_hers(client: Client, her: Enrolment, trainer: Any) -> None:
    other = enrolled(her.cohort)[0]
    ask_excuse(enrolment=other, session=classes(her.cohort)[-1], reason="time", by=trainer, at=timezone.now())
    assert not client.get(ATTENDANCE).context["notices"]


def test_who_has_left_reads_her_attendance_and_asks_nothing(client: Client, her: Enrolment) -> None:
    withdraw(enrolment=her, on=her.cohort.today())
    assert client.get(ATTENDANCE).status_code == 200
    answer = client.post(NOTICE, {"session": classes(her.cohort)[-1].pk, "reason": "time"})
    assert answer.status_code == 302
    assert not Excuse.objects.exists()
