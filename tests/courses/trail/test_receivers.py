"""What somebody does in Wagtail's own forms stands in the trail too: once, without words, and no drafts."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, PageLogEntry, Site

from courses.cohorts.models import Cohort
from courses.pages.models import LessonPage
from courses.trail import actions, checking
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from courses.trail.receivers import DEEDS
from tests.courses.pages.writing import NOON, form, send
from tests.factories.courses import CourseFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def told(record: Any) -> list[tuple[str, str]]:
    """What was done to this record, and in which roles."""
    about = TrailEntry.objects.filter(kind=record._meta.label_lower, about=str(record.pk))
    return list(about.order_by("pk").values_list("what", "role"))


@pytest.fixture
def lesson(school: None) -> LessonPage:
    course: Any = CourseFactory()
    found: LessonPage = LessonPage.objects.descendant_of(course).order_by("path")[0]
    TrailEntry.objects.all()._raw_delete("default")
    return found


def test_who_changes_a_cohort_in_its_form_is_noted(client: Client, coordinator: Any, cohort: Cohort) -> None:
    client.force_login(coordinator)
    sent = {
        "name": cohort.name,
        "course": cohort.course_id,
        "place_code": "Casa de doña Elvira",
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "time_zone": "America/Mexico_City",
        "seats": 27,
        "issuer": OrganisationFactory().pk,
    }
    address = reverse("cohorts:edit", args=[cohort.pk])
    assert client.post(address, sent).status_code == 302
    assert told(cohort)[-1] == (Deed.RECORD_CHANGED, "coordinator")
    before = len(told(cohort))
    assert client.post(address, {**sent, "starts_on": date(2031, 1, 1).isoformat()}).status_code == 200
    assert len(told(cohort)) == before, "what was refused was not done"
    assert "Elvira" not in str(list(TrailEntry.objects.values()))


def test_a_page_is_noted_when_it_is_published_and_not_for_every_draft(
    client: Client, coordinator: Any, lesson: LessonPage
) -> None:
    client.force_login(coordinator)
    assert send(client, lesson, form(lesson, title="Borrador")).status_code == 302
    assert told(lesson) == []
    send(client, lesson, form(lesson, title="Lista"), "action-publish")
    assert told(lesson) == [(Deed.PUBLISHED, "coordinator")]
    assert client.post(reverse("wagtailadmin_pages:unpublish", args=[lesson.pk])).status_code == 302
    assert told(lesson)[-1] == (Deed.UNPUBLISHED, "coordinator")


def test_what_is_deleted_keeps_its_number(client: Client, administrator: Any, lesson: LessonPage) -> None:
    client.force_login(administrator)
    administrator.is_superuser = True
    administrator.save()
    group = Group.objects.create(name="De paso")
    assert client.post(reverse("wagtailusers_groups:delete", args=[group.pk])).status_code == 302
    assert told(group) == [(Deed.RECORD_DELETED, "superuser+administrator")]


def test_an_account_has_deeds_of_its_own(trainer: Any, coordinator: Any) -> None:
    log(instance=trainer, action="wagtail.edit", user=coordinator, content_changed=True)
    assert not TrailEntry.objects.filter(what=Deed.RECORD_CHANGED).exists()


def test_a_form_that_is_saved_as_it_was_changed_nothing(coordinator: Any, cohort: Cohort) -> None:
    log(instance=cohort, action="wagtail.edit", user=coordinator, content_changed=False)
    assert not TrailEntry.objects.filter(what=Deed.RECORD_CHANGED).exists()


def test_a_line_of_the_log_that_is_changed_later_is_not_a_deed(coordinator: Any, cohort: Cohort) -> None:
    kept = log(instance=cohort, action="wagtail.edit", user=coordinator, content_changed=True)
    kept.save()
    assert TrailEntry.objects.filter(what=Deed.RECORD_CHANGED).count() == 1


@pytest.mark.parametrize("action", sorted(DEEDS))
def test_each_action_of_wagtail_has_its_deed(action: str, coordinator: Any, school: None) -> None:
    site = Site.objects.get(is_default_site=True)
    for record, entry in ((site, ModelLogEntry), (site.root_page, PageLogEntry)):
        made = log(instance=record, action=action, user=coordinator, content_changed=True, timestamp=NOON)
        assert isinstance(made, entry)
    noted = TrailEntry.objects.filter(what=DEEDS[action], at=NOON)
    wanted = 1 if action in {"wagtail.edit", "wagtail.revert"} else 2  # of a page that is a draft
    assert [one.actor for one in noted] == [coordinator.key] * wanted


def test_they_stand_in_the_chain(coordinator: Any, cohort: Cohort) -> None:
    for _number in range(3):
        log(instance=cohort, action="wagtail.edit", user=coordinator, content_changed=True, timestamp=NOON)
    actions.chain()
    assert checking.check(NOON).size == TrailEntry.objects.count() >= 3
