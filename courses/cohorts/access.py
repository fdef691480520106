"""Who may see and run which cohort."""

from typing import Any

from courses.cohorts.models import Cohort, CohortQuerySet, Enrolment


def visible_cohorts(user: Any) -> CohortQuerySet:
    """All of them for coordinators and administrators, her own for a trainer, none for others."""
    if user.is_superuser or user.has_perm("courses.view_all_cohorts"):
        return Cohort.objects.all()
    if user.has_perm("courses.view_cohort"):
        return Cohort.objects.taught_by(user)
    return Cohort.objects.none()


def can_see_cohort(user: Any, cohort: Cohort) -> bool:
    return visible_cohorts(user).filter(pk=cohort.pk).exists()


def can_keep_register(user: Any, cohort: Cohort) -> bool:
    """Trainers of this cohort, and coordinators."""
    return bool(user.has_perm("courses.keep_register")) and can_see_cohort(user, cohort)


def can_observe(user: Any, cohort: Cohort) -> bool:
    """Trainers of this cohort, and coordinators."""
    return bool(user.has_perm("courses.observe_practical")) and can_see_cohort(user, cohort)


def enrolment_of(user: Any) -> Enrolment | None:
    """The enrolment in which `user` studies or studied last; None for staff and strangers."""
    if not user.is_authenticated:
        return None
    return Enrolment.objects.current_of(user)


def can_study(enrolment: Enrolment | None, cohort_has_started: bool) -> bool:
    """An active enrolment in a cohort that has begun."""
    return enrolment is not None and enrolment.status == Enrolment.Status.ACTIVE and cohort_has_started
