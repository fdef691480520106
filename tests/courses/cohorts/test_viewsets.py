"""Cohorts in the admin: who sees them, bad dates, full cohorts, joining and leaving."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from courses.cohorts.models import Cohort, Enrolment
from tests.factories.courses import (
    FIRST_DAY,
    LAST_DAY,
    CohortFactory,
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db


def said(response: Any) -> str:
    """What the screen told."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def form(**changes: Any) -> dict[str, Any]:
    """A cohort as the form sends it."""
    return {
        "name": "Generación nueva",
        "course": CourseFactory().pk,
        "place_code": "Sede 02",
        "starts_on": FIRST_DAY.isoformat(),
        "ends_on": LAST_DAY.isoformat(),
        "time_zone": "America/Mexico_City",
        "seats": 28,
        "issuer": OrganisationFactory().pk,
        **changes,
    }


def test_a_stranger_finds_no_cohorts(client: Client, stranger: Any, cohort: Cohort) -> None:
    client.force_login(stranger)
    assert client.get(reverse("school:cohort", args=[cohort.pk])).status_code == 302
    client.logout()
    assert client.get(reverse("school:cohort", args=[cohort.pk])).status_code == 302


@pytest.mark.parametrize("page", ["school:cohort", "school:people", "school:rules", "practicals:index"])
def test_a_trainer_sees_her_own_cohort_and_no_other(
    client: Client, trainer: Any, other_trainer: Any, cohort: Cohort, page: str
) -> None:
    client.force_login(trainer)
    assert client.get(reverse(page, args=[cohort.pk])).status_code == 200
    client.force_login(other_trainer)
    assert client.get(reverse(page, args=[cohort.pk])).status_code == 404


def test_the_list_shows_a_trainer_her_own_cohorts(client: Client, trainer: Any, cohort: Cohort) -> None:
    other = CohortFactory()
    client.force_login(trainer)
    page = client.get(reverse("cohorts:index")).content.decode()
    assert cohort.name in page
    assert other.name not in page


def test_a_coordinator_makes_a_cohort(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    response = client.post(reverse("cohorts:add"), form())
    made = Cohort.objects.get(name="Generación nueva")
    assert response["Location"] == reverse("school:cohort", args=[made.pk])


def test_the_last_day_before_the_first_is_refused_in_words(client: Client, coordinator: Any) -> None:
    client.force_login(coordinator)
    response = client.post(reverse("cohorts:add"), form(ends_on=(FIRST_DAY - timedelta(days=1)).isoformat()))
    assert "El último día es anterior al primero." in response.content.decode()
    assert not Cohort.objects.exists()


def test_an_administrator_does_not_change_cohorts(client: Client, administrator: Any, cohort: Cohort) -> None:
    client.force_login(administrator)
    assert client.get(reverse("school:cohort", args=[cohort.pk])).status_code == 200
    assert client.post(reverse("cohorts:edit", args=[cohort.pk]), form()).status_code == 302
    assert client.post(reverse("school:open", args=[cohort.pk])).status_code == 302
    cohort.refresh_from_db()
    assert cohort.place_code == "Sede 01"


def test_the_course_of_an_open_cohort_stays(client: Client, coordinator: Any, cohort: Cohort) -> None:
    client.force_login(coordinator)
    before = cohort.course_id
    client.post(reverse("cohorts:edit", args=[cohort.pk]), form(name=cohort.name))
    cohort.refresh_from_db()
    assert (cohort.course_id, cohort.place_code) == (before, "Sede 02")


def test_a_cohort_opens_by_post_only(client: Client, coordinator: Any) -> None:
    cohort = CohortFactory(opened=False)
    client.force_login(coordinator)
    url = reverse("school:open", args=[cohort.pk])
    assert client.get(url).status_code == 200
    cohort.refresh_from_db()
    assert cohort.opened_at is None
    client.post(url)
    cohort.refresh_from_db()
    assert cohort.opened_at is not None


def test_a_full_cohort_says_so_and_enrols_nobody(client: Client, coordinator: Any) -> None:
    cohort = CohortFactory(seats=1)
    enrolled(cohort)
    client.force_login(coordinator)
    response = client.post(
        reverse("cohorts:enrol", args=[cohort.pk]),
        {"person": str(PersonFactory().pk), "starts_on": FIRST_DAY.isoformat()},
    )
    assert response.status_code == 200
    with override("es"):
        assert "1" in said(response)
    assert Enrolment.objects.count() == 1


def test_a_woman_joins_and_leaves(client: Client, coordinator: Any, cohort: Cohort) -> None:
    client.force_login(coordinator)
    person = PersonFactory()
    data = {"person": str(person.pk), "starts_on": FIRST_DAY.isoformat()}
    client.post(reverse("cohorts:enrol", args=[cohort.pk]), data)
    woman = Enrolment.objects.get(person=person)
    client.post(reverse("cohorts:withdraw", args=[cohort.pk, woman.pk]), {"on": LAST_DAY.isoformat()})
    woman.refresh_from_db()
    assert woman.status == Enrolment.Status.WITHDRAWN


def test_a_trainer_notes_the_ethics_commitment(client: Client, trainer: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    client.force_login(trainer)
    url = reverse("cohorts:ethics", args=[cohort.pk, woman.pk])
    assert client.get(url).status_code == 200
    client.post(url)
    woman.refresh_from_db()
    assert woman.ethics_accepted_at is not None


def test_the_list_of_cohorts_holds_its_queries(
    client: Client, coordinator: Any, queries_of: Callable[[str], int]
) -> None:
    course = CourseFactory()
    CohortFactory.create_batch(2, course=course, opened=False)
    client.force_login(coordinator)
    url = reverse("cohorts:index")
    few = queries_of(url)
    CohortFactory.create_batch(18, course=course, opened=False)
    assert queries_of(url) <= few


def test_who_may_not_mark_reads_that_a_register_waits(
    client: Client, administrator: Any, trainer: Any, cohort: Cohort
) -> None:
    enrolled(cohort, 1)
    Cohort.objects.update(ends_on=timezone.localdate() + timedelta(days=30))  # it is still running
    for user, opens in ((trainer, True), (administrator, False)):
        client.force_login(user)
        page = client.get(reverse("wagtailadmin_home")).content.decode()
        assert "Lista por pasar" in page
        assert "Todas las listas están pasadas" not in page
        assert ("Pasar lista" in page) is opens
