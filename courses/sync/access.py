"""What of a module she may take along: asked on every hit, whatever is cached."""

from collections.abc import Sequence

from django.http import HttpRequest

from courses.cohorts.access import kept_from
from courses.cohorts.models import CohortContent


def readable(request: HttpRequest, pins: Sequence[CohortContent]) -> list[CohortContent]:
    """The lessons among `pins` that no view restriction of Wagtail keeps from her. At most two queries."""
    hidden = kept_from(request, [pin.key for pin in pins])
    return [pin for pin in pins if pin.key not in hidden]
