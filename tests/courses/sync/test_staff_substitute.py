"""Who gives one session in the place of somebody else: it is hers, and nothing else of the cohort."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort, Enrolment
from courses.school.changes import substitute
from courses.sync.models import SyncEvent
from tests.courses.sync.staff_phone import StaffPhone
from tests.courses.sync.test_staff_package import fetch
from tests.factories.courses import CohortFactory, enrolled, lay_out, pin

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(trainer: Any) -> Cohort:
    """A cohort of `trainer` that runs now."""
    today = timezone.localdate()
    return CohortFactory(
        trainers=[trainer], starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=30)
    )


@pytest.fixture
def women(running: Cohort) -> list[Enrolment]:
    return enrolled(running, 3)


def lent(cohort: Cohort, modality: str, to: Any, by: Any) -> tuple[ClassSession, ClassSession]:
    """A session that somebody gives as a substitute, and another one of the same day that she does not."""
    first = timezone.now() - timedelta(days=1)
    hers, other = lay_out(cohort, 2, modality=modality, first=first)
    ClassSession.objects.filter(pk=other.pk).update(starts_at=hers.starts_at, ends_at=hers.ends_at)
    substitute(session=hers, trainer=to, by=by, at=timezone.now())
    return hers, other


@pytest.mark.parametrize("modality", ["class", "outing"])
def test_she_takes_along_her_session_and_its_names_only(
    running: Cohort, women: list[Enrolment], other_trainer: Any, coordinator: Any, modality: str
) -> None:
    pin(running, "rubric")
    hers, _other = lent(running, modality, other_trainer, coordinator)
    [packed] = fetch(other_trainer)["cohorts"]
    assert [one["id"] for one in packed["sessions"]] == [hers.pk]
    assert {one["id"] for one in packed["women"]} == {str(woman.pk) for woman in women}
    assert (packed["rubrics"], packed["trainers"]) == ([], [])
    substitute(session=hers, trainer=None, by=coordinator, at=timezone.now())
    assert fetch(other_trainer)["cohorts"] == []


def test_her_own_cohort_comes_whole_beside_it(
    running: Cohort, women: list[Enrolment], other_trainer: Any, coordinator: Any
) -> None:
    own = CohortFactory(trainers=[other_trainer], starts_on=running.starts_on, ends_on=running.ends_on)
    rubric = pin(own, "rubric")
    sessions = lay_out(own, 2, first=timezone.now() - timedelta(days=1))
    hers, _other = lent(running, "class", other_trainer, coordinator)
    packed = {one["id"]: one for one in fetch(other_trainer)["cohorts"]}
    assert {one["id"] for one in packed[own.pk]["sessions"]} == {session.pk for session in sessions}
    assert [one["key"] for one in packed[own.pk]["rubrics"]] == [str(rubric.key)]
    assert [one["id"] for one in packed[running.pk]["sessions"]] == [hers.pk]


def test_her_marks_of_that_session_count_and_of_no_other(
    running: Cohort, women: list[Enrolment], other_trainer: Any, coordinator: Any
) -> None:
    hers, other = lent(running, "class", other_trainer, coordinator)
    _outing, elsewhere = lent(running, "outing", other_trainer, coordinator)
    phone = StaffPhone(other_trainer)
    assert phone.send(
        phone.register(hers, dict.fromkeys(women, "present")),
        phone.register(other, dict.fromkeys(women, "present")),
        phone.outing(elsewhere, women[0]),
        phone.observation(women[0], pin(running, "rubric")),
    ) == ["applied", "not_yours", "not_yours", "not_yours"]
    records = AttendanceRecord.objects.all()
    assert {(one.session, one.by) for one in records} == {(hers, other_trainer)}
    assert SyncEvent.objects.waiting().count() == 3
    substitute(session=hers, trainer=None, by=coordinator, at=timezone.now())
    assert phone.send(phone.register(hers, {women[0]: "absent"})) == ["not_yours"]


@pytest.fixture
def desk(other_trainer: Any) -> Client:
    client = Client()
    client.force_login(other_trainer)
    return client


@pytest.mark.parametrize("modality", ["class", "outing"])
def test_every_way_that_her_pages_show_opens(
    running: Cohort, women: list[Enrolment], other_trainer: Any, coordinator: Any, desk: Client, modality: str
) -> None:
    hers, _other = lent(running, modality, other_trainer, coordinator)
    phone = StaffPhone(other_trainer)
    assert phone.send(phone.register(hers, dict.fromkeys(women, "present"))) == ["applied"]
    pages = [reverse(f"register:{name}", args=[hers.pk]) for name in ("mark", "history", "sheet", "scan")]
    if modality == "outing":
        pages.append(reverse("outings:note", args=[running.pk, hers.pk]))
    ways: set[str] = set()
    for page in [reverse("wagtailadmin_home"), *pages]:
        answer = desk.get(page)
        assert answer.status_code == 200, page
        ways |= set(re.findall(r'href="(/admin/[^"?#]*)', answer.content.decode()))
    assert set(pages) <= ways
    closed = [way for way in sorted(ways) if desk.get(way, follow=True).status_code != 200]
    assert closed == []


def test_the_cohort_its_women_and_its_other_sessions_stay_closed(
    running: Cohort, women: list[Enrolment], other_trainer: Any, coordinator: Any, desk: Client
) -> None:
    hers, other = lent(running, "class", other_trainer, coordinator)
    outing, elsewhere = lent(running, "outing", other_trainer, coordinator)
    closed = [
        reverse("school:cohort", args=[running.pk]),
        reverse("school:cancel_session", args=[running.pk, hers.pk]),
        reverse("school:session", args=[running.pk, hers.pk]),
        reverse("register:woman", args=[running.pk, women[0].pk]),
        reverse("register:mark", args=[other.pk]),
        reverse("register:history", args=[other.pk]),
        reverse("outings:index", args=[running.pk]),
        reverse("outings:note", args=[running.pk, elsewhere.pk]),
        reverse("outings:note", args=[running.pk + 1, outing.pk]),
        reverse("practicals:index", args=[running.pk]),
    ]
    assert {page: desk.get(page).status_code for page in closed} == dict.fromkeys(closed, 404)
    assert desk.post(reverse("register:mark", args=[other.pk]), {"step": "save"}).status_code == 404
