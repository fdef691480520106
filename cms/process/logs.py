"""Logs of a bounded size, and a watch that shows their errors to the person at the terminal."""

import os
import re
from pathlib import Path

LIMIT = 5 * 1024 * 1024  # bytes; one older file of the same size is kept
ERROR = re.compile(r"\b(ERROR|CRITICAL)\b|^\w*(Error|Exception)\b")


class Log:
    """One child's log: `path`, the one before it at `path`.1."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = 0
        self._rest = b""

    def begin(self) -> int:
        """Put a log that is too long aside and open it for a child to append to."""
        self.bound()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if self._seen == 0:
            self._seen = os.fstat(descriptor).st_size
        return descriptor

    def bound(self) -> None:
        """Keep the log under its limit, also while a child writes (it appends, so truncating is safe)."""
        if self.path.exists() and self.path.stat().st_size > LIMIT:
            self.path.with_name(self.path.name + ".1").write_bytes(self.path.read_bytes()[-LIMIT:])
            os.truncate(self.path, 0)
            self._seen = 0

    def new_errors(self) -> list[str]:
        """The error lines written since the last call."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return []
        if size <= self._seen:
            return []
        with self.path.open("rb") as file:
            file.seek(self._seen)
            fresh = file.read(LIMIT)
        self._seen += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        return [text for line in lines if ERROR.search(text := line.decode(errors="replace").strip())]

    def tail(self, lines: int = 12) -> list[str]:
        """The last lines, for the one moment when a child cannot start at all."""
        try:
            text = self.path.read_bytes()[-20_000:].decode(errors="replace")
        except FileNotFoundError:
            return []
        return [line for line in text.splitlines() if line.strip()][-lines:]
