"""What may stand in the way of a diploma: each is defined, told in words, and ends as it should."""

import json
import os
import resource
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from certificates import tasks
from certificates.awards import files, jobs, progress, trouble
from certificates.awards.models import Certificate, Document, Job
from certificates.keys import custody, sealing
from certificates.keys.errors import KeyExpired
from certificates.keys.models import SealingKey
from certificates.log.models import LogEntry
from certificates.printing.timestamps import TimestampUnavailable
from tests.certificates.keys import pki
from tests.factories.certificates import ISSUED, CertificateFactory

pytestmark = pytest.mark.django_db
State = Job.State


@pytest.fixture
def certificate() -> Certificate:
    return CertificateFactory()


@pytest.fixture
def fresh_keys() -> Any:
    """The keys that this process holds are forgotten before and after."""
    forget_keys()
    yield
    forget_keys()


def forget_keys() -> None:
    for cached in (custody._signer, custody._demo_pdf_signer, custody._named_pdf_signer):
        cached.cache_clear()


def job() -> Job:
    return Job.objects.get()


def stored(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*") if path.is_file()]


def test_a_missing_key_is_told_and_waited_for(
    certificate: Certificate, storage: Path, settings: Any, tmp_path: Path, fresh_keys: None
) -> None:
    here = settings.KEYS_DIR
    settings.KEYS_DIR, settings.IS_DEMO = tmp_path / "no-keys", False
    tasks.render(str(certificate.pk))
    assert (job().state, job().attempts) == (State.QUEUED, 0)
    assert job().run_after > timezone.now()
    assert "credential" in job().last_error
    assert stored(storage) == []
    settings.KEYS_DIR, settings.IS_DEMO = here, True
    forget_keys()
    Job.objects.update(run_after=ISSUED)
    tasks.render(str(certificate.pk))
    assert (job().state, job().last_error) == (State.DONE, "")


def test_one_obstacle_ends_the_slice_so_that_ten_thousand_are_not_tried_in_vain(
    settings: Any, tmp_path: Path, fresh_keys: None
) -> None:
    CertificateFactory.create_batch(3)
    settings.KEYS_DIR, settings.IS_DEMO = tmp_path / "no-keys", False
    tasks.work()
    assert Job.objects.exclude(last_error="").count() == 1


@pytest.mark.parametrize("name", ["李娜", "أمينة"])
def test_a_name_without_glyphs_fails_at_once_and_says_which(name: str, storage: Path) -> None:
    certificate = CertificateFactory(name=name)
    tasks.render(str(certificate.pk))
    assert (job().state, job().attempts) == (State.FAILED, 1)
    assert name[0] in job().last_error
    assert name not in job().last_error
    assert stored(storage) == []


@pytest.mark.parametrize("change", [{"folio": "EPS-2026-9999"}, {"hours": 1200}, {"extra": 1}])
def test_altered_facts_are_never_printed(change: dict[str, Any], storage: Path) -> None:
    certificate = CertificateFactory()
    altered = {**certificate.payload, **change}
    with connection.cursor() as cursor:  # past the model, which refuses it
        cursor.execute("UPDATE certificates_certificate SET payload = %s", [json.dumps(altered)])
    tasks.render(str(certificate.pk))
    assert (job().state, job().attempts) == (State.FAILED, 1)
    assert job().last_error
    assert stored(storage) == []


def test_an_erased_award_is_never_made(certificate: Certificate, storage: Path) -> None:
    sealing.destroy(certificate.key, ISSUED)
    tasks.render(str(certificate.pk))
    assert job().state == State.FAILED
    assert job().last_error == trouble.in_words(sealing.Erased())
    assert stored(storage) == []


def test_a_name_sealed_under_another_master_key_is_told(certificate: Certificate) -> None:
    SealingKey.objects.filter(pk=certificate.key_id).update(wrapped=os.urandom(40))
    tasks.render(str(certificate.pk))
    assert job().state == State.FAILED
    assert job().last_error == trouble.in_words(sealing.SealBroken())


def test_a_disk_that_cannot_be_written_is_told_and_waited_for(
    certificate: Certificate, storage: Path
) -> None:
    storage.mkdir()
    (storage / "diplomas").write_text("not a folder")
    tasks.render(str(certificate.pk))
    assert (job().state, job().attempts) == (State.QUEUED, 0)
    assert job().last_error
    (storage / "diplomas").unlink()
    Job.objects.update(run_after=ISSUED)
    tasks.render(str(certificate.pk))
    assert job().state == State.DONE


def test_a_disk_that_fills_up_leaves_no_half_file(storage: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))  # as if this were all that is left
    try:
        with pytest.raises(files.NotStored) as error:
            files.put("diplomas/ab/abcd.sealed", os.urandom(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert str(error.value)
    assert stored(storage) == []


def test_an_unknown_failure_is_tried_again_and_given_up_after_five_times(certificate: Certificate) -> None:
    now = ISSUED
    for attempt in range(1, settings.RENDER_MAX_ATTEMPTS + 1):
        claim = jobs.claim(certificate.pk, now)
        assert claim is not None
        assert claim.attempts == attempt
        jobs.fail(claim, RuntimeError(certificate.name), now)
        now += timedelta(hours=1)
    assert job().state == State.FAILED
    assert certificate.name not in job().last_error


def test_the_same_task_twice_makes_one_document(certificate: Certificate, storage: Path) -> None:
    tasks.render(str(certificate.pk))
    tasks.render(str(certificate.pk))
    tasks.work()
    assert Document.objects.count() == 1
    assert len(stored(storage)) == 1


def test_a_timestamp_authority_that_does_not_answer_is_told_and_waited_for(
    certificate: Certificate, storage: Path, settings: Any
) -> None:
    settings.PDF_TIMESTAMP_URL = "http://127.0.0.1:9/"  # nobody listens there
    tasks.render(str(certificate.pk))
    assert (job().state, job().attempts) == (State.QUEUED, 0)
    assert job().last_error == str(TimestampUnavailable())
    assert stored(storage) == []
    settings.PDF_TIMESTAMP_URL = ""
    Job.objects.update(run_after=ISSUED)
    tasks.render(str(certificate.pk))
    assert (job().state, job().last_error) == (State.DONE, "")


def test_a_certificate_that_ended_is_told_and_waited_for_until_a_new_one_is_here(
    certificate: Certificate, storage: Path, settings: Any, tmp_path: Path, fresh_keys: None
) -> None:
    now, school = timezone.now(), pki.authority()
    ended = school.identity("Registro", starts=now - timedelta(days=400), ends=now - timedelta(days=1))
    settings.PDF_KEY = pki.write_pkcs12(tmp_path / "ended.p12", ended)
    for _try in range(settings.RENDER_MAX_ATTEMPTS + 1):  # it waits however often it is tried
        tasks.render(str(certificate.pk))
        Job.objects.update(run_after=ISSUED)
    assert (job().state, job().attempts) == (State.QUEUED, 0)
    words = str(KeyExpired(ended.certificate.not_valid_before_utc, ended.certificate.not_valid_after_utc))
    (told,) = progress.of_acta(certificate.acta, now).reasons
    assert (told.words, told.count, told.is_final) == (words, 1, False)
    assert stored(storage) == []
    assert not LogEntry.objects.exists()

    settings.PDF_KEY = pki.write_pkcs12(tmp_path / "new.p12", school.identity("Registro"))
    tasks.work()
    assert (job().state, job().last_error) == (State.DONE, "")
    assert len(stored(storage)) == 1
