"""What went is told: in the audit trail by every run that took something, on the page in the right month."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection

from cms.retention import actions, report
from cms.retention.models import RetentionEntry
from courses.school.models import SchoolDraft
from courses.trail.models import TrailEntry

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
NO_TIME = -1.0  # seconds: used up after the first part
pytestmark = pytest.mark.django_db


@pytest.fixture
def due(coordinator: Any) -> int:
    """Rows of two kinds and two rules whose time is past; how many."""
    for _number in range(3):
        SchoolDraft.objects.create(by=coordinator, changed_at=NOW - timedelta(days=31))
    for number in range(2):
        Session.objects.create(
            session_key=f"over{number}", session_data="x", expire_date=NOW - timedelta(seconds=1)
        )
    return 5


def told() -> list[int]:
    """How many rows the trail says went, run by run."""
    entries = TrailEntry.objects.filter(what="let_go").order_by("pk")
    return [facts["count"] for facts in entries.values_list("facts", flat=True)]


def went() -> int:
    """How many rows the log of what went tells of."""
    return sum(sum(counts.values()) for counts in RetentionEntry.objects.values_list("counts", flat=True))


def test_a_run_that_ran_out_of_time_tells_the_trail_what_went(due: int) -> None:
    actions.run(NOW, seconds=NO_TIME)
    assert told() == [3]
    assert not RetentionEntry.objects.filter(rule=RetentionEntry.DONE).exists()
    actions.run(NOW, seconds=NO_TIME)
    assert told() == [3, 2]
    assert actions.run(NOW, seconds=60).total() == 0
    assert RetentionEntry.objects.filter(rule=RetentionEntry.DONE).exists()
    assert sum(told()) == went() == due, "nothing went untold, and of nothing there is no entry"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the obstacle is a trigger in SQLite's words")
def test_so_does_one_that_failed_half_way(due: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER stumble BEFORE DELETE ON django_session BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(DatabaseError):
        actions.run(NOW, seconds=60)
    assert told() == [3]
    assert Session.objects.count() == 2


def test_a_month_is_one_of_the_house_and_not_of_utc() -> None:
    evening = datetime(2026, 7, 1, 2, tzinfo=UTC)  # the last of June, 20:00 in Mexico
    RetentionEntry.objects.create(rule="drafts", counts={"schooldraft": 4}, at=evening)
    *_before, last = report.months(evening + timedelta(hours=1))
    assert (last.month, last.count) == (date(2026, 6, 1), 4)
    june, july = report.months(evening + timedelta(days=1))[-2:]
    assert (june.month, june.count, july.month, july.count) == (date(2026, 6, 1), 4, date(2026, 7, 1), 0)


def test_the_oldest_month_shown_begins_at_midnight_of_the_house() -> None:
    first = datetime(2025, 7, 1, 6, tzinfo=UTC)  # 00:00 in Mexico
    for at in (first, first - timedelta(seconds=1)):
        RetentionEntry.objects.create(rule="drafts", counts={"schooldraft": 1}, at=at)
    oldest, *_later = report.months(NOW)
    assert (oldest.month, oldest.count) == (date(2025, 7, 1), 1)
