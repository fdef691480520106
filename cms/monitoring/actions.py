"""Noting that something is alive."""

from datetime import datetime

from cms.monitoring.models import Heartbeat

BEAT = "beat"


def note_heartbeat(*, name: str, at: datetime) -> Heartbeat:
    """`name` was heard at `at`."""
    return Heartbeat.objects.update_or_create(name=name, defaults={"at": at})[0]
