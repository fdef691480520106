"""Whatever dies, and whenever: each diploma is made once."""

import hashlib
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates import tasks
from certificates.awards import batches, files, jobs, production
from certificates.awards.models import Certificate, Document, Job
from certificates.errors import Refused
from certificates.log.models import LogEntry
from certificates.records import private_storage
from tests.factories.certificates import ISSUED, CertificateFactory

pytestmark = pytest.mark.django_db
State = Job.State
LEASE = timedelta(seconds=settings.RENDER_LEASE_SECONDS + 1)
SEALED = b"a sealed file"
PRODUCT = production.Product(pdf_sha256="a" * 64, vc_sha256="b" * 64, size=len(SEALED))


@pytest.fixture
def certificate() -> Certificate:
    return CertificateFactory()


def claimed(certificate: Certificate, now: Any = ISSUED) -> jobs.Claim:
    found = jobs.claim(certificate.pk, now)
    assert found is not None
    return found


def stored(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*") if path.is_file()]


def put(claim: jobs.Claim) -> None:
    files.put(claim.path, SEALED)


def test_a_bell_makes_a_diploma_and_marks_it_issued(certificate: Certificate, storage: Path) -> None:
    tasks.render(str(certificate.pk))
    document = Document.objects.get(certificate=certificate)
    (file,) = stored(storage)
    assert b"%PDF" not in file.read_bytes()
    pdf = files.read(document.path, certificate.key, certificate.pk)
    assert pdf.startswith(b"%PDF-1.7")
    assert hashlib.sha256(pdf).hexdigest() == document.pdf_sha256
    assert document.size == len(pdf)
    assert certificate.job.state == State.QUEUED  # as this row was read before
    job = Job.objects.get(certificate=certificate)
    assert (job.state, job.attempts, job.lease, job.last_error) == (State.DONE, 1, None, "")


def test_the_file_says_nothing_by_its_name_and_is_for_the_owner_only(
    certificate: Certificate, storage: Path
) -> None:
    tasks.render(str(certificate.pk))
    (file,) = stored(storage)
    assert certificate.folio not in str(file)
    assert certificate.code not in str(file)
    assert certificate.pk.hex not in str(file)
    assert os.stat(file).st_mode & 0o077 == 0


def test_a_second_bell_changes_nothing(certificate: Certificate, storage: Path) -> None:
    tasks.render(str(certificate.pk))
    before = Document.objects.get(certificate=certificate)
    tasks.render(str(certificate.pk))
    assert Document.objects.get(certificate=certificate).path == before.path
    assert len(stored(storage)) == 1


def test_a_bell_for_nothing_is_quiet() -> None:
    tasks.render(str(uuid.uuid4()))


def test_of_two_claims_one_wins(certificate: Certificate) -> None:
    assert jobs.claim(certificate.pk, ISSUED) is not None
    assert jobs.claim(certificate.pk, ISSUED) is None
    assert jobs.claim(certificate.pk, ISSUED + timedelta(seconds=5)) is None


def test_a_claim_may_be_taken_over_when_its_lease_has_run_out(certificate: Certificate) -> None:
    first = claimed(certificate)
    second = claimed(certificate, ISSUED + LEASE)
    assert (first.attempts, second.attempts) == (1, 2)
    assert first.lease != second.lease


def test_whoever_lost_the_lease_throws_her_work_away(certificate: Certificate, storage: Path) -> None:
    slow = claimed(certificate)
    quick = claimed(certificate, ISSUED + LEASE)
    put(slow)
    put(quick)
    assert jobs.finish(quick, PRODUCT, ISSUED)
    assert not jobs.finish(slow, PRODUCT, ISSUED)
    assert Document.objects.get().path == quick.path
    assert [path.stem for path in stored(storage)] == [quick.lease.hex]


def test_the_loser_may_also_finish_first(certificate: Certificate, storage: Path) -> None:
    slow = claimed(certificate)
    put(slow)
    quick = claimed(certificate, ISSUED + LEASE)
    assert not jobs.finish(slow, PRODUCT, ISSUED)
    put(quick)
    assert jobs.finish(quick, PRODUCT, ISSUED)
    assert [path.stem for path in stored(storage)] == [quick.lease.hex]


def test_a_crash_between_file_and_row_leaves_one_diploma_and_one_file(
    certificate: Certificate, storage: Path
) -> None:
    put(claimed(certificate))  # and then the worker is killed
    again = claimed(certificate, ISSUED + LEASE)
    put(again)
    assert jobs.finish(again, PRODUCT, ISSUED)
    assert Document.objects.count() == 1
    assert [path.stem for path in stored(storage)] == [again.lease.hex]


def test_half_a_file_of_a_killed_worker_is_never_taken_for_a_diploma(
    certificate: Certificate, storage: Path
) -> None:
    dead = claimed(certificate)
    files.put(dead.path, SEALED[:4])
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    tasks.render(str(certificate.pk))
    (file,) = stored(storage)
    document = Document.objects.get()
    assert files.read(document.path, certificate.key, certificate.pk).rstrip().endswith(b"%%EOF")
    assert file == storage / document.path


def test_a_failure_is_tried_again_later_and_later(certificate: Certificate, storage: Path) -> None:
    now, waits = ISSUED, []
    for _attempt in range(3):
        claim = claimed(certificate, now)
        put(claim)
        jobs.fail(claim, RuntimeError("María"), now)
        job = Job.objects.get()
        assert job.state == State.QUEUED
        assert jobs.claim(certificate.pk, now) is None
        waits.append(job.run_after - now)
        now = job.run_after
    assert waits == sorted(set(waits))
    assert stored(storage) == []


def test_a_failure_is_recorded_in_plain_words_without_names(certificate: Certificate) -> None:
    jobs.fail(claimed(certificate), RuntimeError(certificate.name), ISSUED)
    error = Job.objects.get().last_error
    assert error
    assert "María" not in error


def test_after_the_last_attempt_it_is_failed_and_may_be_retried(
    certificate: Certificate, administrator: Any
) -> None:
    Job.objects.update(attempts=settings.RENDER_MAX_ATTEMPTS - 1)
    jobs.fail(claimed(certificate), RuntimeError(), ISSUED)
    job = Job.objects.get()
    assert job.state == State.FAILED
    assert jobs.claim(certificate.pk, ISSUED + LEASE) is None
    batches.retry_one(job=job, by=administrator, at=ISSUED)
    with pytest.raises(Refused):
        batches.retry_one(job=job, by=administrator, at=ISSUED)
    assert claimed(certificate).attempts == 1
    assert Job.objects.get().last_error == ""


def test_what_kills_its_worker_each_time_is_given_up_by_the_sweep(
    certificate: Certificate, storage: Path
) -> None:
    now = ISSUED
    for _attempt in range(settings.RENDER_MAX_ATTEMPTS):
        jobs.sweep(now)
        put(claimed(certificate, now))
        now += LEASE
    assert jobs.claim(certificate.pk, now) is None
    jobs.sweep(now)
    job = Job.objects.get()
    assert job.state == State.FAILED
    assert job.last_error
    assert stored(storage) == []


@pytest.mark.parametrize("name", ["李娜", "أمينة"])
def test_a_name_without_glyphs_fails_at_once_and_says_which(name: str, storage: Path) -> None:
    certificate = CertificateFactory(name=name)
    tasks.render(str(certificate.pk))
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.FAILED, 1)
    assert name[0] in job.last_error
    assert name not in job.last_error
    assert stored(storage) == []


