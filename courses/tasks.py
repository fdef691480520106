"""What the workers do for the school: an action called. Run twice, the second changes nothing."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from courses import bells
from courses.imports import work
from courses.moving import work as carrying
from courses.pages.checks import actions as links
from courses.trail import actions as trail
from courses.trail import checking

LINK_SECONDS = 180  # a few links that wait for an answer as long as they may
TRAIL_SECONDS = 1800  # a hundred thousand entries take far less
COURSE_SECONDS = 540  # two gigabytes, read three times; shorter than its lease: nobody begins beside it


@shared_task(name=bells.LISTS)
def bring_in(batch_id: int) -> None:
    """Go on saving a list of people that somebody confirmed."""
    work.bring_in(batch_id)


@shared_task(name="courses.tasks.sweep_imports")
def sweep_imports() -> None:
    """Ring for lists that wait unheard, and forget the lines of those that are a day old."""
    work.sweep(timezone.now())


@shared_task(name="courses.tasks.publish_scheduled")
def publish_scheduled() -> None:
    """Publish what was scheduled for now, and take down what has run out."""
    call_command("publish_scheduled", verbosity=0)


@shared_task(name="courses.tasks.note_links", time_limit=LINK_SECONDS)
def note_links() -> None:
    """Take down which outside addresses published lessons link to."""
    links.note_links()


@shared_task(name="courses.tasks.ask_links", time_limit=LINK_SECONDS)
def ask_links() -> None:
    """Ask a few of them whether they are still there."""
    links.ask_links(at=timezone.now())


@shared_task(name=bells.COURSES, time_limit=COURSE_SECONDS)
def carry_course(move_id: int) -> None:
    """Go on with a course that is taken along or brought in."""
    carrying.carry(move_id)


@shared_task(name="courses.tasks.sweep_courses")
def sweep_courses() -> None:
    """Ring for courses that wait unheard, and put away packages that are a day old."""
    carrying.sweep(timezone.now())


@shared_task(name="courses.tasks.chain_trail")
def chain_trail() -> None:
    """Give what was noted its place in the audit trail, where that did not happen at once."""
    trail.chain()


@shared_task(name="courses.tasks.check_trail", time_limit=TRAIL_SECONDS)
def check_trail() -> None:
    """Walk the audit trail from its first entry on and keep what was found."""
    checking.check_and_keep(timezone.now())
