"""Erasing a name: nobody can read it any more, and everything that was true can still be checked."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from certificates import names, payload, tasks
from certificates.actas.corrections import correct_line
from certificates.actas.models import LineStep
from certificates.awards import batches, book, card, erasure, files, jobs, life, ready
from certificates.awards.models import Certificate, Erasure, HolderChoice, Job
from certificates.awards.production import produce
from certificates.errors import Refused
from certificates.keys import sealing, secrets
from certificates.keys.models import SealingKey
from tests.factories.awards import acta_of, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def diploma(coordinator: Any, administrator: Any) -> Certificate:
    """Issued, made, stored; another woman's stands beside it."""
    return made(acta_of(2, coordinator=coordinator, administrator=administrator), administrator)[0]


def erase(certificate: Certificate, by: Any) -> list[Erasure]:
    return erasure.erase(certificate=certificate, by=by, at=timezone.now())


def fresh(certificate: Certificate) -> Certificate:
    found: Certificate = (
        Certificate.objects.with_state().select_related("key", "line__key").get(pk=certificate.pk)
    )
    return found


def stored(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*.sealed") if path.is_file()]


def test_only_whoever_may_erases(diploma: Certificate, coordinator: Any, officer: Any) -> None:
    for user in (coordinator, officer):
        with pytest.raises(Refused):
            erase(diploma, user)
    assert not Erasure.objects.exists()


def test_nobody_reads_her_name_again_and_the_file_is_gone(
    diploma: Certificate,
    administrator: Any,
    storage: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    name = diploma.name
    assert len(stored(storage)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        erase(diploma, administrator)
    erased = fresh(diploma)
    assert name not in (erased.name, erased.line.name)
    assert len(stored(storage)) == 1
    with pytest.raises(sealing.Erased):
        sealing.unseal(erased.key, bytes(erased.sealed), context=str(erased.pk))
    keys = SealingKey.objects.filter(pk__in=[erased.key_id, erased.line.key_id])
    assert list(keys.values_list("wrapped", flat=True)) == [None, None]


def test_the_other_woman_keeps_hers(diploma: Certificate, administrator: Any) -> None:
    other = Certificate.objects.exclude(pk=diploma.pk).select_related("key").get()
    name = other.name
    erase(diploma, administrator)
    assert fresh(other).name == name


def test_facts_still_verify_and_a_typed_name_is_still_answered(
    diploma: Certificate, administrator: Any
) -> None:
    name = diploma.name
    erase(diploma, administrator)
    erased = fresh(diploma)
    assert payload.digest(erased.payload) == erased.payload_sha256
    key = secrets.name_key(str(erased.pk))
    assert names.matches(key, name.upper(), erased.name_hash)
    assert not names.matches(key, "Otra Persona", erased.name_hash)


def test_the_whole_chain_of_replacements_is_erased_with_it(diploma: Certificate, administrator: Any) -> None:
    new = life.replace_certificate(
        certificate=diploma, name="Nombre Nuevo", by=administrator, at=timezone.now()
    )
    tasks.work()
    third = life.replace_certificate(certificate=new, name="Otro Nombre", by=administrator, at=timezone.now())
    assert len(erase(new, administrator)) == 3
    for one in (diploma, new, third):
        assert fresh(one).key.wrapped is None
    with pytest.raises(Refused):
        erase(diploma, administrator)


def test_what_was_under_way_is_thrown_away(
    diploma: Certificate, administrator: Any, storage: Path, django_capture_on_commit_callbacks: Any
) -> None:

    new = life.replace_certificate(
        certificate=diploma, name="Nombre Nuevo", by=administrator, at=timezone.now()
    )
    claimed = jobs.claim(new.pk, timezone.now())
    assert claimed is not None
    product = produce(claimed.certificate, claimed.path)
    with django_capture_on_commit_callbacks(execute=True):
        erase(new, administrator)
    assert not jobs.finish(claimed, product, timezone.now())
    assert Job.objects.get(certificate=new).state == Job.State.CANCELLED
    assert len(stored(storage)) == 1  # the other woman's
    with pytest.raises(Refused):
        batches.retry_failed(acta=diploma.acta, by=administrator, at=timezone.now())


def test_replacement_card_download_and_new_diplomas_end_with_words(
    diploma: Certificate, administrator: Any
) -> None:
    erase(diploma, administrator)
    erased = fresh(diploma)
    with pytest.raises(Refused):
        life.replace_certificate(certificate=erased, name="Otro", by=administrator, at=timezone.now())
    with pytest.raises(sealing.Erased):
        card.card_pdf(erased)
    with pytest.raises(sealing.Erased):
        files.read(erased.document.path, erased.key, erased.pk)
    assert erased.line not in [one.line for one in ready.lines(erased.acta)]


def test_the_register_says_so(diploma: Certificate, administrator: Any) -> None:
    name = diploma.name
    erase(diploma, administrator)
    with override("en"):
        entry = book.entries(diploma.registration.series, diploma.registration.book)[0]
    assert entry.state == "issued, name erased"
    assert entry.folio == diploma.folio
    assert name not in str(entry)


def test_an_erased_award_may_still_be_revoked(diploma: Certificate, administrator: Any) -> None:
    erase(diploma, administrator)
    life.revoke_certificate(certificate=diploma, reason="request", by=administrator, at=timezone.now())


def test_a_destroyed_key_stays_destroyed(diploma: Certificate, administrator: Any) -> None:
    erase(diploma, administrator)
    when = SealingKey.objects.get(pk=diploma.key_id).destroyed_at
    sealing.destroy(diploma.key, timezone.now())
    assert SealingKey.objects.get(pk=diploma.key_id).destroyed_at == when


def test_what_people_wrote_about_her_goes_too_and_who_did_what_stays(
    diploma: Certificate, administrator: Any
) -> None:
    line, at = diploma.line, timezone.now()
    LineStep.objects.create(
        line=line, kind="corrected", reason=f"Era {diploma.name} Mal Escrito.", by=administrator, at=at
    )
    HolderChoice.objects.create(
        person_id=line.person_id, cohort_id=diploma.acta.cohort_id, shows_name=True, at=at
    )
    erase(diploma, administrator)
    step = line.steps.get(kind="corrected")
    assert (step.reason, step.by) == ("…", administrator)
    assert not HolderChoice.objects.exists()


def test_an_erased_name_is_never_taken_for_a_name(diploma: Certificate, coordinator: Any) -> None:
    administrator = diploma.created_by
    erase(diploma, administrator)
    with pytest.raises(Refused), override("en"):
        correct_line(line=diploma.line, reason="Otra vez.", by=coordinator, at=timezone.now())
    assert diploma.acta.lines.count() == 2
