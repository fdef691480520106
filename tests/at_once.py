"""Several people or workers at the same moment, each in a thread with a connection of its own."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from certificates.errors import Refused as AwardRefused
from courses.errors import Refused


def at_once(acts: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Do them all at the same moment in threads; how many were done, and how many were refused in words."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            start.wait()
            act()
        except (Refused, AwardRefused):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))
