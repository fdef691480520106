"""Writing a backup: the database of one moment, then every file that a row of it may name, then the keys.

Inside the seal lies a plain tar of `about.json`, the database, `erasures.json`, `media/…`, `private/…`,
`keys.sealed` and at last `manifest.json` with size and SHA-256 of each. Files of diplomas are only ever
added, so that what a row of the database names was there before it, and is in the archive.
"""

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import IO, Any, cast

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from cms.backup import database, erasing, escrow
from cms.backup.sealed import BadArchive, Writer
from cms.backup.workplace import DRAFT, workplace
from courses.erasures import FOLDER as LEDGER

FORMAT = 1
NAME = re.compile(r"backup-(\d{8}T\d{6})Z\.sealed")  # tells nobody whose it is
KEYS = "keys.sealed"
PARTS = {"media": "default", "private": "private"}  # folder in the archive: storage
IN_MEMORY = 8 * 1024 * 1024
EACH = 500  # files between two lines of progress
# Rows of these are only ever added: a copy made after they were counted has at least as many.
COUNTED = (
    "certificates.Certificate",
    "certificates.Document",
    "certificates.LogEntry",
    "certificates.TreeHead",
)
Tell = Callable[[str], None]


@dataclass
class Made:
    """What came out."""

    path: Path
    files: int
    has_keys: bool


@dataclass
class _Archive:
    """A tar that remembers what was put into it."""

    tar: tarfile.TarFile
    at: datetime
    manifest: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, source: IO[bytes]) -> None:
        """Everything from where `source` stands to its end."""
        begin = source.tell()
        digest = hashlib.sha256()
        while chunk := source.read(1024 * 1024):
            digest.update(chunk)
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = source.tell() - begin, 0o600, int(self.at.timestamp())
        source.seek(begin)
        self.tar.addfile(member, source)
        self.manifest[name] = {"size": member.size, "sha256": digest.hexdigest()}

    def add_json(self, name: str, content: Any) -> None:
        """A readable text."""
        self.add(name, io.BytesIO(json.dumps(content, indent=1, sort_keys=True).encode()))


def write(folder: Path, passphrase: str, escrow_passphrase: str | None, *, at: datetime, tell: Tell) -> Made:
    """Make one backup in `folder`; without an escrow passphrase it has no keys. Raises BadArchive."""
    database.check_programs()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"backup-{at.astimezone(UTC):%Y%m%dT%H%M%S}Z.sealed"
    draft = target.with_suffix(DRAFT)
    with workplace(tell, to=folder) as work:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                writer = Writer(file, passphrase)
                with tarfile.open(
                    fileobj=cast(IO[bytes], writer), mode="w|", format=tarfile.PAX_FORMAT
                ) as tar:
                    archive = _Archive(tar, at)
                    _fill(archive, work, escrow_passphrase, tell)
                writer.close()
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    return Made(target, len(archive.manifest) - 1, KEYS in archive.manifest)  # the list itself is none


def _fill(archive: _Archive, work: Path, escrow_passphrase: str | None, tell: Tell) -> None:
    part = database.name()
    tell(_("Database …"))
    archive.add_json("about.json", about(archive.at))
    copy = work / part
    database.snapshot(copy)
    with copy.open("rb") as source:
        archive.add(part, source)
    copy.unlink()
    archive.add_json("erasures.json", [asdict(one) for one in erasing.known()])
    for folder, storage in PARTS.items():
        _add_files(archive, folder, storages[storage], tell)
    if escrow_passphrase is not None:
        tell(_("Keys, under their own passphrase …"))
        archive.add(KEYS, io.BytesIO(escrow.seal(escrow.collect(), escrow_passphrase)))
    archive.add_json("manifest.json", archive.manifest)


def about(at: datetime) -> dict[str, Any]:
    """What must be known before anything else is read. Counts are of the moment before the copy."""
    return {
        "format": FORMAT,
        "version": metadata_version(),
        "made_at": at.astimezone(UTC).isoformat(),
        "database": database.name(),
        "migrations": database.applied(),
        "public_base_url": settings.PUBLIC_BASE_URL,
        "issuer_did": settings.ISSUER_DID,
        "log_origin": settings.LOG_ORIGIN,
        "is_demo": settings.IS_DEMO,
        "fingerprints": escrow.fingerprints(),
        "counts": counts(),
    }


def counts() -> dict[str, int]:
    """How many there are of what matters most."""
    return {label: apps.get_model(label)._default_manager.count() for label in COUNTED}


def metadata_version() -> str:
    """The version of this code: of the installed package, or as pyproject.toml says beside it."""
    told = Path(settings.BASE_DIR) / "pyproject.toml"
    found = re.search(r'^version = "([^"]+)"', told.read_text(), re.MULTILINE) if told.is_file() else None
    if found:
        return found[1]
    try:
        return metadata.version("promotora")
    except metadata.PackageNotFoundError:
        return ""


def _add_files(archive: _Archive, folder: str, storage: Storage, tell: Tell) -> None:
    done = 0
    for name in walk(storage):
        if folder == "private" and name.startswith(f"{LEDGER}/"):
            continue  # it goes in one piece, as erasures.json
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
            try:
                with storage.open(name) as source:
                    for chunk in source.chunks():
                        kept.write(chunk)
            except FileNotFoundError:
                continue  # erased, or replaced by an editor, a moment ago
            kept.seek(0)
            archive.add(f"{folder}/{name}", kept)
        done += 1
        if done % EACH == 0:
            tell(_("%(folder)s: %(count)d files …") % {"folder": folder, "count": done})
    tell(_("%(folder)s: %(count)d files.") % {"folder": folder, "count": done})


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, by name."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    begin = f"{folder}/" if folder else ""
    yield from (f"{begin}{name}" for name in sorted(names) if name)
    for name in sorted(filter(None, folders)):
        yield from walk(storage, f"{begin}{name}")


def prune(folder: Path, *, days: int = 7, weeks: int = 4, months: int = 6) -> list[Path]:
    """Remove what is not the newest of one of the last `days`, `weeks` or `months` that have a backup."""
    dated = sorted(
        ((datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC), path) for path in folder.iterdir()
         if (found := NAME.fullmatch(path.name))),
        reverse=True,
    )  # fmt: skip
    kept: set[Path] = set()
    for spans, most in (("%Y%m%d", days), ("%G-%V", weeks), ("%Y%m", months)):
        newest: dict[str, Path] = {}
        for at, path in dated:
            newest.setdefault(at.strftime(spans), path)
        kept.update(list(newest.values())[:most])
    gone = [path for _at, path in dated if path not in kept]
    for path in gone:
        path.unlink()
    return gone


def newest(folder: Path) -> Path:
    """The newest backup in a folder. Raises BadArchive when there is none."""
    found = sorted(path for path in folder.glob("*.sealed") if NAME.fullmatch(path.name))
    if not found:
        raise BadArchive(_("There is no backup in %(folder)s.") % {"folder": folder})
    return found[-1]
