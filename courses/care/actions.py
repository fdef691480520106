"""Counting a reason, and noting what was done for a woman. It knows no topic above people.

Notices of absence are in `excuses`, make-ups in `make_ups`: both need the register.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from courses.care import rules
from courses.care.models import CareNote, ReasonTally
from courses.errors import Refused


@transaction.atomic
def count_reason(*, cohort: Any, kind: str, reason: str) -> None:
    """Add one to the tally of the cohort; nothing says whose reason it was.

    `kind` is excuse, withdrawal or return. Raises Refused for a reason that is not on its list.
    """
    if not rules.is_reason(kind, reason):
        raise Refused(_("Choose a reason from the list."))
    tally, _created = ReasonTally.objects.get_or_create(cohort=cohort, kind=kind, reason=reason)
    ReasonTally.objects.filter(pk=tally.pk).update(count=F("count") + 1)


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
