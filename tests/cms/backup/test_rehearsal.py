"""The rehearsal: back up, destroy, restore; every diploma verifies as it did, the erased stay erased."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cms.process.options import ROOT
from tests.stack import Stack
from tests.upgrades.make_school import unpack

pytestmark = pytest.mark.processes
RELEASE = ROOT / "tests/upgrades/0.1.0"


class School:
    """A small school on SQLite with an award in every state, and two passphrases."""

    def __init__(self, folder: Path) -> None:
        self.data_dir, self.safe = folder / "data", folder / "safe"
        self.safe.mkdir()
        self.words = {name: self.safe / name for name in ("passphrase", "escrow", "wrong")}
        for name, path in self.words.items():
            path.write_text(f"una frase larga para {name}\n")
        unpack(RELEASE, self.data_dir)
        self.stack = Stack(
            self.data_dir, settings_module="cms.settings.dev", env={"DEMO": "1", "PORT": "8000"}
        )
        self.stack.manage("migrate", "--verbosity", "0")

    def backup(self, to: Path) -> Path:
        """Make a backup; its file."""
        self.stack.manage("backup", "--to", str(to), *self.passphrases())
        (made,) = to.glob("backup-*.sealed")
        return made

    def restore(
        self, source: Path, *words: str, passphrase: str = "passphrase"
    ) -> subprocess.CompletedProcess[str]:
        """Try to restore; what came of it."""
        return subprocess.run(
            [sys.executable, "manage.py", "restore", str(source), *self.passphrases(passphrase), *words],
            cwd=ROOT,
            env=self.stack.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def passphrases(self, passphrase: str = "passphrase") -> tuple[str, ...]:
        """Both, by file."""
        return ("--passphrase-file", str(self.words[passphrase]), "--escrow-file", str(self.words["escrow"]))

    def look(self) -> dict[str, Any]:
        """What every diploma and page says."""
        found: dict[str, Any] = json.loads(self.stack.call("tests.upgrades.look"))
        return found

    def disk(self) -> dict[str, str]:
        """Every file that matters, and its hash."""
        kept = ("db.sqlite3", "secret.key", "keys", "private", "media")
        found = [path for name in kept for path in [self.data_dir / name, *(self.data_dir / name).rglob("*")]]
        return {
            str(path.relative_to(self.data_dir)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in found
            if path.is_file()
        }


@pytest.fixture
def school(tmp_path: Path) -> School:
    return School(tmp_path)


def test_backed_up_destroyed_and_restored_every_diploma_verifies_and_the_erased_stay_erased(
    school: School,
) -> None:
    school.stack.call("tests.cms.backup.later", "suspend_the_valid_one")
    before = school.look()
    assert {one["state"] for one in before["awards"].values()} == {
        "valid",
        "suspended",
        "revoked",
        "replaced",
    }
    first = school.backup(school.safe / "monday")
    erased = school.stack.call("tests.cms.backup.later", "erase_the_revoked_one").strip()
    second = school.backup(school.safe / "tuesday")
    told = first.read_bytes() + second.read_bytes()
    assert not [word for word in (b"Persona", b"PRIVATE KEY", b"SQLite") if word in told]

    shutil.rmtree(school.data_dir)
    done = school.restore(first, "--newest", str(second))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "manage.py retain" in done.stdout
    assert not list(school.data_dir.glob("replaced-*"))  # there was nothing worth keeping
    assert (school.data_dir / "keys" / "master.key").stat().st_mode & 0o077 == 0

    after = school.look()
    assert after["audit"] == []
    hers = after["awards"].pop(erased)
    was = before["awards"].pop(erased)
    assert "file" not in hers
    assert hers["name"] != was["name"]
    assert hers["state"] == was["state"] == "revoked"
    assert after["awards"] == before["awards"]
    assert after["pages"] == before["pages"]
    assert after["rows"] == {
        **before["rows"],
        "certificates.Erasure": before["rows"]["certificates.Erasure"] + 1,
    }


def test_a_living_school_is_replaced_only_when_asked_and_then_whole_or_not_at_all(school: School) -> None:
    made = school.backup(school.safe / "monday")
    erased = school.stack.call("tests.cms.backup.later", "erase_the_revoked_one").strip()
    disk = school.disk()

    refused = school.restore(made)
    assert refused.returncode == 1
    assert "--over" in refused.stderr
    wrong = school.restore(made, "--over", passphrase="wrong")
    assert wrong.returncode == 1
    assert "Traceback" not in wrong.stderr
    stumble = school.data_dir / ".secret.key.new"  # the keys cannot be laid down: files were moved by then
    stumble.mkdir()
    half = school.restore(made, "--over")
    assert half.returncode == 1
    stumble.rmdir()
    assert school.disk() == disk

    done = school.restore(made, "--over")  # nobody named a newer backup: the ledger of the place tells
    assert done.returncode == 0, done.stdout + done.stderr
    assert "file" not in school.look()["awards"][erased]
    assert list(school.data_dir.glob("replaced-*/private"))
