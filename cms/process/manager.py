"""The manager: starts the children in order, keeps them running, stops them in order."""

import contextlib
import http.client
import signal
import time
from collections.abc import Callable
from types import FrameType

from cms.process.child import Child, describe_exit
from cms.process.guardian import Guardian
from cms.process.options import Options, Refusal

TICK = 0.1  # seconds
GIVE_UP_AFTER = 3  # quick ends in a row, while starting
SHOWN_ERRORS = 5  # error lines of one child a minute; the log has them all
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def say(line: str = "") -> None:
    """Print a line; a terminal that has gone away is no reason to leave processes behind."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


def answers(options: Options, path: str = "/health/") -> bool:
    """Does the site answer 200 there?"""
    connection = http.client.HTTPConnection(options.probe_host, options.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{options.port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Manager:
    """Runs children; all its waiting happens in `tick`, which looks after every one of them."""

    def __init__(self, guardian: Guardian) -> None:
        self.guardian = guardian
        self.children: list[Child] = []  # in the order in which they are stopped
        self._requests = 0
        self._is_started = False
        self._shown: dict[str, list[float]] = {}
        self._last_bound = time.monotonic()

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as a wish to stop."""

        def note(_number: int, _frame: FrameType | None) -> None:
            self._requests += 1

        for number in STOPPING_SIGNALS:
            signal.signal(number, note)

    def run_once(self, child: Child, what: str) -> None:
        """Run a command to its end. Raises Refusal when it fails."""
        self.children.insert(0, child)
        child.start()
        while not child.reap():
            self.tick()
        self.children.remove(child)
        if child.exit_code:
            raise self._failure(child, what)

    def keep(self, child: Child) -> None:
        """Start a child and keep it running; the child kept last is stopped first."""
        self.children.insert(0, child)
        child.start()

    def wait_until(self, is_ready: Callable[[], bool], child: Child, what: str) -> None:
        """Wait until a child is ready. Raises Refusal when it keeps ending instead."""
        while not is_ready():
            if child.failures >= GIVE_UP_AFTER:
                raise self._failure(child, what)
            self.tick()

    def supervise(self) -> None:
        """Go on until somebody wants to stop (raises StopRequested)."""
        self._is_started = True
        while True:
            self.tick()

    def tick(self) -> None:
        """One look at everything."""
        if self._requests:
            raise StopRequested
        self.guardian.look_after()
        for child in self.children:
            if child.is_kept and child.reap():
                say(self._obituary(child))
            elif child.is_kept and child.is_due:
                child.start_again()
            self._show_errors(child)
        if time.monotonic() - self._last_bound > 10:
            self._last_bound = time.monotonic()
            for child in self.children:
                child.log.bound()
        time.sleep(TICK)

    def stop(self) -> None:
        """Stop every child in order; a second Ctrl-C hurries."""
        seen = self._requests
        for child in self.children:
            if child.is_running:
                say(f"Stopping {child.name} …")
                outcome = child.stop(is_hurried=lambda: self._requests > seen)
                say(f"  {child.name} {outcome}")
        self.guardian.close()

    def _obituary(self, child: Child) -> str:
        reason = describe_exit(child.exit_code or 0)
        return f"{child.name} ended ({reason}); starting it again in {child.pause:.1f} s"

    def _show_errors(self, child: Child) -> None:
        now = time.monotonic()
        recent = [moment for moment in self._shown.get(child.name, []) if now - moment < 60]
        for line in child.log.new_errors():
            if len(recent) < SHOWN_ERRORS:
                say(f"{child.name}: {line[:300]}")
            elif len(recent) == SHOWN_ERRORS:
                say(f"{child.name}: more errors, see {child.log.path}")
            recent.append(now)
        self._shown[child.name] = recent

    def _failure(self, child: Child, what: str) -> Refusal:
        for line in child.log.tail():
            say(f"  {line[:300]}")
        return Refusal(f"{what} The lines above are the end of {child.log.path}")
