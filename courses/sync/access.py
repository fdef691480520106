"""What of a module she may take along: asked on every hit, whatever is cached."""

from collections.abc import Sequence

from django.http import HttpRequest

from courses.cohorts.access import kept_from
from courses.cohorts.models import CohortContent
from courses.pages.models import LessonReview


def readable(request: HttpRequest, pins: Sequence[CohortContent]) -> list[CohortContent]:
    """The lessons among `pins` that neither a decision nor a view restriction of Wagtail keeps from her.

    Two queries while nothing is hidden or restricted.
    """
    keys = [pin.key for pin in pins]
    hidden = kept_from(request, keys) | LessonReview.objects.hidden(keys)
    return [pin for pin in pins if pin.key not in hidden]
