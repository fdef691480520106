"""The same school on PostgreSQL, its diplomas made by workers over Redis and over RabbitMQ."""

from pathlib import Path

import psycopg
import pytest

from tests.stack import Stack

pytestmark = pytest.mark.processes
ISSUED = 23 + 5  # the demo's graduates and a cohort of five


def count(url: str, what: str) -> int:
    with psycopg.connect(url) as server:
        row = server.execute(what).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and files of the one database that both brokers work for."""
    return tmp_path_factory.mktemp("school")


@pytest.mark.parametrize("broker_fixture", ["redis_url", "rabbit_url"])
def test_diplomas_are_issued_once_each(
    broker_fixture: str, migrated_url: str, request: pytest.FixtureRequest, folder: Path
) -> None:
    broker_url = request.getfixturevalue(broker_fixture)
    stack = Stack(folder, database_url=migrated_url, broker_url=broker_url)
    documents = "select count(distinct certificate_id) from certificates_document"
    try:
        stack.start_worker()
        stack.manage("seed_demo", "--trainees", "5", "--issue")
        issued = count(migrated_url, "select count(*) from certificates_certificate")
        assert issued % 5 == ISSUED % 5
        stack.wait_until(lambda: count(migrated_url, documents) == issued, 90, "every diploma is made")
        assert count(migrated_url, "select count(distinct folio) from certificates_certificate") == issued
        files = [file for file in (folder / "private" / "diplomas").rglob("*") if file.is_file()]
        assert files
        stack.manage("audit_log", "--deep")  # fails when anything disagrees
    finally:
        stack.stop()
