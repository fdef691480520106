"""Kills what a manager leaves behind: a process of its own that outlives even a `kill -9` of the manager.

PR_SET_PDEATHSIG reaches only the manager's direct children: granian's workers and Celery's beat would go on
for ever. So each child leads a process group, the manager tells this process the groups that live ("+123",
"-123"), and when the pipe closes, however that came about, every group still named is killed.
"""

import contextlib
import os
import signal
import subprocess
import sys

IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Guardian:
    """The manager's end: keeps one guardian process alive and tells it which groups live."""

    def __init__(self, lock: int | None = None) -> None:
        self._lock = lock  # held by the guardian too: DATA_DIR stays claimed until all is cleared up
        self._groups: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def look_after(self) -> None:
        """Start the guardian, or start it again when something ended it."""
        if self._process is not None and self._process.poll() is None:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[] if self._lock is None else [self._lock],
        )
        for group in self._groups:
            self._say(f"+{group}\n")

    def add(self, group: int) -> None:
        """From now on `group` must not outlive the manager."""
        self._groups.add(group)
        self._say(f"+{group}\n")

    def drop(self, group: int) -> None:
        """`group` is gone."""
        self._groups.discard(group)
        self._say(f"-{group}\n")

    def close(self) -> None:
        """Send the guardian home; it kills what is left, if anything is."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.wait(timeout=10)

    def _say(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):  # it died: look_after() tells a new one everything
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()


def main() -> None:
    """Listen until the manager is gone, then kill every group it left."""
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
