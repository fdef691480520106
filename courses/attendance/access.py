"""Whose it is to keep the register of a session."""

from typing import Any

from django.db.models import Q

from courses.attendance.models import ClassSession, ClassSessionQuerySet
from courses.cohorts.access import visible_cohorts


def sessions_within_reach(user: Any) -> ClassSessionQuerySet:
    """Those of the cohorts she sees, and those that she gives in the place of somebody else."""
    return ClassSession.objects.filter(Q(cohort__in=visible_cohorts(user)) | Q(substitution__user=user.pk))


def can_keep_register(user: Any, session: ClassSession) -> bool:
    """Trainers of its cohort, coordinators, and who gives this one session as a substitute."""
    is_hers = sessions_within_reach(user).filter(pk=session.pk)
    return bool(user.has_perm("courses.keep_register")) and is_hers.exists()
