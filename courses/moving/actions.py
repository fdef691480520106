"""A course is asked for, or a package is given, confirmed, thrown away. work.py does what takes time."""

import uuid
from datetime import datetime
from functools import partial
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.translation import gettext as _

from courses import bells
from courses.errors import Refused
from courses.moving.models import KEPT, CourseMove
from courses.pages.models import CoursePage
from courses.trail import actions as trail

State, Direction = CourseMove.State, CourseMove.Direction
FOLDER = "moving"


def shelf() -> Storage:
    """Where packages lie: nobody reaches them but by our own views."""
    return storages["private"]


def _ring(move: CourseMove) -> None:
    transaction.on_commit(partial(bells.ring, bells.COURSES, move.pk), robust=True)


@transaction.atomic
def take_along(*, course: CoursePage, by: Any, at: datetime) -> CourseMove:
    """Ask for the package of a course. A worker writes it."""
    move: CourseMove = CourseMove.objects.create(
        direction=Direction.OUT, course_key=course.translation_key, title=course.title, by=by, at=at
    )
    trail.note(trail.Deed.COURSE_TAKEN_ALONG, about=move, by=by, at=at)
    _ring(move)
    return move


def bring_in(*, package: IO[bytes], by: Any, at: datetime) -> CourseMove:
    """Keep a package for a day and let a worker look into it. Nothing of it is saved yet."""
    name = shelf().save(f"{FOLDER}/{uuid.uuid4()}.zip", File(package))
    with transaction.atomic():
        move: CourseMove = CourseMove.objects.create(
            direction=Direction.IN, by=by, at=at, file=name, size=shelf().size(name)
        )
        trail.note(trail.Deed.COURSE_BROUGHT_IN, about=move, by=by, at=at)
        _ring(move)
    return move


@transaction.atomic
def confirm(*, move: CourseMove, as_copy: bool, at: datetime) -> CourseMove:
    """Let a worker save a course that was looked at; as a copy where it is here already.

    Raises Refused when it was decided before, is too old, or is here and no copy is wanted.
    """
    move = CourseMove.objects.select_for_update().get(pk=move.pk)
    _check_open(move)
    if at > move.at + KEPT:
        raise Refused(_("This file is older than a day. Bring it again."))
    if move.report.get("here") and not as_copy:
        raise Refused(_("This course is already here, and it is never overwritten. Bring it in as a copy."))
    move.copy_key = uuid.uuid4() if as_copy else None
    move.state, move.confirmed_at, move.done, move.attempts = State.QUEUED, at, 0, 0
    move.save(update_fields=["copy_key", "state", "confirmed_at", "done", "attempts"])
    _ring(move)
    return move


@transaction.atomic
def throw_away(*, move: CourseMove, at: datetime) -> CourseMove:
    """Forget a package that was looked at. Raises Refused when it was decided before."""
    move = CourseMove.objects.select_for_update().get(pk=move.pk)
    _check_open(move)
    end(move, State.CANCELLED, at)
    return move


def _check_open(move: CourseMove) -> None:
    if move.direction != Direction.IN or move.state != State.CHECKED:
        raise Refused(_("This course was confirmed or thrown away already."))


def end(move: CourseMove, state: str, at: datetime) -> None:
    """Nothing more is done with it, and its package goes, unless it waits to be downloaded."""
    keeps_file = move.direction == Direction.OUT and state == State.DONE
    if move.file and not keeps_file:
        transaction.on_commit(partial(shelf().delete, move.file), robust=True)
        move.file = ""
    move.state, move.finished_at, move.leased_until = state, at, None
    move.save(update_fields=["state", "finished_at", "leased_until", "file"])
