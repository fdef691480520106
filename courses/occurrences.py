"""What happened while something was answered or done: a kind and an outcome, both words of ours.

Nobody here counts: whoever is interested listens (`listeners`). A kind or outcome never holds what somebody
typed, so that it may stand in a figure.
"""

from collections.abc import Callable

listeners: list[Callable[[str, str], None]] = []


def occurred(kind: str, outcome: str) -> None:
    """Say it to whoever listens."""
    for listener in listeners:
        listener(kind, outcome)
