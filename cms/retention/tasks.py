"""What the clock does: letting go of what was kept long enough. Run twice, the second changes nothing."""

from celery import shared_task
from django.utils import timezone

from cms.retention import actions

SECONDS = 600
LIMIT = 900  # one part more, and the totals of a large cohort


@shared_task(name="cms.retention.tasks.retain", time_limit=LIMIT)
def retain() -> None:
    """Let go of all that is due; what does not fit into the time waits for tomorrow."""
    actions.run(timezone.now(), seconds=SECONDS)
