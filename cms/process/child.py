"""One child process: its own group, dies with the manager, started again with growing pauses."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cms.process.guardian import Guardian
from cms.process.logs import Log

PR_SET_PDEATHSIG = 1  # prctl(2)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a child is started again
SETTLED = 30.0  # a child that lived this long has recovered: the next pause is short again
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def pause_before_restart(failures: int) -> float:
    """Seconds to wait after the given number of quick ends in a row."""
    return min(FIRST_PAUSE * 2.0 ** max(failures - 1, 0), LONGEST_PAUSE)


def describe_exit(code: int) -> str:
    """A return code in words."""
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def await_end_of_group(group: int, patience: float = 1.0) -> None:
    """Wait until killed processes are gone: a signal is sent in a moment, a death takes longer."""
    until = time.monotonic() + patience
    with contextlib.suppress(OSError):  # no such group: that is what we wait for
        while time.monotonic() < until:
            os.killpg(group, 0)
            time.sleep(0.01)


def die_with_parent(number: signal.Signals) -> None:
    """Let the kernel send this process a signal when its parent dies (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, number)


class Child:
    """A command that the manager keeps running."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        guardian: Guardian,
        grace: float,
        repair: Callable[[], None] | None = None,
        is_kept: bool = True,
    ) -> None:
        self.name, self.command, self.log, self.grace = name, list(command), Log(log), grace
        self.is_kept = is_kept  # started again when it ends; else it runs once
        self.failures = 0
        self.exit_code: int | None = None
        self._env, self._cwd, self._guardian, self._repair = dict(env), cwd, guardian, repair
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0

    @property
    def is_running(self) -> bool:
        """Is there a process now? (One that has ended counts until `reap` has seen it.)"""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The number of the process and of its group."""
        if self._process is None:
            raise ProcessLookupError(f"{self.name} is not running")
        return self._process.pid

    @property
    def is_due(self) -> bool:
        """Has it ended, and is the pause before its next start over?"""
        return self._process is None and time.monotonic() >= self._due

    @property
    def pause(self) -> float:
        """Seconds from now until the next start."""
        return max(self._due - time.monotonic(), 0.0)

    def start(self) -> None:
        """Start the process; its output goes to the log."""
        manager = os.getpid()

        def die_with_manager() -> None:
            die_with_parent(signal.SIGKILL)
            if os.getppid() != manager:  # it died between fork and prctl
                os._exit(1)

        output = self.log.begin()
        try:
            self._process = subprocess.Popen(
                self.command,
                env=self._env,
                cwd=self._cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_manager,  # safe: the manager has one thread only
            )
        finally:
            os.close(output)
        self._guardian.add(self._process.pid)
        self._started, self.exit_code = time.monotonic(), None

    def reap(self) -> bool:
        """True when the process has just ended; what is left of its group is killed first."""
        if self._process is None:
            return False
        pid = self._process.pid
        # Looked at but not yet collected, so that the group's number cannot belong to anyone else.
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self._signal_group(signal.SIGKILL)
        self.exit_code = self._process.wait()
        await_end_of_group(pid)
        self._guardian.drop(pid)
        self._process = None
        self.failures = 1 if time.monotonic() - self._started > SETTLED else self.failures + 1
        self._due = time.monotonic() + pause_before_restart(self.failures)
        return True

    def start_again(self) -> None:
        """Start after an end; from the second quick end on, try the repair first."""
        if self._repair is not None and self.failures > 1:
            self._repair()
        self.start()

    def stop(self, *, is_hurried: Callable[[], bool]) -> str:
        """Ask the process to end, wait at most `grace` seconds, then kill its group. Says how it went."""
        if self._process is None:
            return "was not running"
        begun = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        is_forced = False
        while not self.reap():
            if not is_forced and (is_hurried() or time.monotonic() - begun > self.grace):
                is_forced = True
                self._signal_group(signal.SIGKILL)
            time.sleep(0.02)
        return f"{'killed' if is_forced else 'stopped'} ({time.monotonic() - begun:.1f} s)"

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, number)
