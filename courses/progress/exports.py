"""What leaves a cohort on paper or as a workbook: its register, its results, its list of participants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.attendance.models import AttendanceRecord, ClassSession
from courses.attendance.rules import LATE, SYMBOLS
from courses.cohorts.models import Cohort, Enrolment
from courses.progress import evidence
from courses.progress.wording import short_value
from courses.sheets import Table


@dataclass(frozen=True)
class Field:
    """A column of the list of participants. Sensitive ones are asked for one by one, never proposed."""

    name: str
    label: Any
    value: Callable[[Enrolment], Any]
    width: int = 16
    is_sensitive: bool = False


FIELDS = (
    Field("name", gettext_lazy("Name"), lambda one: one.person.name, 34),
    Field("from", gettext_lazy("From"), lambda one: date_format(one.starts_on, "Y-m-d"), 12),
    Field("until", gettext_lazy("Until"), lambda one: one.ends_on and date_format(one.ends_on, "Y-m-d"), 12),
    Field("status", gettext_lazy("Status"), lambda one: one.get_status_display()),
    Field("signature", gettext_lazy("Signature"), lambda _one: None, 30),
    Field("language", gettext_lazy("Language"), lambda one: one.person.get_language_display(), 14, True),
    Field(
        "account",
        gettext_lazy("User name"),
        lambda one: one.person.account.get_username() if one.person.account else "",
        18,
        True,
    ),
)
PROPOSED = ("name", "signature")


def _lines(cohort: Cohort) -> tuple[str, ...]:
    days = f"{date_format(cohort.starts_on, 'j b Y')} – {date_format(cohort.ends_on, 'j b Y')}"
    return (f"{cohort.course.title} · {cohort.name} · {cohort.place_code}", days)


def participants(cohort: Cohort, chosen: Sequence[str]) -> Table:
    """The list of participants with the chosen fields, in our order."""
    fields = [one for one in FIELDS if one.name in chosen]
    people = Enrolment.objects.for_register(cohort).select_related("person__account")
    return Table(
        title=_("List of participants"),
        lines=_lines(cohort),
        headings=(_("No."), *(str(one.label) for one in fields)),
        rows=[
            (number, *(one.value(woman) for one in fields)) for number, woman in enumerate(people, start=1)
        ],
        widths=(6, *(one.width for one in fields)),
    )


def register(cohort: Cohort) -> Table:
    """Everybody who was ever in the cohort and every session that was not cancelled: the mark in force.

    Who came late stands with her minutes, who left or joined later with her day. Three queries.
    """
    sessions = list(ClassSession.objects.filter(cohort=cohort, cancelled_at__isnull=True))
    marks: dict[tuple[UUID, int], str] = {
        (woman, session): SYMBOLS[status] + (str(planned - minutes or "") if status == LATE else "")
        for woman, session, status, minutes, planned in AttendanceRecord.objects.current()
        .filter(session__cohort=cohort)
        .values_list("enrolment_id", "session_id", "status", "minutes", "session__minutes")
    }
    zone = cohort.zone
    women = Enrolment.objects.filter(cohort=cohort).select_related("person").order_by("person__name", "pk")
    rows = [
        (number, _with_days(woman, cohort), *(marks.get((woman.pk, session.pk), "") for session in sessions))
        for number, woman in enumerate(women, start=1)
    ]
    days = (
        f"{session.get_modality_display()[:1].upper()}{session.number} · "
        f"{date_format(session.starts_at.astimezone(zone), 'd/m')}"
        for session in sessions
    )
    legend = " · ".join(f"{sign} {AttendanceRecord.Status(value).label}" for value, sign in SYMBOLS.items())
    kinds = dict.fromkeys(session.get_modality_display() for session in sessions)
    modalities = " · ".join(f"{kind[:1].upper()} {kind}" for kind in kinds)
    return Table(
        title=_("Register of attendance"),
        lines=_lines(cohort),
        headings=(_("No."), _("Name"), *days),
        rows=rows,
        widths=(6, 44, *(9 for _session in sessions)),
        notes=(f"{legend} · {SYMBOLS[LATE]}15 {_('15 minutes late')}", modalities),
    )


def _with_days(woman: Enrolment, cohort: Cohort) -> str:
    """Her name, and the days that say why she has no marks before or after them."""
    days = []
    if woman.starts_on > cohort.starts_on:
        days.append(_("joined on %(day)s") % {"day": date_format(woman.starts_on, "j b Y")})
    if woman.ends_on:
        days.append(_("left on %(day)s") % {"day": date_format(woman.ends_on, "j b Y")})
    return f"{woman.person.name} ({', '.join(days)})" if days else woman.person.name


def results(cohort: Cohort) -> Table:
    """Every woman and every requirement: what she reached, in short, and whether all of it is met."""
    requirements = evidence.requirements_of(cohort)
    people = list(Enrolment.objects.for_register(cohort))
    rows = [
        (
            number,
            standing.enrolment.person.name,
            *(short_value(verdict) for verdict in standing.verdicts),
            round(standing.minutes / 60, 1),
            _("yes") if standing.is_complete else _("not yet"),
        )
        for number, standing in enumerate(evidence.standings(cohort, people), start=1)
    ]
    labels = (requirement.label for requirement in requirements)
    return Table(
        title=_("Results"),
        lines=_lines(cohort),
        headings=(_("No."), _("Name"), *labels, _("Hours"), _("Everything met")),
        rows=rows,
        widths=(6, 34, *(14 for _requirement in requirements), 8, 12),
    )
