"""Reading a backup: all of it is opened, checked and laid beside the living data before that is touched."""

import hashlib
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from cms.backup import archive, database, escrow
from cms.backup.escrow import Keys
from cms.backup.sealed import BadArchive, Reader

MOST_JSON = 256 * 1024 * 1024
TEXTS = ("about.json", "erasures.json", "manifest.json")


@dataclass
class Staged:
    """A backup that is whole: its parts lie in `folder`."""

    folder: Path
    about: dict[str, Any]
    erasures: list[dict[str, Any]]
    keys: Keys | None
    files: int

    @property
    def database(self) -> Path:
        """The copy of the database."""
        return self.folder / database.name()


def stage(source: Path, folder: Path, passphrase: str, escrow_passphrase: str | None) -> Staged:
    """Open `source` into `folder`. Raises BadArchive for anything that is not as it was written."""
    texts, found = _unpack(source, folder, passphrase)
    if any(name not in texts for name in TEXTS):
        raise BadArchive(_("The file is damaged or cut off: fetch another copy of it."))
    manifest = {name: (one["size"], one["sha256"]) for name, one in texts["manifest.json"].items()}
    if manifest != found:
        raise BadArchive(_("What is in this backup is not what its list says."))
    if not (folder / database.name()).is_file():
        raise BadArchive(_("There is no database in this backup."))
    database.check(folder / database.name())
    sealed = folder / archive.KEYS
    keys = None
    if sealed.is_file() and escrow_passphrase is not None:
        try:
            keys = escrow.opened(sealed.read_bytes(), escrow_passphrase)
        except BadArchive as error:
            raise BadArchive(_("The keys: %(reason)s") % {"reason": error}) from None
    return Staged(folder, texts["about.json"], texts["erasures.json"], keys, len(found))


def read_text(source: Path, passphrase: str, wanted: str) -> Any:
    """One of the texts of a backup, such as the erasures that a newer one knows of. Raises BadArchive."""
    with (
        source.open("rb") as file,
        tarfile.open(fileobj=cast(IO[bytes], Reader(file, passphrase)), mode="r|") as tar,
    ):
        for member in tar:
            content = tar.extractfile(member)
            if member.name == wanted and content is not None:
                return json.loads(content.read(MOST_JSON))
    raise BadArchive(_("The file is damaged or cut off: fetch another copy of it."))


def _unpack(source: Path, folder: Path, passphrase: str) -> tuple[dict[str, Any], dict[str, tuple[int, str]]]:
    texts: dict[str, Any] = {}
    found: dict[str, tuple[int, str]] = {}
    with source.open("rb") as file:
        reader = Reader(file, passphrase)
        try:
            with tarfile.open(fileobj=cast(IO[bytes], reader), mode="r|") as tar:
                for member in tar:
                    _unpack_one(tar, member, folder, texts, found)
        except tarfile.TarError:
            raise BadArchive(_("The file is damaged or cut off: fetch another copy of it.")) from None
        reader.read()  # to its last piece: what follows the tar's end must be whole too
    return texts, found


def _unpack_one(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    folder: Path,
    texts: dict[str, Any],
    found: dict[str, tuple[int, str]],
) -> None:
    content = tar.extractfile(member)
    if not member.isfile() or content is None or not _is_ours(member.name) or member.name in found:
        raise BadArchive(_("There is something in this backup that does not belong there."))
    digest, text = hashlib.sha256(), bytearray()
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as file:
        while chunk := content.read(1024 * 1024):
            digest.update(chunk)
            if member.name in TEXTS:
                text += chunk
            else:
                file.write(chunk)
    target.chmod(0o600)
    if member.name in TEXTS:
        target.unlink()
        texts[member.name] = json.loads(text)
    if member.name == "about.json":
        check_about(texts["about.json"])
    if member.name != "manifest.json":
        found[member.name] = (member.size, digest.hexdigest())


def _is_ours(name: str) -> bool:
    """One of the names that `archive.write` gives, and no way out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name:
        return False
    return name in {*TEXTS, archive.KEYS, *database.NAMES.values()} or (
        len(path.parts) > 1 and path.parts[0] in archive.PARTS
    )


def check_about(about: dict[str, Any]) -> None:
    """Raises BadArchive for what this version or this database cannot take."""
    loader = MigrationLoader(None)
    replaced = [key for migration in loader.disk_migrations.values() for key in migration.replaces]
    known = {f"{app}.{name}" for app, name in (*loader.disk_migrations, *replaced)}
    # Rows of apps that were taken out since stay in the table of migrations and harm nobody.
    ours = [one for one in about["migrations"] if one.partition(".")[0] in loader.migrated_apps]
    newer = [one for one in ours if one not in known]
    if about["format"] > archive.FORMAT or newer:
        raise BadArchive(
            _("This backup is of the newer version %(version)s: update Promotora first.")
            % {"version": about["version"]}
        )
    if about["database"] != database.name():
        raise BadArchive(
            _("This backup is of another kind of database (%(theirs)s); here is %(ours)s.")
            % {"theirs": about["database"].partition(".")[2], "ours": connection.vendor}
        )
