"""Schools that somebody began to prepare."""

from datetime import datetime

from courses.expiry import Due
from courses.school.models import SchoolDraft


def drafts(before: datetime) -> list[Due]:
    """Those that nobody went on with since then."""
    return [Due(SchoolDraft.objects.filter(changed_at__lt=before))]
