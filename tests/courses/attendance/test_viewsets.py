"""The register: 28 women in one post, all or nothing, and nobody else's cohort."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db


def first_session(cohort: Cohort) -> ClassSession:
    return ClassSession.objects.filter(cohort=cohort)[0]


def test_a_trainer_marks_28_women_in_one_post(client: Client, trainer: Any, cohort: Cohort) -> None:
    women = enrolled(cohort, 28)
    client.force_login(trainer)
    marks: dict[str, Any] = {f"status-{woman.pk}": "present" for woman in women}
    marks[f"status-{women[0].pk}"], marks[f"late-{women[0].pk}"] = "late", "15"
    response = client.post(reverse("register:mark", args=[first_session(cohort).pk]), marks)
    assert response.status_code == 302
    assert AttendanceRecord.objects.count() == 28
    assert AttendanceRecord.objects.get(enrolment=women[0]).minutes == 165
    assert "28" in said(response)


def test_looking_at_the_register_changes_nothing(client: Client, trainer: Any, cohort: Cohort) -> None:
    enrolled(cohort, 2)
    client.force_login(trainer)
    for page in ("register:mark", "register:sheet", "register:cancel"):
        assert client.get(reverse(page, args=[first_session(cohort).pk])).status_code == 200
    assert not AttendanceRecord.objects.exists()
    assert not first_session(cohort).is_cancelled


def test_a_correction_keeps_what_was_noted_before(client: Client, trainer: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    client.force_login(trainer)
    url = reverse("register:mark", args=[first_session(cohort).pk])
    client.post(url, {f"status-{woman.pk}": "absent"})
    client.post(url, {f"status-{woman.pk}": "excused"})
    assert AttendanceRecord.objects.count() == 2
    assert AttendanceRecord.objects.current().get().status == "excused"
    assert "pm-history" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("key", "status", "late"),
    [
        (str(uuid.uuid4()), "present", ""),
        ("her", "flying", ""),
        ("her", "late", "-5"),
        ("her", "late", "many"),
    ],
    ids=["a person who is not enrolled", "a mark that does not exist", "negative minutes", "no number"],
)
def test_one_bad_mark_and_nothing_is_saved(
    client: Client, trainer: Any, cohort: Cohort, key: str, status: str, late: str
) -> None:
    good, bad = enrolled(cohort, 2)
    key = str(bad.pk) if key == "her" else key
    client.force_login(trainer)
    marks = {f"status-{good.pk}": "present", f"status-{key}": status, f"late-{key}": late}
    response = client.post(reverse("register:mark", args=[first_session(cohort).pk]), marks)
    assert response.status_code == 200
    assert said(response)
    assert not AttendanceRecord.objects.exists()


def test_what_was_posted_is_shown_again_after_a_refusal(client: Client, trainer: Any, cohort: Cohort) -> None:
    good, bad = enrolled(cohort, 2)
    client.force_login(trainer)
    marks = {f"status-{good.pk}": "made_up", f"status-{bad.pk}": "late", f"late-{bad.pk}": "x"}
    page = client.post(reverse("register:mark", args=[first_session(cohort).pk]), marks).content.decode()
    assert f'name="status-{good.pk}" value="made_up" checked' in page


@pytest.mark.parametrize("page", ["register:mark", "register:sheet", "register:cancel"])
def test_another_trainer_finds_no_register(
    client: Client, other_trainer: Any, cohort: Cohort, page: str
) -> None:
    client.force_login(other_trainer)
    url = reverse(page, args=[first_session(cohort).pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {}).status_code == 404


def test_an_officer_finds_no_register(client: Client, officer: Any, cohort: Cohort) -> None:
    client.force_login(officer)
    answer = client.get(reverse("register:mark", args=[first_session(cohort).pk]))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/entrar/equipo/")


def test_a_session_with_marks_is_not_cancelled(client: Client, trainer: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    marked, free = ClassSession.objects.filter(cohort=cohort)[:2]
    client.force_login(trainer)
    client.post(reverse("register:mark", args=[marked.pk]), {f"status-{woman.pk}": "present"})
    client.post(reverse("register:cancel", args=[marked.pk]))
    client.post(reverse("register:cancel", args=[free.pk]))
    marked.refresh_from_db()
    free.refresh_from_db()
    assert (marked.is_cancelled, free.is_cancelled) == (False, True)


def test_the_register_holds_its_queries(
    client: Client, trainer: Any, queries_of: Callable[[str], int]
) -> None:
    cohort = CohortFactory(trainers=[trainer], sessions=1)
    enrolled(cohort, 2)
    client.force_login(trainer)
    url = reverse("register:mark", args=[first_session(cohort).pk])
    few = queries_of(url)
    women = enrolled(cohort, 18)
    client.post(url, {f"status-{woman.pk}": "present" for woman in women})
    assert queries_of(url) <= few
