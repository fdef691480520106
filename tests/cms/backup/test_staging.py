"""What a backup holds, and which ones are refused before anything is touched."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from cms.backup import archive, escrow, staging
from cms.backup.sealed import BadArchive, Reader, Writer

WORDS, ESCROW = "una frase que nadie adivina", "otra frase para las llaves"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
Members = dict[str, bytes]


def quiet(_sentence: str) -> None:
    """Nobody looks on."""


@pytest.fixture
def places(settings: Any, tmp_path: Path) -> Path:
    """Media and private files of this test alone."""
    settings.DATA_DIR = tmp_path / "data"
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            name: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path / name, "base_url": None},
            }
            for name in ("default", "private")
        },
    }
    storages["private"].save("diplomas/ab/abc.sealed", ContentFile(b"sealed"))
    storages["default"].save("original_images/flor.png", ContentFile(b"png"))
    return tmp_path


@pytest.fixture
def made(db: None, places: Path) -> Path:
    """A backup of the test's own school."""
    return archive.write(places / "backups", WORDS, ESCROW, at=NOON, tell=quiet).path


def stage(source: Path, words: str = WORDS, keys: str | None = ESCROW) -> staging.Staged:
    folder = source.parent / "stage"
    folder.mkdir()
    return staging.stage(source, folder, words, keys)


def members(source: Path) -> Members:
    """Everything inside, by name."""
    with (
        source.open("rb") as file,
        tarfile.open(fileobj=cast(IO[bytes], Reader(file, WORDS)), mode="r|") as tar,
    ):
        return {one.name: content.read() for one in tar if (content := tar.extractfile(one))}


def sealed_again(source: Path, change: Callable[[Members], object]) -> Path:
    """The same backup after somebody who knows the passphrase changed what is inside."""
    inside = members(source)
    change(inside)
    with source.open("wb") as file:
        writer = Writer(file, WORDS)
        with tarfile.open(fileobj=cast(IO[bytes], writer), mode="w|") as tar:
            for name, content in inside.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        writer.close()
    return source


def told(inside: Members, **changes: Any) -> None:
    inside["about.json"] = json.dumps({**json.loads(inside["about.json"]), **changes}).encode()


def test_it_holds_database_files_and_keys_and_its_name_tells_nothing(made: Path) -> None:
    assert made.name == "backup-20260314T120000Z.sealed"
    assert made.stat().st_mode & 0o077 == 0
    staged = stage(made)
    assert (staged.folder / "private/diplomas/ab/abc.sealed").read_bytes() == b"sealed"
    assert (staged.folder / "media/original_images/flor.png").read_bytes() == b"png"
    assert staged.database.read_bytes().startswith(b"SQLite format 3")
    assert staged.keys is not None
    assert staged.keys.secrets["NAME_SECRET"]
    assert any(name.startswith("keys/log-") for name in staged.keys.files)


def test_whoever_has_the_backup_alone_has_no_key(made: Path, settings: Any) -> None:
    whole = b"".join(members(made).values())
    secrets = [*settings.MASTER_KEYS, settings.NAME_SECRET, settings.SECRET_KEY, "PRIVATE KEY"]
    assert not [secret for secret in secrets if secret.encode() in whole]
    assert stage(made, keys=None).keys is None


def test_the_keys_open_with_their_own_passphrase_only(made: Path) -> None:
    with pytest.raises(BadArchive):
        stage(made, keys=WORDS)


def test_the_fingerprints_tell_other_keys_apart_and_no_key(settings: Any) -> None:
    ours = escrow.fingerprints()
    assert settings.NAME_SECRET not in json.dumps(ours)
    settings.NAME_SECRET = settings.MASTER_KEYS[0]
    assert escrow.fingerprints()["name"] != ours["name"]


@pytest.mark.parametrize(
    "change",
    [
        lambda inside: told(inside, format=archive.FORMAT + 1),
        lambda inside: told(inside, migrations=["certificates.9999_of_next_year"]),
        lambda inside: told(inside, database="database.pgdump"),
        lambda inside: inside.update({"private/diplomas/ab/abc.sealed": b"another"}),
        lambda inside: inside.update({"private/diplomas/ab/more.sealed": b"another"}),
        lambda inside: inside.pop("private/diplomas/ab/abc.sealed"),
        lambda inside: inside.pop("manifest.json"),
        lambda inside: inside.pop("about.json"),
        lambda inside: inside.update({"../outside": b""}),
        lambda inside: inside.update({"private/../../outside": b""}),
        lambda inside: inside.update({"/etc/outside": b""}),
        lambda inside: inside.update({"anything": b""}),
        lambda inside: inside.update({"database.sqlite3": inside["database.sqlite3"][:5000]}),
        lambda inside: inside.clear(),
    ],
)
def test_what_does_not_belong_or_is_missing_or_newer_is_refused(
    made: Path, change: Callable[[Members], object]
) -> None:
    with pytest.raises(BadArchive):
        stage(sealed_again(made, change))
    assert not (made.parent / "outside").exists()


def test_apps_that_were_taken_out_since_are_no_newer_version(made: Path) -> None:
    def with_an_old_app(inside: Members) -> None:
        before = json.loads(inside["about.json"])["migrations"]
        told(inside, migrations=[*before, "an_app_of_old.0001_initial"])
        manifest = json.loads(inside["manifest.json"])
        content = inside["about.json"]
        manifest["about.json"] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        inside["manifest.json"] = json.dumps(manifest).encode()

    assert stage(sealed_again(made, with_an_old_app)).files


def test_a_backup_that_fails_leaves_nothing(db: None, places: Path) -> None:
    with pytest.raises(BadArchive):
        archive.write(places / "backups", "corta", None, at=NOON, tell=quiet)
    assert not list((places / "backups").iterdir())


def test_of_old_backups_seven_days_four_weeks_and_six_months_stay(tmp_path: Path) -> None:
    for days in range(400):
        (tmp_path / f"backup-{NOON - timedelta(days=days):%Y%m%dT%H%M%S}Z.sealed").touch()
    (tmp_path / "something-else.sealed").touch()
    archive.prune(tmp_path)
    left = sorted(path.name[7:15] for path in tmp_path.glob("backup-*"))
    assert left[-7:] == [f"{NOON - timedelta(days=days):%Y%m%d}" for days in range(6, -1, -1)]
    assert {"20260228", "20260131", "20251231", "20251130", "20251031"} <= set(left)
    assert len(left) <= 7 + 4 + 6
    assert (tmp_path / "something-else.sealed").exists()


def test_what_a_killed_backup_left_and_nobody_can_remove_is_told_and_stops_nothing(
    db: None, places: Path
) -> None:
    elsewhere, left = places / "elsewhere", places / "backups" / ".work-abcd1234"
    elsewhere.mkdir()
    left.parent.mkdir()
    left.symlink_to(elsewhere)  # a link is not followed
    told: list[str] = []
    made = archive.write(left.parent, WORDS, None, at=NOON, tell=told.append)
    assert made.path.is_file()
    assert str(left) in told[0]
    assert elsewhere.is_dir()
