"""Cards that are read at the door, and the session's code that is another one every minute."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.actions import Mark, mark_register, note_presence
from courses.attendance.codes import session_code, session_of_code
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.codes import attendance_code
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from tests.factories.courses import CohortFactory, enrolled, lay_out

pytestmark = pytest.mark.django_db
PAGE = "/curso/asistencia/codigo/"


@pytest.fixture(autouse=True)
def quiet_door() -> None:
    """Tries of the test before are forgotten."""
    cache.clear()


@pytest.fixture
def lucia(trainee: Any, running: Cohort) -> Enrolment:
    """The trainee, in the cohort that runs now."""
    return enrol(person=trainee.person, cohort=running, starts_on=running.starts_on)


@pytest.fixture
def phone(trainee: Any, lucia: Enrolment) -> Client:
    client = Client()
    client.force_login(trainee)
    return client


def test_a_code_is_another_one_every_minute_and_in_every_session(cohort: Cohort) -> None:
    first, second, third = cohort.sessions.order_by("number")
    at = first.starts_at
    codes = [session_code(first, at + timedelta(minutes=minute)) for minute in range(30)]
    assert len(set(codes)) >= 29
    assert {len(code) for code in codes} == {6}
    assert session_code(first, at) != session_code(second, at) != session_code(third, at)


@pytest.mark.parametrize(("minutes", "is_found"), [(-3, False), (-1, True), (0, True), (1, True), (3, False)])
def test_a_code_works_one_minute_longer(cohort: Cohort, minutes: int, is_found: bool) -> None:
    session = cohort.sessions.order_by("number")[0]
    at = session.starts_at + timedelta(hours=1)
    code = session_code(session, at + timedelta(minutes=minutes))
    assert (session_of_code(cohort.pk, code, at) == session) is is_found


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "' or 1=1", "1" * 10_000])
def test_what_is_no_code_finds_no_session(cohort: Cohort, text: str) -> None:
    session = cohort.sessions.order_by("number")[0]
    assert session_of_code(cohort.pk, text, session.starts_at) is None


@pytest.mark.parametrize(("minutes", "is_found"), [(-31, False), (-29, True), (209, True), (211, False)])
def test_a_code_works_half_an_hour_before_and_after(cohort: Cohort, minutes: int, is_found: bool) -> None:
    session = cohort.sessions.order_by("number")[0]
    at = session.starts_at + timedelta(minutes=minutes)
    assert (session_of_code(cohort.pk, session_code(session, at), at) == session) is is_found


def test_she_types_the_code_and_is_noted_present(
    phone: Client, trainee: Any, lucia: Enrolment, session_now: ClassSession
) -> None:
    code = session_code(session_now, timezone.now())
    assert f'value="{code}"' in phone.get(PAGE, {"c": code}).content.decode()
    assert not AttendanceRecord.objects.exists()  # looking changes nothing
    for _twice in range(2):
        assert phone.post(PAGE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 200
    record = AttendanceRecord.objects.get()
    assert (record.enrolment, record.status, record.by) == (lucia, "present", trainee)
    assert (record.how, record.device) == ("code", "qr")


def test_what_her_trainer_noted_stays(
    phone: Client, lucia: Enrolment, trainer: Any, session_now: ClassSession
) -> None:
    mark_register(session=session_now, marks={lucia.pk: Mark("absent")}, by=trainer, at=timezone.now())
    answer = phone.post(PAGE, {"code": session_code(session_now, timezone.now())})
    assert answer.context["record"].status == "absent"
    assert AttendanceRecord.objects.count() == 1


def test_a_code_of_another_cohort_or_a_wrong_one_notes_nothing(
    phone: Client, session_now: ClassSession
) -> None:
    day = timezone.localdate()
    elsewhere = CohortFactory(starts_on=day - timedelta(days=9), ends_on=day + timedelta(days=9))
    other = lay_out(elsewhere, 1, first=timezone.now())[0]
    for code in (session_code(other, timezone.now()), "", "x"):
        answer = phone.post(PAGE, {"code": code})
        assert answer.status_code == 422
        assert answer.context["problem"]
    assert not AttendanceRecord.objects.exists()


def test_guessing_ends_after_six_tries(phone: Client, session_now: ClassSession) -> None:
    right = session_code(session_now, timezone.now())
    wrong = "111111" if right != "111111" else "222222"
    answers = [phone.post(PAGE, {"code": wrong}).status_code for _try in range(14)]
    assert 429 in answers
    assert not AttendanceRecord.objects.exists()


def test_who_left_the_cohort_is_not_noted(
    phone: Client, lucia: Enrolment, trainer: Any, session_now: ClassSession
) -> None:
    withdraw(enrolment=lucia, on=timezone.localdate())
    assert phone.post(PAGE, {"code": session_code(session_now, timezone.now())}).status_code == 422
    assert not AttendanceRecord.objects.exists()


def test_staff_and_strangers_have_no_code_to_give(client: Client, trainer: Any) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(trainer)
    assert client.post(PAGE, {"code": "123456"}).status_code == 302


def test_a_locked_register_takes_no_card(trainer: Any, cohort: Cohort) -> None:
    session = cohort.sessions.order_by("number")[0]
    with pytest.raises(Refused):
        note_presence(
            session=session, enrolment=enrolled(cohort)[0], how="card", by=trainer, at=timezone.now()
        )


def test_the_code_page_shows_it_only_while_the_session_meets(
    client: Client, trainer: Any, session_now: ClassSession, cohort: Cohort
) -> None:
    client.force_login(trainer)
    page = client.get(reverse("register:code", args=[session_now.pk]))
    assert page.context["code"] in {
        session_code(session_now, timezone.now() - timedelta(minutes=minute)) for minute in (0, 1)
    }
    assert 1 <= int(page["Refresh"]) <= 61
    past = client.get(reverse("register:code", args=[cohort.sessions.order_by("number")[0].pk]))
    assert (past.context["code"], past.has_header("Refresh")) == ("", False)


def test_a_card_that_is_read_notes_her_once_and_overwrites_nothing(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    first, second = enrolled(session_now.cohort, 2)
    mark_register(session=session_now, marks={second.pk: Mark("absent")}, by=trainer, at=timezone.now())
    client.force_login(trainer)
    address = reverse("register:scan", args=[session_now.pk])
    told = [
        client.post(address, {"code": code}, headers={"accept": "application/json"}).json()
        for code in (attendance_code(first), attendance_code(first), attendance_code(second), "nobody", "")
    ]
    assert [(one["ok"], one["is_new"]) for one in told] == [
        (True, True),
        (True, False),
        (True, False),
        (False, False),
        (False, False),
    ]
    statuses = AttendanceRecord.objects.order_by("pk").values_list("enrolment", "status", "how")
    assert list(statuses) == [(second.pk, "absent", "register"), (first.pk, "present", "card")]
    assert client.post(address, {"code": attendance_code(first)}).status_code == 302  # without the script
    page = client.get(address)
    assert page.context["came"] == 1
    assert page["Permissions-Policy"].startswith("camera=(self)")


def test_who_was_not_read_can_be_noted_absent_at_once(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    came, *others = enrolled(session_now.cohort, 3)
    client.force_login(trainer)
    client.post(reverse("register:scan", args=[session_now.pk]), {"code": attendance_code(came)})
    address = reverse("register:mark", args=[session_now.pk])
    post = client.get(address).context["stamp"]
    page = client.post(address, {**post, "step": "others-absent"})
    assert {row.exception for row in page.context["page"] if row.key != came.pk} == {"absent"}
    assert AttendanceRecord.objects.count() == 1
    tapped = {f"status-{woman.pk}": "absent" for woman in others}
    client.post(address, {**post, **tapped, "step": "save"})
    assert AttendanceRecord.objects.filter(status="absent").count() == 2
