"""How much is asked: a little in the suite, `make fuzz` at least 100,000 bad inputs (FUZZ=…)."""

import os
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase

from tests.fuzz.watching import Asked

TOTAL = int(os.environ.get("FUZZ", "400"))
# What of the whole each of them asks; together 1.
SHARES = {"addresses": 0.25, "forms": 0.4, "api": 0.1, "phones": 0.1, "files": 0.15}


def bad_inputs(kind: str, parts: int = 1) -> Callable[[Any], Any]:
    """The settings of a property that asks its share of the whole, or an equal part of it."""
    return hypothesis.settings(
        max_examples=max(10, round(TOTAL * SHARES[kind] / parts)),
        deadline=None,
        database=None,
        derandomize="FUZZ" not in os.environ,  # the gate asks the same each time; `make fuzz` asks anew
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        print_blob=True,
    )


def pytest_sessionfinish(session: Any) -> None:
    """What a process of xdist asked is told to the one that waits for it."""
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        told["asked"] = Asked.by_kind


def pytest_testnodedown(node: Any) -> None:
    """Add up what the processes of xdist asked."""
    for kind, count in getattr(node, "workeroutput", {}).get("asked", {}).items():
        Asked.by_kind[kind] = Asked.by_kind.get(kind, 0) + count


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many were asked."""
    if Asked.by_kind:
        told = ", ".join(f"{kind} {count:,}" for kind, count in sorted(Asked.by_kind.items()))
        terminalreporter.write_line(f"bad inputs: {sum(Asked.by_kind.values()):,} ({told})")


@pytest.fixture(autouse=True)
def _unthrottled(settings: Any) -> None:
    """As many questions as there are: the limits have tests of their own."""
    for name in ("VERIFY_PER_MINUTE", "VERIFY_FILES_PER_MINUTE", "SYNC_PER_MINUTE", "SYNC_KEPT_PER_OWNER"):
        setattr(settings, name, 10**9)
