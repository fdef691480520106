"""Ways round a right that somebody looked for and found, each closed."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cms.users import roles
from courses.cohorts import access
from courses.cohorts.models import Cohort
from courses.pages.models import LessonPage
from tests.factories.courses import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def observer(school: None) -> Any:
    """A donor: her desk shows totals."""
    return UserFactory(username="donante", role=roles.OBSERVER)


def give_role(client: Client, accounts: list[Any], group: Group) -> Any:
    """Wagtail's bulk action, as its form sends it."""
    address = reverse("wagtail_bulk_action", args=["users", "user", "assign_role"])
    asked = "&".join(f"id={account.pk}" for account in accounts)
    return client.post(f"{address}?{asked}", {"role": group.pk})


def test_nobody_gives_herself_a_role_by_giving_it_to_many(
    client: Client, administrator: Any, trainer: Any
) -> None:
    client.force_login(administrator)
    give_role(client, [administrator, trainer], Group.objects.get(name=roles.COORDINATOR))
    assert set(administrator.groups.values_list("name", flat=True)) == {roles.ADMINISTRATOR}
    assert roles.COORDINATOR in set(trainer.groups.values_list("name", flat=True))


def test_only_roles_of_the_school_are_given(client: Client, administrator: Any, trainer: Any) -> None:
    client.force_login(administrator)
    give_role(client, [trainer], Group.objects.create(name="otro"))
    assert set(trainer.groups.values_list("name", flat=True)) == {roles.TRAINER}


def test_who_observes_for_a_donor_reads_no_lesson(client: Client, cohort: Cohort, observer: Any) -> None:
    lesson = LessonPage.objects.descendant_of(cohort.course)[0]
    assert not access.can_open(observer, lesson.translation_key)
    client.force_login(observer)
    assert client.get(lesson.url).status_code == 302


@pytest.mark.parametrize("kind", ["images", "documents"])
def test_the_lists_of_files_for_programs_are_closed(client: Client, coordinator: Any, kind: str) -> None:
    client.force_login(coordinator)
    assert client.get(f"/admin/api/main/{kind}/").status_code == 404


def test_a_page_is_not_published_past_its_checks(client: Client, cohort: Cohort, coordinator: Any) -> None:
    lesson = LessonPage.objects.descendant_of(cohort.course)[0]
    client.force_login(coordinator)
    address = reverse("wagtailadmin_api:pages:action", args=[lesson.pk, "publish"])
    assert client.post(address).status_code == 404


@pytest.mark.parametrize(
    "place",
    [
        "bulk/courses/quiz/delete/?id=1",
        "bulk/wagtailcore/page/delete/?id=1",
        "documents/chooser/",
        "images/chooser/",
        "media/chooser/",
        "pages/workflow/confirm_cancellation/1/",
        "snippets/choose/courses/quiz/",
        "tag-autocomplete/",
    ],
)
def test_what_is_written_is_listed_for_its_writers_only(
    client: Client, trainer: Any, administrator: Any, observer: Any, place: str
) -> None:
    for account in (administrator, observer):
        client.force_login(account)
        assert client.get(f"/admin/{place}").status_code == 403
    client.force_login(trainer)
    assert client.get(f"/admin/{place}").status_code != 403


def test_what_everybody_did_in_every_cohort_is_read_by_who_sees_every_cohort(
    client: Client, trainer: Any, reviewer: Any, coordinator: Any
) -> None:
    for account, status in ((trainer, 403), (reviewer, 403), (coordinator, 200)):
        client.force_login(account)
        assert client.get("/admin/reports/site-history/").status_code == status


def test_nobody_lists_the_steps_of_a_review(client: Client, coordinator: Any, administrator: Any) -> None:
    for account in (coordinator, administrator):
        client.force_login(account)
        assert client.get("/admin/workflows/task_chooser/").status_code == 403


@pytest.mark.parametrize(
    "place", ["bulk/certificates/design/delete/", "snippets/choose/certificates/design/"]
)
def test_designs_are_listed_at_their_own_desk_only(client: Client, trainer: Any, place: str) -> None:
    client.force_login(trainer)
    assert client.get(f"/admin/{place}").status_code == 404
