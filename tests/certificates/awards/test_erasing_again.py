"""The ledger of erasures, and doing one again after an older backup came back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certificates.awards import erasure
from certificates.awards.models import Certificate, Erasure
from certificates.keys.models import SealingKey
from cms.backup import erasing
from courses import erasures
from courses.erasures import Erased
from tests.factories.certificates import ISSUED, CertificateFactory


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    """Private storage of this test alone."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture
def erased(administrator: Any, django_capture_on_commit_callbacks: Callable[..., Any]) -> Certificate:
    """A diploma whose holder was erased."""
    certificate: Certificate = CertificateFactory()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(certificate=certificate, by=administrator, at=ISSUED)
    return certificate


def test_an_erasure_leaves_ids_and_no_name_outside_of_the_database(
    erased: Certificate, administrator: Any, tmp_path: Path
) -> None:
    (entry,) = erasures.noted()
    assert (entry.person, entry.cohort) == (str(erased.line.person_id), erased.acta.cohort_id)
    assert (entry.by, entry.at) == (administrator.pk, ISSUED.isoformat())
    (file,) = (tmp_path / "erasures").iterdir()
    assert set(entry.__dict__) == {"at", "what", "person", "cohort", "by"}
    assert entry.person not in file.name


def test_ledger_and_register_tell_of_each_erasure_once(erased: Certificate) -> None:
    assert erasing.known() == list(erasures.noted())
    assert erasing.known() == list(erasure.erased_people())


def test_what_an_older_backup_brought_back_is_erased_again_and_only_once(
    db: None, administrator: Any
) -> None:
    certificate = CertificateFactory()  # as it stood in the backup
    line = certificate.line
    act = Erased(
        at=ISSUED.isoformat(),
        what=erasure.AWARDS,
        person=str(line.person_id),
        cohort=line.acta.cohort_id,
        by=administrator.pk,
    )
    assert erasing.apply([act]) == (1, [])
    assert not SealingKey.objects.filter(pk__in=[certificate.key_id, line.key_id], wrapped__isnull=False)
    assert Erasure.objects.get(certificate=certificate).by == administrator
    assert erasing.apply([act]) == (0, [])


def test_an_account_that_the_backup_lacks_is_stood_for_by_the_actas_author(db: None) -> None:
    certificate = CertificateFactory()
    line = certificate.line
    person, cohort = str(line.person_id), line.acta.cohort_id
    act = Erased(at=ISSUED.isoformat(), what=erasure.AWARDS, person=person, cohort=cohort, by=987654)
    assert erasing.apply([act]) == (1, [])
    assert Erasure.objects.get(certificate=certificate).by == certificate.acta.proposed_by


def test_an_act_of_nobody_here_changes_nothing_and_a_strange_one_is_told(erased: Certificate) -> None:
    (entry,) = erasures.noted()
    elsewhere = replace(entry, cohort=987654)
    assert erasing.apply([elsewhere, replace(entry, what="something-new")]) == (0, ["something-new"])


def test_a_storage_that_is_out_of_reach_stops_no_erasure(
    settings: Any, tmp_path: Path, db: None, administrator: Any
) -> None:
    (tmp_path / "erasures").write_text("a file where a folder should be")
    erasures.note(Erased(at=ISSUED.isoformat(), what="x", person="y"))
    assert list(erasure.erased_people()) == []
