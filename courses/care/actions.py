"""Noting what was done for a woman."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from courses.care import rules
from courses.care.models import CareNote
from courses.errors import Refused


def note_care(*, enrolment: Any, what: str, by: Any, at: datetime) -> CareNote:
    """Keep what was done. «All well» and «look again in a week» take her off the list for a week.

    Raises Refused for a word that is not on the list or a woman who has left.
    """
    if what not in CareNote.What.values:
        raise Refused(_("Choose what was done from the list."))
    if enrolment.status != "active":
        raise Refused(_("She has left this cohort. Nothing was noted."))
    is_aside = what in rules.SETS_ASIDE
    until = enrolment.cohort.today(at) + timedelta(days=rules.DAYS_ASIDE) if is_aside else None
    note: CareNote = CareNote.objects.create(enrolment=enrolment, what=what, aside_until=until, by=by, at=at)
    return note
