"""What the staff pages about one session share: found or 404, signs and words."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.attendance import rules
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts import access
from courses.cohorts.models import Cohort
from courses.cohorts.staff import CohortPage

SYMBOLS = {"present": "✓", "late": "◔", "excused": "J", "absent": "✗", "made_up": "R"}
DEVICES = {rules.PANEL: _("staff screen"), rules.PAPER: _("signed sheet"), rules.QR: _("QR code")}
SHOWN = 8  # so much of a phone's digest tells two phones apart
CORRECT = "courses.correct_register"


def statuses(values: Any = rules.STATUSES) -> list[dict[str, str]]:
    """These marks with their signs and words, in the order of the page."""
    return [
        {"value": value, "label": str(AttendanceRecord.Status(value).label), "symbol": SYMBOLS[value]}
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


def device_words(device: str) -> str:
    """From which device, in words; a phone is told by the beginning of its digest."""
    if not device:
        return ""
    return str(DEVICES[device] if device in DEVICES else _("phone")) + (
        "" if device in DEVICES else f" {device[:SHOWN]}"
    )


class SessionPage(CohortPage):
    """A page about one session of a cohort that this person may keep."""

    session: ClassSession
    header_icon = "list-ul"

    def find_cohort(self) -> Cohort:
        user = self.request.user
        hers = Q(cohort__in=access.visible_cohorts(user)) | Q(substitution__user=user)  # she may substitute
        found: ClassSession = get_object_or_404(ClassSession.objects.filter(hers), pk=self.kwargs["pk"])
        self.require("courses.keep_register")
        self.session = found
        cohort: Cohort = Cohort.objects.select_related("course").with_counts().get(pk=found.cohort_id)
        found.cohort = cohort
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
