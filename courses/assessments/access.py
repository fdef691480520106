"""Who may assess beside a trainer."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q

from courses.cohorts.models import Cohort


def assessors(cohort: Cohort) -> Any:
    """Who may observe a practical of this cohort: its trainers, and who observes in every cohort."""
    everywhere = Group.objects.filter(permissions__codename="view_all_cohorts").filter(
        permissions__codename="observe_practical"
    )
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(Q(cohorts=cohort) | Q(groups__in=everywhere)).distinct().order_by("username")
