"""A log to fill, and a witness."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from certificates.log import actions
from certificates.log.models import LogEntry, LogState, Witness

NOON = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Fill = Callable[..., list[LogEntry]]


@pytest.fixture
def fill(db: None) -> Fill:
    """Append so many leaves, as acts would."""

    def append(count: int, type: str = LogEntry.Type.ISSUE, at: datetime = NOON) -> list[LogEntry]:
        start = LogState.objects.values_list("size", flat=True).first() or 0
        entries = []
        for number in range(start, start + count):
            with transaction.atomic():
                entries.append(
                    actions.append(
                        type,
                        award=uuid.uuid4(),
                        pdf_sha256=f"{number:064x}",
                        vc_sha256=f"{number + 1:064x}",
                        at=at,
                    )
                )
        return entries

    return append


@pytest.fixture
def witness(db: None) -> Witness:
    return Witness.objects.create(name="Jurisdicción ficticia", email="testigo@autoridad.example")
