"""Courses that were taken along or brought in: their packages."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from courses.expiry import Due, without_asking
from courses.moving.actions import shelf
from courses.moving.models import CourseMove
from courses.moving.work import clear


def drafts(before: datetime) -> list[Due]:
    """Packages that came or went before then, and that no worker has in hand."""
    moves = CourseMove.objects.filter(at__lt=before).exclude(state__in=CourseMove.WORKED)
    return [Due(moves, drop=_drop)]


def _drop(keys: Sequence[int]) -> int:
    """Rows with their files; what became a course stays."""
    for move in CourseMove.objects.filter(pk__in=keys):
        clear(move)
        if move.file:
            transaction.on_commit(partial(shelf().delete, move.file), robust=True)
    return without_asking(CourseMove, keys)
