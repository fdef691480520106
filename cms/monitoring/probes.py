"""One question each about what the site stands on. Each answers in neutral words or raises.

`Trouble` is what a person can act on; anything else that is raised is told by its kind alone. None may take
long by itself: what asks others has a time limit of its own, and readiness.py waits no longer than it must.
"""

import pkgutil
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu.exceptions import OperationalError

from certificates.awards.models import Document, Job
from certificates.keys import checks as key_checks
from cms.monitoring.actions import BEAT
from cms.monitoring.models import Heartbeat
from courses.imports.models import PeopleImport
from courses.moving.models import CourseMove

MEGABYTE = 1_000_000
BROKER_SECONDS = 2


class Trouble(Exception):
    """Something that a person should look at, in a few neutral words."""


def database(_now: datetime) -> str:
    """It answers a question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return connection.vendor


def migrations(_now: datetime) -> str:
    """Nothing that this version needs is missing in the database; it may be ahead."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    missing = unapplied(newest_of_apps(), applied)
    if missing:
        raise Trouble(f"{len(missing)} to apply, such as {missing[0]}")
    return "applied"


def newest_of_apps() -> dict[str, str]:
    """The newest migration of each app, by its number. Reads names only: importing all takes 30 MB."""
    newest = {}
    for config in apps.get_app_configs():
        name, _is_set = MigrationLoader.migrations_module(config.label)
        if name is None:
            continue
        try:
            folder = import_module(name).__path__
        except ImportError:
            continue  # an app without tables
        names = sorted(module.name for module in pkgutil.iter_modules(folder))
        numbered = [one for one in names if one[:1].isdigit() and "_squashed_" not in one]
        if numbered:
            newest[config.label] = numbered[-1]
    return newest


def unapplied(newest: dict[str, str], applied: Iterable[tuple[str, str]]) -> list[str]:
    """Of which apps the newest migration was not applied."""
    done = set(applied)
    return [f"{app}.{name}" for app, name in sorted(newest.items()) if (app, name) not in done]


@contextmanager
def broker_connection() -> Iterator[Any]:
    """A connection to the broker that gives up soon. Raises Trouble where it does not let us in."""
    with current_app.connection_for_read(connect_timeout=BROKER_SECONDS) as asked:
        troubles: tuple[type[BaseException], ...] = (
            *asked.connection_errors,
            *asked.channel_errors,
            OperationalError,
        )
        try:
            asked.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_SECONDS)
        except troubles as error:
            kind = type(error.__cause__ or error).__name__  # its message may hold addresses and names
            raise Trouble(f"cannot be reached, or refuses us ({kind}): work waits") from None
        yield asked


def broker(_now: datetime) -> str:
    """It lets us in."""
    with broker_connection() as asked:
        return str(asked.transport_cls)


def storage(_now: datetime) -> str:
    """A file can be written, read back and deleted where diplomas lie."""
    private, content = storages["private"], secrets.token_bytes(16)
    name = private.save(f"readiness/{secrets.token_hex(8)}", ContentFile(content))
    try:
        with private.open(name) as file:
            if file.read() != content:
                raise Trouble("a file came back changed")
    finally:
        private.delete(name)
    return "written, read, deleted"


def oldest_waiting(now: datetime) -> timedelta:
    """How long the oldest piece of work has been waiting for a worker: diplomas, lists, courses."""
    since = [
        Job.objects.waiting(now).order_by("run_after").values_list("run_after", flat=True).first(),
        PeopleImport.objects.filter(state=PeopleImport.State.QUEUED)
        .order_by("confirmed_at")
        .values_list("confirmed_at", flat=True)
        .first(),
        CourseMove.objects.unheard(now).order_by("at").values_list("at", flat=True).first(),
    ]
    return max((now - at for at in since if at is not None), default=timedelta())


def queue(now: datetime) -> str:
    """Work does not wait for long, or if a large batch does, it goes on."""
    age, patience = oldest_waiting(now), timedelta(seconds=settings.QUEUE_PATIENCE_SECONDS)
    if age > patience and not Document.objects.filter(issued_at__gte=now - patience / 3).exists():
        raise Trouble(f"the oldest has waited {age // timedelta(minutes=1)} minutes")
    return f"{age // timedelta(seconds=1)} s"


def beat(now: datetime) -> str:
    """The clock was heard: beat, broker and a worker live."""
    heard = Heartbeat.objects.filter(name=BEAT).values_list("at", flat=True).first()
    if heard is None:
        raise Trouble("never heard")
    age = now - heard
    if age > timedelta(seconds=settings.HEARTBEAT_PATIENCE_SECONDS):
        raise Trouble(f"not heard for {age // timedelta(minutes=1)} minutes")
    return f"heard {age // timedelta(seconds=1)} s ago"


def keys(_now: datetime) -> str:
    """The keys that sign are there and will not end soon (certificates/keys/checks.py says which and why)."""
    found = sorted({str(message.id) for message in key_checks.check_keys()})
    if found:
        raise Trouble(", ".join(found))
    return "in force"


def disk(_now: datetime) -> str:
    """There is room where the data lie."""
    free = shutil.disk_usage(Path(settings.DATA_DIR)).free // MEGABYTE
    if free < settings.DISK_FREE_MB:
        raise Trouble(f"{free} MB free")
    return f"{free} MB free"
