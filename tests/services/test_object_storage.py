"""Private files on a service that speaks S3: the same diplomas, without a change of code."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from certificates import tasks
from certificates.awards import erasure, files
from certificates.awards.models import Document, Job
from certificates.records import private_storage
from cms.settings import environment
from tests.factories.awards import acta_of, made
from tests.factories.certificates import ISSUED, CertificateFactory

pytestmark = pytest.mark.processes
BUCKET = "promotora-pruebas"
PATH = "diplomas/ab/abcdef.sealed"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A service of our own on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def bucket(endpoint: str, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """An empty bucket; private storage is set to it as production sets it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "prueba")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "prueba")
    service = boto3.resource(
        "s3", endpoint_url=endpoint, region_name="us-east-1", config=Config(signature_version="s3v4")
    )
    made = service.create_bucket(Bucket=BUCKET)
    made.objects.delete()
    url = f"s3://{BUCKET}/escuela?endpoint={endpoint}"
    private = environment.private_storage(url, tmp_path)
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return made


def keys(bucket: Any) -> list[str]:
    return [one.key for one in bucket.objects.all()]


def test_a_file_is_put_read_and_dropped(bucket: Any) -> None:
    files.put(PATH, b"sealed")
    assert keys(bucket) == [f"escuela/{PATH}"]
    with private_storage().open(PATH) as file:
        assert file.read() == b"sealed"
    files.drop(PATH)
    files.drop(PATH)
    assert keys(bucket) == []


def test_a_file_is_never_written_over_and_leaves_no_copy_under_another_name(bucket: Any) -> None:
    files.put(PATH, b"first")
    with pytest.raises(FileExistsError):
        files.put(PATH, b"second")
    assert keys(bucket) == [f"escuela/{PATH}"]
    assert bucket.Object(f"escuela/{PATH}").get()["Body"].read() == b"first"


def test_a_file_that_is_not_there_is_told_as_on_a_disk(db: None) -> None:
    certificate = CertificateFactory()
    with pytest.raises(FileNotFoundError):
        files.read(PATH, certificate.key, certificate.pk)


def test_two_claims_write_at_once_and_both_files_are_whole(bucket: Any) -> None:
    paths = [PATH.replace("abcdef", f"{number:06x}") for number in range(8)]
    writers = [threading.Thread(target=files.put, args=(path, path.encode() * 1000)) for path in paths]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for path in paths:
        assert bucket.Object(f"escuela/{path}").get()["Body"].read() == path.encode() * 1000


def test_nothing_in_the_bucket_is_public(bucket: Any) -> None:
    files.put(PATH, b"sealed")
    grants = bucket.Object(f"escuela/{PATH}").Acl().grants
    assert not [grant for grant in grants if "URI" in grant["Grantee"]]


def test_a_whole_issue_lies_on_the_service_and_an_erasure_takes_it_away(
    bucket: Any, coordinator: Any, administrator: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    acta = acta_of(2, coordinator=coordinator, administrator=administrator)
    first, second = made(acta, administrator)
    assert sorted(keys(bucket)) == sorted(f"escuela/{one.document.path}" for one in (first, second))
    assert files.read(first.document.path, first.key, first.pk).startswith(b"%PDF")
    assert first.name.encode() not in bucket.Object(f"escuela/{first.document.path}").get()["Body"].read()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(certificate=first, by=administrator, at=ISSUED)
    ledger = [key for key in keys(bucket) if key.startswith("escuela/erasures/")]
    assert len(ledger) == 1  # it outlives the database, and names nobody
    assert first.name.encode() not in bucket.Object(ledger[0]).get()["Body"].read()
    assert keys(bucket) == [f"escuela/{second.document.path}", *ledger]


def test_a_service_that_is_out_of_reach_is_told_and_waited_for(
    db: None, settings: Any, tmp_path: Any, bucket: Any
) -> None:
    nowhere = environment.private_storage(f"s3://{BUCKET}?endpoint=http://127.0.0.1:9", tmp_path)
    here = settings.STORAGES
    settings.STORAGES = {**here, "private": nowhere}
    certificate = CertificateFactory()
    tasks.render(str(certificate.pk))
    job = Job.objects.get()
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)
    assert job.last_error
    settings.STORAGES = here
    Job.objects.update(run_after=ISSUED)
    tasks.render(str(certificate.pk))
    assert Document.objects.count() == 1


@pytest.mark.parametrize("url", ["https://example.org/bucket", "s3://", "bucket"])
def test_any_other_address_is_refused_at_start(url: str, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        environment.private_storage(url, tmp_path)


def test_without_an_address_files_lie_in_the_data_folder(tmp_path: Any) -> None:
    told = environment.private_storage(None, tmp_path)
    assert told["OPTIONS"]["location"] == tmp_path / "private"
