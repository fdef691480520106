"""Where a backup is put together or opened: in a private folder of DATA_DIR, never where it travels.

One that is stopped removes what it made. One that was killed cannot: the next one removes it. The lock goes
with its process, so that whatever lies there under it belongs to nobody any more.
"""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.utils.translation import gettext as _

from cms.backup.sealed import BadArchive

WORK = ".backup-work-"  # in DATA_DIR
OLD_RESTORE = ".restore-????????"  # where versions before this one restored
OLD_WORK = ".work-????????"  # and made backups: in the folder that travels
DRAFT = ".part"
LOCK = "backup.lock"
STOPS = (signal.SIGTERM, signal.SIGHUP)  # systemd, a shutdown; a terminal that is gone


@contextmanager
def workplace(tell: Callable[[str], None], *, to: Path | None = None) -> Iterator[Path]:
    """A private folder for a backup that goes to `to`, or for one that is restored; gone afterwards.

    What a killed one left is removed first. One at a time: raises BadArchive.
    """
    data_dir = Path(settings.DATA_DIR)
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _claim(lock)
        _clear(_left(data_dir, to), tell)
        with tempfile.TemporaryDirectory(prefix=WORK, dir=data_dir) as work:
            yield Path(work)
    finally:
        os.close(lock)


def _claim(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadArchive(_("Another backup is being made or restored. Wait until it has ended.")) from None


def _left(data_dir: Path, to: Path | None) -> Iterator[Path]:
    yield from data_dir.glob(f"{WORK}*")
    yield from data_dir.glob(OLD_RESTORE)
    if to is not None:
        yield from to.glob(OLD_WORK)
        yield from to.glob(f"backup-*{DRAFT}")


def _clear(lefts: Iterable[Path], tell: Callable[[str], None]) -> None:
    """Remove what a killed one left. Under the lock only; what resists is told and stops nothing."""
    for left in lefts:
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
