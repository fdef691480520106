"""Where a backup is put together: in a private folder of DATA_DIR, never in the folder that travels.

A backup that is stopped removes what it made. One that was killed cannot: the next one removes it. The lock
goes with its process, so that whatever lies there under it belongs to nobody any more.
"""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.utils.translation import gettext as _

from cms.backup.sealed import BadArchive

WORK = ".backup-work-"  # in DATA_DIR
OLD_WORK = ".work-????????"  # where versions before this one worked: in the folder that travels
DRAFT = ".part"
LOCK = "backup.lock"
STOPS = (signal.SIGTERM, signal.SIGHUP)  # systemd, a shutdown; a terminal that is gone


@contextmanager
def workplace(folder: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """A private folder for a backup that goes to `folder`, gone afterwards. One at a time: raises BadArchive.

    What a killed backup left is removed first.
    """
    data_dir = Path(settings.DATA_DIR)
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _claim(lock)
        _clear(data_dir, folder, tell)
        with tempfile.TemporaryDirectory(prefix=WORK, dir=data_dir) as work:
            yield Path(work)
    finally:
        os.close(lock)


def _claim(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadArchive(_("Another backup is being made. Wait until it has ended.")) from None


def _clear(data_dir: Path, folder: Path, tell: Callable[[str], None]) -> None:
    """Remove what a killed backup left. Under the lock only; what resists is told and stops no backup."""
    for left in (*data_dir.glob(f"{WORK}*"), *folder.glob(OLD_WORK), *folder.glob(f"backup-*{DRAFT}")):
        try:
            if left.name.endswith(DRAFT):
                left.unlink()
            else:
                shutil.rmtree(left)
        except OSError:
            told = _("Delete %(path)s: a backup that was cut off left it, with everything in the clear.")
            tell(told % {"path": left})


@contextmanager
def stopped_in_order() -> Iterator[None]:
    """Asked to stop, leave through every `finally`; being asked again changes nothing."""
    before = {one: signal.getsignal(one) for one in STOPS}
    try:
        for one in STOPS:
            if before[one] != signal.SIG_IGN:  # nohup
                signal.signal(one, _stop)
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for one in STOPS:
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit(128 + number)
