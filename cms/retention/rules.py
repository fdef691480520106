"""What is kept how long. Each topic knows its own rows; here they are put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import EditingSession, FormState

from certificates.awards import retention as awards
from cms.users import retention as accounts
from courses.assessments import retention as assessments
from courses.attendance import retention as attendance
from courses.care import retention as care
from courses.cohorts import retention as cohorts
from courses.cohorts.models import Cohort
from courses.expiry import Due
from courses.imports import retention as imports
from courses.moving import retention as moving
from courses.progress import retention as progress
from courses.school import retention as school
from courses.sync import retention as sync

DRAFTS, SIGN_INS, RECORDS, PEOPLE = "drafts", "sign_ins", "records", "people"


@dataclass(frozen=True)
class Rule:
    """What is kept how long: in words, and the rows that are due, in the order in which they go."""

    code: str
    label: Promise
    about: Promise
    number: int
    is_months: bool
    dues: Callable[[datetime, list[int]], list[Due]]  # at a moment, of these cohorts that ended


@dataclass(frozen=True)
class Ended:
    """Cohorts whose time is past: those whose records go, and those that wait for something."""

    going: list[Cohort]
    waiting: list[Cohort]

    @property
    def ids(self) -> list[int]:
        """Those whose records go."""
        return [one.pk for one in self.going]


def ended(now: datetime) -> Ended:
    """The cohorts whose records have been kept long enough, unless an acta or a diploma is on its way."""
    over, waiting = cohorts.over(now), awards.cohorts_waiting()
    return Ended([one for one in over if one.pk not in waiting], [one for one in over if one.pk in waiting])


def drafts(now: datetime, _cohorts: list[int]) -> list[Due]:
    """What was begun and not gone on with."""
    before = now - timedelta(days=settings.RETENTION_DRAFT_DAYS)
    return [
        *school.drafts(before),
        *imports.drafts(before),
        *moving.drafts(before),
        *sync.drafts(before),
        Due(
            FormState.objects.filter(last_updated_at__lt=before), label=_("forms that were left half filled")
        ),
        Due(EditingSession.objects.filter(last_seen_at__lt=before), label=_("notes of who edits a page")),
    ]


def sign_ins(now: datetime, _cohorts: list[int]) -> list[Due]:
    """Traces of signing in."""
    return accounts.sign_ins(now - timedelta(days=settings.RETENTION_SIGN_IN_DAYS), now)


def records(now: datetime, ids: list[int]) -> list[Due]:
    """What people did in cohorts that are long over. A cohort that runs is in none of these rows."""
    months = timedelta(days=31 * settings.RETENTION_RECORD_MONTHS)
    return [
        *sync.records(ids, now - months),
        *care.records(ids),
        *attendance.records(ids),
        *assessments.records(ids),
        *progress.records(ids),
        *imports.records(ids),
        *cohorts.records(ids),
    ]


def people(now: datetime, ids: list[int]) -> list[Due]:
    """Who has nothing here any more: no running cohort, no award."""
    return [Due(cohorts.people(ids, awards.holders(), now))]


def rules() -> list[Rule]:
    """All rules, in the order in which they run."""
    days, months = settings.RETENTION_DRAFT_DAYS, settings.RETENTION_RECORD_MONTHS
    return [
        Rule(
            DRAFTS,
            _("Drafts"),
            _(
                "Schools being prepared, lists of people that were not saved, packages of courses, forms "
                "left half filled. Since the last change."
            ),
            days,
            False,
            drafts,
        ),
        Rule(
            SIGN_INS,
            _("Sign-ins"),
            _("Sessions, known devices, wrong tries, cards that were used or ran out. Since the last use."),
            settings.RETENTION_SIGN_IN_DAYS,
            False,
            sign_ins,
        ),
        Rule(
            RECORDS,
            _("Attendance and results"),
            _(
                "Marks, tests, practicals, outings, lessons, care. Since the end of the cohort; its totals "
                "stay, without anybody in them."
            ),
            months,
            True,
            records,
        ),
        Rule(
            PEOPLE,
            _("People and accounts"),
            _(
                "Whoever has no award goes with the records of her last cohort: name, legal name, account. "
                "Whoever has one stays while it is in the register."
            ),
            months,
            True,
            people,
        ),
    ]
