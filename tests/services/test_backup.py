"""The rehearsal where the rows lie on PostgreSQL and the files on S3: back up, destroy both, restore."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from cms.process.options import ROOT
from tests.services.conftest import NO_BROKER
from tests.stack import Stack

pytestmark = pytest.mark.processes
BUCKET = "escuela"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A service that speaks S3, with an empty bucket; its address."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "prueba")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "prueba")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    bucket_at(address).create()
    yield address
    server.stop()


def bucket_at(address: str) -> Any:
    service = boto3.resource(
        "s3", endpoint_url=address, region_name="us-east-1", config=Config(signature_version="s3v4")
    )
    return service.Bucket(BUCKET)


@contextmanager
def stack_on(folder: Path, database: str, service: str) -> Iterator[Stack]:
    """Processes with these rows and files, and a folder for the keys."""
    env = {"DEMO": "1", "PORT": "8000", "PRIVATE_STORAGE_URL": f"s3://{BUCKET}/privado?endpoint={service}"}
    stack = Stack(
        folder, database_url=database, broker_url=NO_BROKER, settings_module="cms.settings.dev", env=env
    )
    try:
        yield stack
    finally:
        stack.stop()


def empty(database: str) -> None:
    """What a new server would give: a database without a table."""
    with psycopg.connect(database, autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")


def restore(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """Try it; what came of it."""
    return subprocess.run(
        [sys.executable, "manage.py", "restore", *words],
        cwd=ROOT,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_rows_on_postgresql_and_files_on_s3_come_back_and_every_diploma_verifies(
    postgres_url: str, service: str, tmp_path: Path
) -> None:
    words = tmp_path / "words"
    words.write_text("una frase larga para todo\n")
    with stack_on(tmp_path / "old", postgres_url, service) as stack:
        stack.call("tests.services.host_work", "tables")
        stack.manage("migrate", "--fake", "--verbosity", "0")
        stack.call("tests.upgrades.school", "fill")
        before = json.loads(stack.call("tests.upgrades.look"))
        stack.manage("backup", "--to", str(tmp_path / "monday"), "--passphrase-file", str(words))
        erased = stack.call("tests.cms.backup.later", "erase_the_revoked_one").strip()
        stack.manage("backup", "--to", str(tmp_path / "tuesday"), "--passphrase-file", str(words))
        (newest,) = (tmp_path / "tuesday").glob("*.sealed")
    first = [str(tmp_path / "monday"), "--passphrase-file", str(words), "--newest", str(newest)]

    bucket_at(service).objects.delete()
    with stack_on(tmp_path / "new", postgres_url, service) as stack:
        refused = restore(stack, *first)  # the rows are still there
        assert refused.returncode == 1
        assert "--over" in refused.stderr
        empty(postgres_url)
        with psycopg.connect(postgres_url):
            busy = restore(stack, *first)
        assert busy.returncode == 1
        assert "Traceback" not in busy.stderr
        assert not list(bucket_at(service).objects.all())
        done = restore(stack, *first)
        assert done.returncode == 0, done.stdout + done.stderr
        after = json.loads(stack.call("tests.upgrades.look"))
        again = restore(stack, *first, "--over")  # and over itself: nothing is doubled
        assert again.returncode == 0, again.stdout + again.stderr
        stack.manage("audit_log", "--deep")
    assert after["audit"] == []
    assert "file" not in after["awards"].pop(erased)
    before["awards"].pop(erased)
    assert after["awards"] == before["awards"]
    assert after["pages"] == before["pages"]
