"""What the workers do for the school: an action called. Run twice, the second changes nothing."""

from celery import shared_task
from django.utils import timezone

from courses.imports import bells, work


@shared_task(name=bells.WORK)
def bring_in(batch_id: int) -> None:
    """Go on saving a list of people that somebody confirmed."""
    work.bring_in(batch_id)


@shared_task(name="courses.tasks.sweep_imports")
def sweep_imports() -> None:
    """Ring for lists that wait unheard, and forget the lines of those that are a day old."""
    work.sweep(timezone.now())
