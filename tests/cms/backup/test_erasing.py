"""An erasure that the ledger lacks is known all the same: nobody comes back with an older backup."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cms.backup import erasing
from cms.users.own_data import acts
from courses import erasures
from courses.erasures import Erased
from courses.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """Private storage of this test alone."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path


def erase(by: Any) -> Erased:
    """Somebody is erased with all her awards; what the ledger should say of it."""
    person, at = Person.objects.create(name="Lucía"), timezone.now()
    entry = Erased(at=at.isoformat(), what=acts.PERSON, person=str(person.pk), by=by.pk)
    acts.erase_person(person=person, keeps_awards=False, by=by, at=at)
    return entry


def without_account(found: list[Erased]) -> list[tuple[str, str, str]]:
    return [(one.at, one.what, one.person) for one in found]


def test_a_ledger_that_cannot_be_written_forgets_nobody(
    administrator: Any, storage: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    obstacle = storage / erasures.FOLDER
    obstacle.write_text("a file where the folder should be: as full as a full disk")
    with django_capture_on_commit_callbacks(execute=True):
        hers = erase(administrator)
    obstacle.unlink()
    assert list(erasures.noted()) == []
    assert without_account(erasing.known()) == without_account([hers])
    Person.objects.create(pk=hers.person, name="Lucía")  # as a backup of before would
    assert erasing.apply(erasing.known()) == (1, [])
    assert not Person.objects.filter(pk=hers.person).exists()


def test_nor_does_a_process_that_dies_right_after_its_commit(administrator: Any) -> None:
    hers = erase(administrator)  # nothing runs after commit
    assert list(erasures.noted()) == []
    assert without_account(erasing.known()) == without_account([hers])


def test_what_ledger_and_trail_both_tell_is_known_once_with_its_account(
    administrator: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        hers = erase(administrator)
    assert erasing.known() == list(erasures.noted()) == [hers]
