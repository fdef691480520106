"""Pictures, documents and recordings: a trainer uses everybody's, and changes and deletes her own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission

from cms.users.roles import TRAINER, sync_roles
from tests.factories.lessons import document, image, sound

pytestmark = pytest.mark.django_db
KINDS = ["image", "document", "media"]
MAKE: dict[str, Callable[[], Any]] = {"image": image, "document": document, "media": sound}
DELETE = {
    "image": "wagtailimages:delete",
    "document": "wagtaildocs:delete",
    "media": "wagtailmedia:delete",
}
EDIT = {"image": "wagtailimages:edit", "document": "wagtaildocs:edit", "media": "wagtailmedia:edit"}
CHOSEN = {
    "image": "wagtailimages_chooser:chosen",
    "document": "wagtaildocs_chooser:chosen",
    "media": "wagtailmedia:media_chosen",
}
BULK = {"image": ["wagtailimages", "image"], "document": ["wagtaildocs", "document"]}


def hers(kind: str, owner: Any) -> Any:
    """A file of the library that she uploaded."""
    made = MAKE[kind]()
    type(made).objects.filter(pk=made.pk).update(uploaded_by_user=owner)
    made.refresh_from_db()
    return made


def is_there(one: Any) -> bool:
    return bool(type(one).objects.filter(pk=one.pk).exists())


@pytest.fixture
def colleague(client: Client, other_trainer: Any) -> Client:
    """Another trainer's browser."""
    client.force_login(other_trainer)
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_a_trainer_deletes_her_own_and_nobody_elses(
    colleague: Client, trainer: Any, other_trainer: Any, kind: str
) -> None:
    theirs, own = hers(kind, trainer), hers(kind, other_trainer)
    for one in (theirs, own):
        colleague.post(reverse(DELETE[kind], args=[one.pk]))
    assert is_there(theirs)
    assert not is_there(own)


@pytest.mark.parametrize("kind", BULK)
def test_nor_by_deleting_many_at_once(colleague: Client, trainer: Any, other_trainer: Any, kind: str) -> None:
    theirs, own = hers(kind, trainer), hers(kind, other_trainer)
    address = reverse("wagtail_bulk_action", args=[*BULK[kind], "delete"])
    colleague.post(f"{address}?id={theirs.pk}&id={own.pk}")
    assert is_there(theirs)
    assert not is_there(own)


@pytest.mark.parametrize("kind", KINDS)
def test_she_does_not_put_another_file_in_the_place_of_anothers(
    colleague: Client, trainer: Any, kind: str
) -> None:
    one = hers(kind, trainer)
    before = (one.title, one.file.name)
    answer = colleague.post(reverse(EDIT[kind], args=[one.pk]), {"title": "Otro"})
    one.refresh_from_db()
    assert (one.title, one.file.name) == before
    assert answer.status_code == 302


@pytest.mark.parametrize("kind", KINDS)
def test_she_uses_everybodys(colleague: Client, trainer: Any, kind: str) -> None:
    one = hers(kind, trainer)
    answer = colleague.get(reverse(CHOSEN[kind], args=[one.pk]))
    assert answer.status_code == 200
    assert answer.json()["result"]["title"] == one.title


def test_the_chooser_shows_everybodys_recordings_to_who_writes_and_none_to_others(
    client: Client, trainer: Any, other_trainer: Any, reviewer: Any
) -> None:
    one = hers("media", trainer)
    for person, is_shown in [(other_trainer, True), (reviewer, False)]:
        client.force_login(person)
        page = client.get(reverse("wagtailmedia:chooser_typed", args=["audio"])).content.decode()
        assert (one.title in page) is is_shown
        chosen = client.get(reverse(CHOSEN["media"], args=[one.pk]))
        assert (chosen.status_code == 200) is is_shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_coordinator_deletes_any(client: Client, coordinator: Any, trainer: Any, kind: str) -> None:
    client.force_login(coordinator)
    one = hers(kind, trainer)
    client.post(reverse(DELETE[kind], args=[one.pk]))
    assert not is_there(one)


def test_what_a_trainer_was_given_before_is_taken_away_at_an_upgrade(school: None) -> None:
    group, root = Group.objects.get(name=TRAINER), Collection.get_first_root_node()
    old = Permission.objects.get(codename="change_image")
    GroupCollectionPermission.objects.create(group=group, collection=root, permission=old)
    sync_roles()
    names = GroupCollectionPermission.objects.filter(group=group).values_list(
        "permission__codename", flat=True
    )
    assert not [name for name in names if name.startswith("change_")]
    assert {"add_image", "choose_image", "add_media", "add_document", "choose_document"} <= set(names)
