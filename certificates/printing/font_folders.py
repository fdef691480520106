"""The folders that WeasyPrint copies fonts to: each process has its own and removes it when it ends.

A killed process cannot; the next one removes what it left. A lock tells them from those that are in use,
also where two containers share a folder and process numbers mean nothing.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

PREFIX = "promotora-fonts-"
_locks: list[BinaryIO] = []


def make() -> Path:
    """A folder of this process, locked while it lives; those of killed processes go first."""
    remove_left()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = (folder / "lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _locks.append(lock)
    return folder


def left() -> list[Path]:
    """The font folders whose process was killed."""
    return [folder for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*") if _is_left(folder)]


def remove_left() -> int:
    """Remove them; how many."""
    gone = left()
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def _is_left(folder: Path) -> bool:
    """Whether nobody holds its lock any more. Another user's folder is none of our business."""
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return False
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, not written yet, or just removed
        return False
    return True