@pytest.mark.django_db(transaction=True)
def test_one_diploma_costs_eleven_database_calls_at_most(school: None) -> None:
    CertificateFactory.create_batch(4)
    tasks.render(str(Certificate.objects.all()[0].pk))  # keys, fonts and templates are ready
    with CaptureQueriesContext(connection) as calls:  # BEGIN and COMMIT are counted too
        for _diploma in range(3):
            claim = jobs.claim_next(timezone.now())
            assert claim is not None
            before = len(calls)
            assert jobs.make(claim)
            assert len(calls) - before + 2 <= 11, [call["sql"] for call in calls.captured_queries]
    assert len(calls) <= 33
    assert LogEntry.objects.count() == 4


def test_the_tally_says_how_a_batch_moves() -> None:
    CertificateFactory.create_batch(2)
    CertificateFactory(is_rendered=True)
    assert Job.objects.tally() == {
        "queued": 2,
        "running": 0,
        "paused": 0,
        "done": 1,
        "failed": 0,
        "cancelled": 0,
    }


def test_a_file_is_never_written_over(certificate: Certificate) -> None:
    claim = claimed(certificate)
    put(claim)
    with pytest.raises(FileExistsError):
        put(claim)
    files.drop(claim.path)
    files.drop(claim.path)
    assert not private_storage().exists(claim.path)
