"""Whether this process can serve, and what a person should look at, asked again after some seconds only.

What pages cannot be served without is vital: 503, so that a balancer leaves this host alone. Whatever only
makes diplomas wait is not: taking every host away because a worker died would turn a delay into an outage.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error as DatabaseError
from django.db import connections

from cms.monitoring import probes

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True)
class Check:
    """One question, whether pages need its answer, and for how many seconds an answer holds."""

    name: str
    look: Callable[[datetime], str]
    is_vital: bool = False
    kept: float = 5


CHECKS = (
    Check("database", probes.database, is_vital=True),
    Check("migrations", probes.migrations, is_vital=True, kept=30),
    Check("broker", probes.broker, kept=10),
    Check("storage", probes.storage, kept=60),
    Check("queue", probes.queue, kept=15),
    Check("beat", probes.beat, kept=15),
    Check("keys", probes.keys, kept=600),
    Check("disk", probes.disk, kept=30),
)


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    name: str
    state: str
    detail: str
    ms: int


@dataclass
class Readiness:
    """The checks of this process: never more than one thread each, however many ask."""

    checks: Sequence[Check] = CHECKS
    patience: float = 3  # seconds for all of them together
    _found: dict[str, tuple[float, Finding]] = field(default_factory=dict)
    _asked: dict[str, "Future[Finding]"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def findings(self, now: datetime) -> list[Finding]:
        """One of each check; what has not answered in time is told so and not asked a second time."""
        with self._lock:
            for check in self.checks:
                self._ask(check, now)
            asked = dict(self._asked)
        wait(asked.values(), timeout=self.patience)
        with self._lock:
            return [self._finding(check) for check in self.checks]

    def _ask(self, check: Check, now: datetime) -> None:
        known = self._found.get(check.name)
        is_fresh = known is not None and time.monotonic() - known[0] < check.kept
        if is_fresh or check.name in self._asked:
            return
        asked: Future[Finding] = Future()
        self._asked[check.name] = asked
        threading.Thread(target=_answer, args=(check, now, asked), daemon=True).start()

    def _finding(self, check: Check) -> Finding:
        asked = self._asked.get(check.name)
        if asked is not None and asked.done():
            self._found[check.name] = time.monotonic(), asked.result()
            del self._asked[check.name]
        elif asked is not None:
            return Finding(check.name, _bad(check), "no answer", round(self.patience * 1000))
        return self._found[check.name][1]


def _answer(check: Check, now: datetime, asked: "Future[Finding]") -> None:
    try:
        asked.set_result(look(check, now))
    finally:
        connections.close_all()  # of this thread


def look(check: Check, now: datetime) -> Finding:
    """Ask one check."""
    begun = time.perf_counter()
    try:
        state, detail = OK, check.look(now)
    except probes.Trouble as trouble:
        state, detail = _bad(check), str(trouble)
    except DatabaseError as error:
        state, detail = _bad(check), f"the database does not answer ({type(error).__name__})"
    except Exception as error:  # whatever a driver raises; its message may hold addresses and names
        state, detail = _bad(check), type(error).__name__
    return Finding(check.name, state, detail, round((time.perf_counter() - begun) * 1000))


def _bad(check: Check) -> str:
    return FAILED if check.is_vital else WARNING


def summary(findings: Sequence[Finding]) -> str:
    """The worst of them, in a word."""
    states = {finding.state for finding in findings}
    return next((word for word in (FAILED, WARNING) if word in states), OK)


def as_json(findings: Sequence[Finding]) -> Mapping[str, object]:
    """All of it, for whoever may see it."""
    checks = {one.name: {"status": one.state, "detail": one.detail, "ms": one.ms} for one in findings}
    return {"status": summary(findings), "checks": checks}


of_this_process = Readiness()
