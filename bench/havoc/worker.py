"""A worker that dies where it is told to: `python -m bench.havoc.worker FOLDER celery-arguments…`.

Nothing in the house knows of this. The three moments that no luck would ever hit are found by wrapping, in
this process alone, the steps of a job: storing the file, and the transaction that makes it count. A file
`FOLDER/<moment>` arms a moment; the first process that comes by takes the file away and dies by kill -9.
"""

import contextlib
import ctypes.util
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import django

# Looking for Pango's libraries, Python lets gcc link an empty file; gcc killed meanwhile leaves it in TMPDIR.
ctypes.util._findLib_gcc = lambda name: None  # type: ignore[attr-defined]  # private
django.setup()

from django.db.backends.postgresql.base import DatabaseWrapper

from bench.havoc import cluster
from certificates.awards import files, jobs
from cms.celery import app

HALF_A_FILE = "inside-the-file"
FILE_AND_COMMIT = "between-file-and-commit"
COMMIT_AND_ACKNOWLEDGEMENT = "between-commit-and-acknowledgement"
DATABASE_AT_COMMIT = "database-while-it-commits"  # the file holds the postmaster's number
MOMENTS = (HALF_A_FILE, FILE_AND_COMMIT, COMMIT_AND_ACKNOWLEDGEMENT, DATABASE_AT_COMMIT)


class Saboteur:
    """Looks for armed moments in a folder, and strikes once for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_finishing = False

    def take(self, moment: str) -> str | None:
        """What the armed file says, if this process is the first to come by."""
        mine = self.folder / f"{moment}.{os.getpid()}"
        try:
            os.rename(self.folder / moment, mine)
        except FileNotFoundError:
            return None
        content = mine.read_text()
        mine.unlink()
        return content

    def die_if_armed(self, moment: str) -> None:
        """kill -9 of this very process."""
        if self.take(moment) is not None:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def finishing(self) -> Iterator[None]:
        """Inside, a commit is the one that makes a diploma count."""
        self.is_finishing = True
        try:
            yield
        finally:
            self.is_finishing = False

    def kill_database_if_armed(self) -> None:
        """kill -9 of the whole database server within the few milliseconds that a commit takes."""
        if self.is_finishing and (postmaster := self.take(DATABASE_AT_COMMIT)):

            def strike() -> None:
                time.sleep(random.uniform(0, 0.004))
                cluster.kill(int(postmaster))

            threading.Thread(target=strike).start()


def sabotage(saboteur: Saboteur) -> None:
    """Put the saboteur between the steps of a job, in this process and in those it forks."""
    put, finish, fsync = files.put, jobs.finish, os.fsync
    commit: Callable[[Any], None] = DatabaseWrapper._commit  # type: ignore[attr-defined]  # untyped in stubs

    def half_a_file(fd: Any) -> None:
        if saboteur.take(HALF_A_FILE) is not None:
            os.ftruncate(fd, os.fstat(fd).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(fd)

    @wraps(finish)
    def then_die(*args: Any, **kwargs: Any) -> Any:
        saboteur.die_if_armed(FILE_AND_COMMIT)
        with saboteur.finishing():
            outcome = finish(*args, **kwargs)
        saboteur.die_if_armed(COMMIT_AND_ACKNOWLEDGEMENT)
        return outcome

    @wraps(commit)
    def commit_or_not(self: Any) -> None:
        saboteur.kill_database_if_armed()
        commit(self)

    @wraps(put)
    def put_with_half_a_file(*args: Any, **kwargs: Any) -> Any:
        os.fsync = half_a_file
        try:
            return put(*args, **kwargs)
        finally:
            os.fsync = fsync

    files.put = put_with_half_a_file
    jobs.finish = then_die
    DatabaseWrapper._commit = commit_or_not  # type: ignore[attr-defined]  # as above


def main(arguments: list[str]) -> None:
    """Lay the traps, then be a worker like any other."""
    folder, *celery_arguments = arguments
    sabotage(Saboteur(Path(folder)))
    app.worker_main(celery_arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
