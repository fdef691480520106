"""Who may see and run which cohort."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from wagtail.models import PageViewRestriction

from courses.cohorts.models import Cohort, CohortContent, CohortQuerySet, Enrolment
from courses.pages.models import ContentVersion, LessonPage


def visible_cohorts(user: Any) -> CohortQuerySet:
    """All of them for coordinators and administrators, her own for a trainer, none for others."""
    if user.is_superuser or user.has_perm("courses.view_all_cohorts"):
        return Cohort.objects.all()
    if user.has_perm("courses.view_cohort"):
        return Cohort.objects.taught_by(user)
    return Cohort.objects.none()


def can_see_cohort(user: Any, cohort: Cohort) -> bool:
    return visible_cohorts(user).filter(pk=cohort.pk).exists()


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


def pinned_lesson(user: Any, key: UUID) -> CohortContent | None:
    """The lesson of this key as her cohort uses it; None when it is not hers to read."""
    enrolment = enrolment_of(user)
    if enrolment is None:
        return None
    pins = CohortContent.objects.filter(cohort_id=enrolment.cohort_id, kind=ContentVersion.Kind.LESSON)
    return pins.filter(key=key).first()


def reads_everything(user: Any) -> bool:
    """Who writes lessons, answers for them or runs the school; not the donor who looks at totals."""
    return bool(user.has_perm("courses.see_reviews"))


def can_open(user: Any, key: UUID) -> bool:
    """May she read the page of this key: the team always, a trainee what her cohort uses, others never."""
    if not user.is_authenticated:
        return False
    return reads_everything(user) or pinned_lesson(user, key) is not None


def kept_from(request: HttpRequest, keys: Collection[UUID]) -> set[UUID]:
    """The lessons among `keys` that a view restriction of Wagtail keeps from her. One query, or two."""
    restrictions = PageViewRestriction.objects.select_related("page")
    closed = tuple(one.page.path for one in restrictions if not one.accept_request(request))
    if not closed:
        return set()
    paths = LessonPage.objects.filter(translation_key__in=keys).values_list("translation_key", "path")
    return {key for key, path in paths if path.startswith(closed)}
