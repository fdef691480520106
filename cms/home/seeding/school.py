"""The demo school as a whole: accounts, course, cohorts. Idempotent."""

from datetime import datetime

from cms.home.seeding import cohorts, content
from cms.home.seeding.accounts import ensure_accounts
from cms.home.seeding.cohorts import Parts
from cms.home.seeding.english import ensure_english
from cms.users.roles import sync_roles
from courses.cohorts.models import Cohort


def demo_school(*, now: datetime) -> Parts:
    """Build what is missing of the demo school and return what its parts are made from."""
    sync_roles()
    users = ensure_accounts()
    parts = Parts(
        users=users,
        organisations=content.ensure_organisations(),
        course=content.ensure_course(owner=users["formadora"]),
        calendar=content.calendar(),
    )
    ensure_english(parts.course)
    content.give_owners(parts.course, parts.users)
    if not Cohort.objects.filter(name=cohorts.FINISHED).exists():
        cohorts.finished_cohort(parts, people=content.people("finished"), now=now)
    if not Cohort.objects.filter(name=cohorts.RUNNING).exists():
        cohorts.running_cohort(parts, people=content.people("running"), now=now)
    return parts


def cohort_of_size(count: int, *, is_issued: bool, now: datetime) -> Cohort:
    """A finished cohort of `count` people on top of the demo school, issued or still to be decided."""
    parts = demo_school(now=now)
    cohort = cohorts.cohort_of(parts, count, now=now)
    if is_issued:
        cohorts.decide_and_issue(cohort, parts.users, now)
    return cohort
