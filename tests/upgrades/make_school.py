"""A small school as the code of today makes it, packed into one folder: what a later version must carry over.

    python -m tests.upgrades.make_school tests/upgrades/0.1.0

Run it once for a release, with that release's code, and never again for the same one. It migrates an empty
SQLite, lets the actions that people use make a course, a cohort and four awards (valid, replaced,
revoked, erased), and writes `database.sql.gz`, `files.zip` (private files and the demo's keys) and
`school.json`, what every diploma and page said then. Nobody in it is real.
"""

import gzip
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.stack import Stack

STAMP = (2026, 1, 1, 0, 0, 0)  # of every packed file: no date of the day in the archive
KEPT = ("private", "keys", "secret.key")


def pack(data_dir: Path, target: Path) -> None:
    """Write the database as SQL and the files as a ZIP."""
    source = sqlite3.connect(data_dir / "db.sqlite3")
    with gzip.GzipFile(target / "database.sql.gz", "wb", mtime=0) as packed:
        for line in source.iterdump():
            packed.write(line.encode() + b"\n")
    source.close()
    found = [data_dir / name for name in KEPT]
    files = sorted(path for one in found for path in ([one] if one.is_file() else one.rglob("*")))
    with zipfile.ZipFile(target / "files.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            if path.is_file():
                info = zipfile.ZipInfo(path.relative_to(data_dir).as_posix(), STAMP)
                archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)


def unpack(source: Path, data_dir: Path) -> None:
    """Lay a packed school into `data_dir`, as that version left it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(source / "files.zip") as archive:
        archive.extractall(data_dir)
    database = sqlite3.connect(data_dir / "db.sqlite3")
    database.execute("PRAGMA foreign_keys=OFF")
    database.executescript(gzip.decompress((source / "database.sql.gz").read_bytes()).decode())
    database.close()


def main(target: Path) -> None:
    """Migrate, make, look, pack."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="promotora-release-") as name:
        stack = Stack(Path(name), settings_module="cms.settings.dev")
        stack.manage("migrate", "--verbosity", "0")
        stack.call("tests.upgrades.school", "fill")
        (target / "school.json").write_text(stack.call("tests.upgrades.look"))
        pack(Path(name), target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
