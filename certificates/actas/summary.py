"""What an acta says, ready for a page or a paper: the programme, its criteria, results as totals, graduates.

For the authority only who graduates is counted or named: nobody else, no one's single results, and nothing
about a person but her number, her name and her hours.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from certificates.actas import standing, wording
from certificates.actas.models import Acta, ActaLine, Evidence, Recognition
from certificates.actas.standing import LineStanding, Standing

OUTSIDE = frozenset(standing.OUTSIDE)
PORTAL = OUTSIDE | {Standing.RETURNED}
PERCENT = 100
ATTENDANCE = "attendance"
DIPLOMA = "diploma"
AWARDS = ("certificates__revocation", "certificates__replaced_by")  # what `afterwards` asks of a line


def standing_folio(line: ActaLine) -> str:
    """The newest folio of a line: after a replacement the one that stands. Prefetch `registrations`."""
    entries = sorted(line.registrations.all(), key=lambda entry: entry.pk)
    return entries[-1].folio if entries else ""


@dataclass(frozen=True)
class Afterwards:
    """What became of a diploma after it was issued, and on which day. It names nobody."""

    state: str  # "revoked" or "replaced"
    on: date
    folio: str

    @property
    def words(self) -> str:
        """Such as «EPS-2026-0004 revoked on 3 March 2026»."""
        return wording.afterwards(self.state, self.folio, self.on)


def afterwards(acta: Acta, line: ActaLine) -> Afterwards | None:
    """Was her diploma taken back, or did another one take its place? Prefetch `AWARDS`."""
    diplomas = [one for one in line.certificates.all() if one.kind == DIPLOMA]
    revoked = [(one.revocation.at, one.folio) for one in diplomas if hasattr(one, "revocation")]
    replaced = [(one.replaced_by.created_at, one.folio) for one in diplomas if hasattr(one, "replaced_by")]
    for state, found in (("revoked", revoked), ("replaced", replaced)):
        if found:
            at, folio = max(found)
            return Afterwards(state, localdate(at, acta.cohort.zone), folio)
    return None


@dataclass(frozen=True)
class Graduate:
    """A graduate as the authority knows her."""

    line: ActaLine
    number: int
    name: str
    minutes: int
    standing: Standing
    recognition: Recognition | None
    exception: str
    reason: str  # why the authority returned it
    afterwards: Afterwards | None  # what became of her diploma

    @property
    def hours(self) -> str:
        """Her credited hours, with their unit."""
        return duration(self.minutes)

    @property
    def folio(self) -> str:
        """The folio of her diploma; empty while she has none. Prefetch `registrations`."""
        return standing_folio(self.line)


@dataclass(frozen=True)
class Criterion:
    """A requirement with how many of the graduates met it; the others graduate by an exception."""

    label: str
    asked: str
    met: int
    people: int


@dataclass(frozen=True)
class Attendance:
    """Attendance of the graduates as totals; sessions of class, whole per cents."""

    sessions: int
    average: int
    lowest: int
    average_minutes: int


@dataclass(frozen=True)
class Summary:
    """Everything that the authority learns of an acta."""

    programme: dict[str, Any]
    graduates: list[Graduate]
    criteria: list[Criterion]
    attendance: Attendance | None
    oficios: list[Recognition]

    @property
    def exceptions(self) -> list[Graduate]:
        """Who graduates although the rule says no."""
        return [one for one in self.graduates if one.exception]


def programme(acta: Acta) -> dict[str, Any]:
    """The frozen facts with dates as dates and hours as hours."""
    facts = acta.facts
    return {
        **facts,
        "starts_on": date.fromisoformat(facts["starts_on"]),
        "ends_on": date.fromisoformat(facts["ends_on"]),
        "hours": duration(facts["minutes"]),
        "modalities": [
            {"name": wording.modality(name), "hours": duration(minutes)}
            for name, minutes in facts["minutes_by_modality"].items()
            if minutes
        ],
        "modules": [{**module, "hours": duration(module["minutes"])} for module in facts["modules"]],
        "rule_version": acta.rule_version,
    }


def hours(minutes: int) -> str:
    """Hours and the minutes left over, such as 120 or 2:30; never rounded."""
    whole, left = divmod(minutes, 60)
    return f"{whole}:{left:02d}" if left else str(whole)


def duration(minutes: int) -> str:
    """Hours with their unit, such as 120 h or 2 h 30 min; never rounded."""
    whole, left = divmod(minutes, 60)
    return f"{whole} h {left} min" if left else f"{whole} h"


def for_authority(acta: Acta, wanted: Collection[Standing] = PORTAL) -> Summary:
    """What leaves the school: the lines that were sent. A constant number of queries.

    `wanted` adds those to be sent for a packet that is being made.
    """
    lines = standing.of_acta(acta, "evidence", "registrations", *AWARDS)
    numbers = standing.numbers(lines)
    shown = [one for one in lines if one.outside in wanted]
    graduates = [_graduate(acta, one, numbers[one.line.pk]) for one in shown]
    graduates.sort(key=lambda one: one.number)
    return Summary(
        programme=programme(acta),
        graduates=graduates,
        criteria=criteria([one.line for one in graduates]),
        attendance=_attendance([one.line for one in graduates]),
        oficios=list(acta.recognitions.all()),
    )


def _exception(line: ActaLine) -> str:
    """The reason with its author; empty where no exception was made."""
    made = getattr(line, "exception", None)
    return f"{made.reason} ({made.by.get_username()})" if made else ""


def _graduate(acta: Acta, one: LineStanding, number: int) -> Graduate:
    returned = one.step(standing.Kind.RETURNED)
    return Graduate(
        line=one.line,
        number=number,
        name=one.line.name,
        minutes=one.line.minutes,
        standing=one.outside,
        recognition=one.recognition,
        exception=_exception(one.line),
        reason=returned.reason if returned else "",
        afterwards=afterwards(acta, one.line),
    )


def criteria(lines: Collection[ActaLine]) -> list[Criterion]:
    """Each requirement once, in the order of the rule, with how many of these lines met it."""
    rows: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for line in lines:
        for row in line.evidence.all():
            rows[row.kind, row.subject].append(row)
    return [
        Criterion(
            label=found[0].label,
            asked=wording.asked(
                found[0].kind, max(row.needed for row in found), max(row.total for row in found)
            ),
            met=sum(row.is_met for row in found),
            people=len(found),
        )
        for found in rows.values()
    ]


def _attendance(lines: Collection[ActaLine]) -> Attendance | None:
    rows = [row for line in lines for row in line.evidence.all() if row.kind == ATTENDANCE and row.total]
    if not rows:
        return None
    shares = [PERCENT * row.value // row.total for row in rows]
    return Attendance(
        sessions=max(row.total for row in rows),
        average=sum(shares) // len(shares),
        lowest=min(shares),
        average_minutes=sum(line.minutes for line in lines) // len(lines),
    )
