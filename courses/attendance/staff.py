"""What the staff pages about one session share: found or 404, signs and words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.attendance import rules
from courses.attendance.access import sessions_within_reach
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.roster import Line
from courses.cohorts.access import can_see_cohort
from courses.cohorts.models import Cohort
from courses.cohorts.staff import CohortPage
from courses.people.rules import account_name

DEVICES = {rules.PANEL: _("staff screen"), rules.PAPER: _("signed sheet"), rules.QR: _("QR code")}
SHOWN = 8  # so much of a phone's digest tells two phones apart
CORRECT = "courses.correct_register"


def statuses(values: Any = rules.STATUSES) -> list[dict[str, str]]:
    """These marks with their signs and words, in the order of the page."""
    return [
        {"value": value, "label": str(AttendanceRecord.Status(value).label), "symbol": rules.SYMBOLS[value]}
        for value in values
    ]


def in_words(counts: Mapping[str, int]) -> str:
    """«27 present, 1 absent»."""
    present, late, made_up = counts[rules.PRESENT], counts[rules.LATE], counts[rules.MADE_UP]
    excused, absent = counts[rules.EXCUSED], counts[rules.ABSENT]
    told = {
        rules.PRESENT: ngettext("%(count)d present woman", "%(count)d present women", present),
        rules.LATE: ngettext("%(count)d came late", "%(count)d women came late", late),
        rules.EXCUSED: ngettext("%(count)d excused woman", "%(count)d excused women", excused),
        rules.ABSENT: ngettext("%(count)d absent woman", "%(count)d absent women", absent),
        rules.MADE_UP: ngettext("%(count)d made-up class", "%(count)d made-up classes", made_up),
    }
    return ", ".join(words % {"count": counts[status]} for status, words in told.items() if counts[status])


@dataclass(frozen=True)
class Recorded:
    """What a register holds already: how many of how many, in words, who noted them, and when last."""

    count: int
    of: int
    words: str
    by: str
    at: datetime

    @property
    def is_whole(self) -> bool:
        return self.count == self.of


def recorded(lines: Iterable[Line]) -> Recorded | None:
    """What is in force in these lines of a register; None before anything is."""
    listed = list(lines)
    records = [line.record for line in listed if line.record]
    if not records:
        return None
    names = {account_name(record.by) for record in records}
    return Recorded(
        count=len(records),
        of=len(listed),
        words=in_words(Counter(record.status for record in records)),
        by=", ".join(sorted(names)),
        at=max(record.at for record in records),
    )


def device_words(device: str) -> str:
    """From which device, in words; a phone is told by the last word of its name, a digest, cut short."""
    if not device or device in DEVICES:
        return str(DEVICES.get(device, ""))
    return gettext("phone %(digest)s") % {"digest": device.rpartition(" ")[2][:SHOWN]}


def late_by(record: AttendanceRecord) -> int:
    """How many minutes late she came by this record; 0 for every other mark."""
    return record.session.minutes - record.minutes if record.status == rules.LATE else 0


class SessionPage(CohortPage):
    """A page about one session of a cohort that this person may keep."""

    session: ClassSession
    header_icon = "list-ul"

    def find_cohort(self) -> Cohort:
        found: ClassSession = get_object_or_404(
            sessions_within_reach(self.request.user), pk=self.kwargs["pk"]
        )
        self.require("courses.keep_register")
        self.session = found
        cohort: Cohort = Cohort.objects.select_related("course").with_counts().get(pk=found.cohort_id)
        found.cohort = cohort
        self.sees_cohort = can_see_cohort(self.request.user, cohort)
        return cohort

    @property
    def is_locked(self) -> bool:
        return self.session.is_locked(timezone.now())

    @property
    def may_write(self) -> bool:
        """True while the register is open, or for who may correct a locked one."""
        return not self.session.is_cancelled and (not self.is_locked or self.request.user.has_perm(CORRECT))

    @property
    def page_subtitle(self) -> str:
        return f"{self.session.get_modality_display()} {self.session.number}".capitalize()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "session": self.session,
            "is_locked": self.is_locked,
            "may_write": self.may_write,
        }
