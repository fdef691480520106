"""What takes time: writing a package, looking into one, saving a course. The second run changes nothing.

A worker holds a lease. Files of a course are stored first, each written down before it is there; then one
transaction makes every row and forgets that list. Whoever is killed in between leaves files that the next
worker removes, and no row.
"""

import logging
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import bells
from courses.moving import package as packages
from courses.moving.actions import FOLDER, end, shelf
from courses.moving.archive import Broken, Problem
from courses.moving.building import Builder, is_here
from courses.moving.checking import library_row, report_on
from courses.moving.models import CourseMove
from courses.moving.package import Package, open_package
from courses.moving.rows import Wish
from courses.moving.writing import collect, models_of, write_package
from courses.pages.models import CoursePage

State, Direction = CourseMove.State, CourseMove.Direction
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
TOLD = 200  # problems that are kept

log = logging.getLogger(__name__)


def carry(move_id: int) -> bool:
    """Go on with a course; whether this worker did it."""
    now, lease = timezone.now(), uuid.uuid4()
    mine = CourseMove.objects.filter(pk=move_id)
    if not mine.unheard(now).update(lease=lease, leased_until=now + LEASE):
        return False
    move = CourseMove.objects.select_related("by").get(pk=move_id)
    clear(move)
    move.attempts += 1
    move.save(update_fields=["attempts"])
    if move.attempts > MOST_ATTEMPTS:
        refuse(move, [Problem("", "", "gave_up")])
        return True
    try:
        if move.direction == Direction.OUT:
            _write(move)
        elif move.state == State.WAITING:
            _look(move)
        else:
            _save(move)
    except Broken as error:
        clear(move)
        refuse(move, error.problems)
    except Exception:
        clear(move)
        mine.filter(lease=lease).update(leased_until=None)  # the sweep rings again, at most three times
        raise
    return True


@transaction.atomic
def refuse(move: CourseMove, problems: list[Problem]) -> None:
    """Nothing was saved; what is wrong stays to be read."""
    move.report = {**move.report, "problems": [vars(one) for one in problems[:TOLD]], "count": len(problems)}
    move.save(update_fields=["report"])
    end(move, State.REFUSED, timezone.now())
    log.info("course %s is refused: %s problems", move.pk, len(problems))


# --- out ---------------------------------------------------------------------------------------------
def _write(move: CourseMove) -> None:
    """Write the package of a course beside everything else, then put it on the shelf."""
    course = CoursePage.objects.filter(translation_key=move.course_key).order_by("pk").first()
    if course is None:
        raise Broken([Problem("", "", "gone")])
    bundle = collect(course)
    move.report = {
        "counts": models_of(bundle),
        "code": bundle.course.code,
        "languages": bundle.languages,
        "notices": [vars(one) for one in bundle.notices[:TOLD]],
    }
    with tempfile.TemporaryFile() as out:
        write_package(bundle, out, lambda done, total: tell(move, done, total))
        move.size = out.tell()
        out.seek(0)
        move.file = shelf().save(f"{FOLDER}/{uuid.uuid4()}.zip", File(out))
    with transaction.atomic():
        move.save(update_fields=["report", "size", "file"])
        end(move, State.DONE, timezone.now())


def tell(move: CourseMove, done: int, total: int) -> None:
    """How far it is; the lease is longer by that."""
    move.done, move.total, move.leased_until = done, total, timezone.now() + LEASE
    move.save(update_fields=["done", "total", "leased_until"])


# --- in ----------------------------------------------------------------------------------------------
@contextmanager
def opened(move: CourseMove) -> Iterator[Package]:
    """The package of a course, checked. Raises Broken."""
    with shelf().open(move.file) as file:
        yield open_package(cast(Any, file))


def _look(move: CourseMove) -> None:
    """Say what it holds and what is wrong with it. Its values are tried in rows that are rolled back."""
    with opened(move) as found:
        manifest = found.manifest
        move.title, move.course_key = manifest["title"], uuid.UUID(manifest["course"])
        move.save(update_fields=["title", "course_key"])
        captions = {
            path: part
            for path, part in found.of_kind(packages.DOCUMENTS)
            if part["file"].endswith(".vtt")  # a video asks what its captions hold
        }
        wish = Wish(copy=uuid.uuid4() if is_here(found) else None)
        builder = Builder(found, wish, _store(move, found, captions), move.by, is_rehearsal=True)
        try:
            with transaction.atomic():
                builder.rehearse()
                transaction.set_rollback(True)
        finally:
            clear(move)
        move.report = report_on(found, builder.notices, is_here=wish.copy is not None)
    move.state, move.leased_until, move.attempts = State.CHECKED, None, 0
    move.save(update_fields=["report", "state", "leased_until", "attempts"])


def _store(move: CourseMove, found: Package, parts: dict[str, Any]) -> dict[str, str]:
    """Store files of a package; each is written down before it is there. Part → name in storage."""
    stored: dict[str, str] = {}
    for done, (path, part) in enumerate(parts.items(), start=1):
        field = library_row(part)._meta.get_field("file")
        storage = field.storage
        wanted = storage.get_available_name(field.generate_filename(library_row(part), part["name"]), 100)
        move.stored.append([part["kind"], wanted])
        tell_stored(move, done, len(parts))
        with found.archive.open(part["file"]) as content:
            name = storage.save(wanted, File(cast(Any, content), name=wanted), max_length=100)
        if name != wanted:
            move.stored[-1] = [part["kind"], name]
            tell_stored(move, done, len(parts))
        stored[path] = name
    return stored


def tell_stored(move: CourseMove, done: int, total: int) -> None:
    """Write down which files are stored, and how far it is."""
    move.save(update_fields=["stored"])
    tell(move, done, total)


def _save(move: CourseMove) -> None:
    """Store the files, then make every row in one transaction."""
    wish = Wish(copy=move.copy_key, copy_title=_("%(title)s (copy)") if move.copy_key else "%(title)s")
    with opened(move) as found:
        stored = _store(move, found, dict(found.of_kind(*packages.LIBRARY)))
        with transaction.atomic():
            now = timezone.now()
            row = CourseMove.objects.select_for_update().get(pk=move.pk)
            if (row.state, row.lease) != (State.QUEUED, move.lease):
                return  # another worker has it
            course = Builder(found, wish, stored, move.by).build()
            row.report = {**row.report, "course": course.pk}
            row.stored, row.course_key = [], course.translation_key
            row.save(update_fields=["report", "stored", "course_key"])
            end(row, State.DONE, now)
    log.info("course %s is here", move.pk)


def clear(move: CourseMove) -> None:
    """Remove files that were stored for it and that no row has."""
    for kind, name in move.stored:
        row = library_row({"kind": kind})
        if not type(row)._default_manager.filter(file=name).exists():
            row._meta.get_field("file").storage.delete(name)
    if move.stored:
        move.stored = []
        move.save(update_fields=["stored"])


def sweep(now: datetime) -> int:
    """Ring for what no worker has, and put old packages away; how many bells rang."""
    for move in CourseMove.objects.old(now):
        with transaction.atomic():
            end(move, State.EXPIRED, now)
    return sum(
        bells.ring(bells.COURSES, pk) for pk in CourseMove.objects.unheard(now).values_list("pk", flat=True)
    )
