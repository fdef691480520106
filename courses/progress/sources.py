"""The records that a decision rests on, hashed: a later edit of one, by whatever door, can be told."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from courses.assessments.grading.models import RegradeLine, ResultOverride
from courses.assessments.models import Attempt, Observation
from courses.attendance.models import AttendanceRecord
from courses.cohorts.changes import ContentChange
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.progress.models import LessonProgress

PART = 500  # ids asked for at once: fewer than any database takes
# What each kind of record says that a decision may rest on. No name and no free text.
FIELDS: dict[str, tuple[QuerySet[Any], tuple[str, ...]]] = {
    "attendance": (
        AttendanceRecord.objects.all(),
        ("session_id", "enrolment_id", "status", "counts", "minutes", "by_id", "at", "supersedes_id"),
    ),
    "attempt": (
        Attempt.objects.all(),
        (
            "enrolment_id",
            "quiz_key",
            "version_id",
            "number",
            "answers",
            "submitted_at",
            "correct",
            "total",
            "has_passed",
        ),
    ),
    "regrade": (RegradeLine.objects.all(), ("attempt_id", "correct", "total", "has_passed")),
    "override": (
        ResultOverride.objects.all(),
        ("attempt_id", "correct", "total", "has_passed", "by_id", "at"),
    ),
    "observation": (
        Observation.objects.all(),
        ("enrolment_id", "rubric_key", "version_id", "scores", "points", "has_passed", "by_id", "at"),
    ),
    "lesson": (
        LessonProgress.objects.all(),
        ("enrolment_id", "lesson_key", "version_id", "completed_at"),
    ),
    "enrolment": (Enrolment.objects.all(), ("person_id", "cohort_id", "ethics_accepted_at")),
}


def digests(sources: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each record named `kind:id`; one that is gone is left out. A query for each kind."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        kind, _, pk = source.partition(":")
        wanted[kind].add(pk)
    found = {}
    for kind, ids in wanted.items():
        records, fields = FIELDS[kind]
        ordered = sorted(ids)
        for first in range(0, len(ordered), PART):
            for pk, *values in records.filter(pk__in=ordered[first : first + PART]).values_list(
                "pk", *fields
            ):
                found[f"{kind}:{pk}"] = _sha256(dict(zip(fields, values, strict=True)))
    return found


def programme(cohort: Cohort, at: datetime | None = None) -> tuple[int, str]:
    """(how many, SHA-256) of the lessons, tests and rubrics that a cohort pinned, in their versions.

    With `at`: as they were at that moment, before anything newer reached the cohort.
    """
    pinned = CohortContent.objects.filter(cohort=cohort).order_by("kind", "key")
    before: dict[int, str] = {}
    if at is not None:
        later = ContentChange.objects.filter(pin__cohort=cohort, at__gt=at).order_by("-at", "-pk")
        before = dict(later.values_list("pin", "from_version__digest"))  # the earliest is the last word
    rows = [
        [kind, str(key), before.get(pk, digest)]
        for pk, kind, key, digest in pinned.values_list("pk", "kind", "key", "version__digest")
    ]
    return len(rows), _sha256(rows)


def _sha256(facts: Any) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    """A date or an id as text; the same on every database."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
