"""The application on real PostgreSQL, Redis and RabbitMQ, and on processes that are killed."""

import signal
from pathlib import Path

import psycopg
import pytest
import redis

from cms.celery import app
from tests.services.conftest import NO_BROKER
from tests.stack import Stack, database_url_of_this_test, processes_of_group

pytestmark = pytest.mark.processes


def test_the_database_is_a_postgresql_of_our_own(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as server:
        row = server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == (0,)


def test_migrations_run_on_postgresql(migrated_url: str, tmp_path: Path) -> None:
    stack = Stack(tmp_path, database_url=migrated_url, broker_url=NO_BROKER)
    try:
        assert "[ ]" not in stack.manage("showmigrations")
    finally:
        stack.stop()


def test_the_redis_database_takes_and_gives(redis_url: str) -> None:
    url = redis_url.replace("redis+socket://", "unix://")
    client = redis.Redis.from_url(url)
    client.set("promotora:test", "1")
    assert client.delete("promotora:test") == 1


@pytest.mark.parametrize("broker_fixture", ["redis_url", "rabbit_url"])
def test_a_worker_takes_tasks_from_a_broker_given_by_url(
    broker_fixture: str, request: pytest.FixtureRequest, tmp_path: Path, transactional_db: None
) -> None:
    url = request.getfixturevalue(broker_fixture)
    stack = Stack(tmp_path, database_url=database_url_of_this_test(), broker_url=url)
    try:
        stack.start_worker(has_beat=False)
        with stack.connected():
            app.send_task("certificates.tasks.sweep")
            stack.wait_until(lambda: tasks_taken() == {"certificates.tasks.sweep": 1}, 20, "the task")
    finally:
        stack.stop()


def tasks_taken() -> dict[str, int]:
    """How many tasks of each name the worker has taken."""
    stats = app.control.inspect(timeout=2.0).stats() or {}
    return {name: count for worker in stats.values() for name, count in worker["total"].items()}


def test_worker_and_broker_come_back_after_kill_minus_nine(stack: Stack) -> None:
    stack.start_broker()
    stack.start_worker()
    group_leader, *others = sorted(stack.processes("worker"))
    assert len(others) >= 2  # the pool
    stack.kill("broker")
    stack.kill("worker", signal.SIGKILL, only_parent=True)
    assert processes_of_group(group_leader) == []
    stack.restart("broker")
    stack.restart("worker")
    assert stack.worker_answers()
