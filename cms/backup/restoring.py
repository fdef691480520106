"""Putting a backup in the place of what is here: all of it or nothing.

Everything was checked before (staging.py). Files are moved aside by renaming, and moved back when anything
fails; PostgreSQL takes its tables in one transaction, last of all. What was here before stays in a folder
beside it until somebody deletes it. A folder of files stays itself, and only what lies in it is changed: it
may be a volume, or stand where we may not write, and its owner and group are what lets a proxy in.
"""

import contextlib
import shutil
import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import connection
from django.utils.translation import gettext as _

from cms.backup import archive, database, escrow
from cms.backup.archive import Tell
from cms.backup.sealed import BadArchive
from cms.backup.staging import Staged

SQLITE_BESIDE = ("", "-wal", "-shm", "-journal")
OWNER_ONLY = 0o600, 0o700  # files and folders, where a storage says nothing else


def check_place(*, is_over: bool) -> bool:
    """Whether somebody lives here. Raises BadArchive if so, unless that is what shall be replaced."""
    others = database.others_connected()
    if others:
        raise BadArchive(
            _("The database has %(count)d other connections: stop web servers, workers and beat first.")
            % {"count": others}
        )
    is_lived_in = database.has_rows() or any(_has_files(storages[one]) for one in archive.PARTS.values())
    if is_lived_in and not is_over:
        raise BadArchive(
            _(
                "There is a school here already. To put the backup in its place add OVER=1 (--over); "
                "make a backup of what is here before."
            )
        )
    return is_lived_in


def check_keys(staged: Staged, *, is_over: bool) -> None:
    """Raises BadArchive when what was restored could not be opened here, or a key would be lost."""
    theirs, ours = staged.about["fingerprints"], escrow.fingerprints()
    is_same = set(theirs["master"]) <= set(ours["master"]) and theirs["name"] == ours["name"]
    if staged.keys is None and not is_same:
        raise BadArchive(
            _(
                "The keys of this machine are not those of the backup: "
                "its keys and their passphrase are needed."
            )
        )
    if staged.keys is not None and not is_same and not escrow.keeps_secrets_in_files():
        raise BadArchive(
            _(
                "MASTER_KEYS and NAME_SECRET in the environment are not those of the backup. "
                "Open keys.sealed as docs/backup.md says, and set what secrets.json says in the environment."
            )
        )
    if staged.keys is not None and not is_over:
        for path, content in escrow.targets(staged.keys):
            is_fresh = path.name == escrow.MASTER_FILE or path.name in {"name.key", *escrow.IN_DATA_DIR}
            if path.is_file() and path.read_bytes() != content and not is_fresh:
                raise BadArchive(
                    _("Another key lies in %(path)s. With OVER=1 (--over) it is moved aside.")
                    % {"path": path}
                )


def put_in_place(staged: Staged, *, at: datetime, tell: Tell) -> Path | None:
    """Replace database, files and keys; the folder with what was here before, if there was anything."""
    aside = Path(settings.DATA_DIR) / f"replaced-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    connection.close()
    with ExitStack() as undo:
        undo.callback(drop_empty, aside)
        for folder, storage in archive.PARTS.items():
            tell(_("%(folder)s …") % {"folder": folder})
            place_files(staged.folder / folder, storages[storage], aside / folder, undo)
        if staged.keys is not None:
            tell(_("Keys …"))
            for path, content in escrow.targets(staged.keys):
                _set_aside(path, aside / "keys" / path.name, undo)
                undo.callback(path.unlink, missing_ok=True)
                escrow.lay(path, content)
        tell(_("Database …"))
        _place_database(staged, aside, undo)
        undo.pop_all()  # everything is there: nothing is taken back
    return aside if aside.exists() else None


def _place_database(staged: Staged, aside: Path, undo: ExitStack) -> None:
    if connection.vendor != "sqlite":
        database.replace_postgresql(staged.database, staged.folder)
        return
    place = Path(connection.settings_dict["NAME"])
    place.parent.mkdir(parents=True, exist_ok=True)
    for ending in SQLITE_BESIDE:
        _set_aside(place.with_name(place.name + ending), aside / f"{place.name}{ending}", undo)
    undo.callback(place.unlink, missing_ok=True)
    _move(staged.database, place)
    with closing(sqlite3.connect(place)) as copy:
        copy.execute("PRAGMA journal_mode=WAL")


def place_files(source: Path, storage: Storage, aside: Path, undo: ExitStack) -> None:
    """Into a folder by renaming; onto a service file by file, where what is there already stays."""
    if isinstance(storage, FileSystemStorage):
        place = Path(storage.location)
        place.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY[1])
        for old in sorted(place.iterdir()):
            _set_aside(old, aside / old.name, undo)
        for new in sorted(source.iterdir()) if source.is_dir() else []:
            _set_modes(new, storage)
            undo.callback(_remove, place / new.name)
            _move(new, place / new.name)
        return
    for path in sorted(one for one in source.rglob("*") if one.is_file()) if source.is_dir() else []:
        name = path.relative_to(source).as_posix()
        if storage.exists(name):
            with storage.open(name) as there, path.open("rb") as ours:
                if there.read() == ours.read():
                    continue
            storage.delete(name)
        with path.open("rb") as content:
            if storage.save(name, File(content)) != name:
                raise BadArchive(_("The storage does not take %(name)s.") % {"name": name})


def _set_aside(path: Path, target: Path, undo: ExitStack) -> None:
    """Move what lies there away, and back again if the rest fails."""
    if not path.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _move(path, target)
    undo.callback(_move, target, path)


def _set_modes(path: Path, storage: FileSystemStorage) -> None:
    """As the storage would have written it: public files are read by a proxy."""
    of_file, of_folder = OWNER_ONLY
    if storage.directory_permissions_mode is not None:
        of_file, of_folder = storage.file_permissions_mode or of_file, storage.directory_permissions_mode
    for one in [path, *path.rglob("*")]:
        one.chmod(of_folder if one.is_dir() else of_file)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def drop_empty(folder: Path) -> None:
    """Nothing is left behind of a restore that was taken back."""
    for one in [*sorted(folder.rglob("*"), reverse=True), folder]:
        with contextlib.suppress(OSError):
            one.rmdir()


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # over another disk: copy, then remove
        source.rename(target)
        return
    shutil.move(source, target)


def _has_files(storage: Storage) -> bool:
    return next(archive.walk(storage), None) is not None
