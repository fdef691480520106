"""What a release left behind, carried over to the code of today: its data, its files, its keys."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Stack
from tests.upgrades.make_school import unpack

pytestmark = pytest.mark.processes
HERE = Path(__file__).parent
RELEASES = sorted(path.parent.name for path in HERE.glob("*/school.json"))
LARGEST = 500_000  # bytes a release may weigh in the repository


def applied(data_dir: Path) -> set[tuple[str, str]]:
    """The migrations that this database has seen."""
    database = sqlite3.connect(data_dir / "db.sqlite3")
    try:
        return set(database.execute("SELECT app, name FROM django_migrations"))
    finally:
        database.close()


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Stack, dict[str, Any]]:
    """The school as that release left it, and what its diplomas and pages said then."""
    packed = HERE / request.param
    unpack(packed, tmp_path)
    stack = Stack(tmp_path, settings_module="cms.settings.dev", env={"DEMO": "1", "PORT": "8000"})
    return stack, json.loads((packed / "school.json").read_text())


def test_the_first_release_is_there() -> None:
    assert "0.1.0" in RELEASES


@pytest.mark.parametrize("release_name", RELEASES)
def test_a_release_stays_small(release_name: str) -> None:
    assert sum(path.stat().st_size for path in (HERE / release_name).iterdir()) < LARGEST


def test_every_diploma_verifies_after_the_upgrade_as_it_did_before(
    release: tuple[Stack, dict[str, Any]],
) -> None:
    stack, before = release
    had = applied(stack.data_dir)
    stack.manage("migrate", "--verbosity", "0")
    assert had <= applied(stack.data_dir)
    now = json.loads(stack.call("tests.upgrades.look"))
    assert now["audit"] == []
    assert now["awards"] == before["awards"]
    assert {one["state"] for one in now["awards"].values()} == {"valid", "revoked", "replaced"}
    assert now["rows"] == before["rows"]
    assert now["pages"] == dict.fromkeys(before["pages"], 200)


def test_people_go_on_where_they_were(release: tuple[Stack, dict[str, Any]]) -> None:
    """A further diploma is made with the old keys, and the log grows out of the old heads."""
    stack, before = release
    stack.manage("migrate", "--verbosity", "0")
    stack.call("tests.upgrades.go_on")
    now = json.loads(stack.call("tests.upgrades.look"))
    assert now["audit"] == []
    new = now["awards"].keys() - before["awards"].keys()
    assert len(new) == 2
    assert all(now["awards"][code]["is_ours"] for code in new)
