"""The register as it comes from the page: the exceptions, and the digest of the roster they belong to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from courses.attendance import rules
from courses.attendance.models import ClassSession
from courses.attendance.roster import Line, digest_of
from courses.attendance.rules import Mark
from courses.errors import Refused
from courses.people.rules import is_called

STATUS, LATE_BY = "status-", "late-"
LONGEST_SEARCH = 60
OFFERED = (rules.PRESENT, rules.LATE, rules.EXCUSED, rules.ABSENT)  # a make-up has a page of its own


@dataclass
class Draft:
    """What was tapped so far, on every page of the register. Nothing of it is recorded."""

    statuses: dict[UUID, str] = field(default_factory=dict)
    minutes: dict[UUID, str] = field(default_factory=dict)
    shown: str = ""
    latest: int = 0
    query: str = ""
    reason: str = ""
    sheet_day: str = ""
    is_broken: bool = False

    def marks(self) -> dict[UUID, Mark]:
        """The exceptions as marks. Raises Refused for minutes that are none."""
        return {key: Mark(status, self._late_by(key, status)) for key, status in self.statuses.items()}

    def _late_by(self, key: UUID, status: str) -> int:
        """Whole minutes, 1 to 999; only of who came late."""
        if status != rules.LATE:
            return 0
        text = self.minutes.get(key, "").strip()
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 999):
            raise Refused(_("Write the minutes late as a whole number, for example 15."))
        return int(text)

    def sheet_noted_at(self, session: ClassSession, today: date) -> datetime:
        """Midnight of the day on the signed sheet. Raises Refused for no day, or one that cannot be."""
        try:
            day = date.fromisoformat(self.sheet_day)
        except ValueError as error:
            raise Refused(_("Write the date that stands on the signed sheet.")) from error
        if not session.day <= day <= today:
            raise Refused(_("The date on the sheet cannot be before the session or in the future."))
        return datetime.combine(day, time(), session.cohort.zone)


def draft_from(post: Mapping[str, str]) -> Draft:
    """What a posted register says; what cannot be read is left out and remembered as broken."""
    latest = post.get("latest", "")
    draft = Draft(
        shown=post.get("shown", ""),
        latest=int(latest) if latest.isascii() and latest.isdigit() and len(latest) < 19 else 0,
        query=post.get("q", "").strip()[:LONGEST_SEARCH],
        reason=post.get("reason", ""),
        sheet_day=post.get("sheet_day", "").strip(),
    )
    for name, value in post.items():
        prefix, _dash, key = name.partition("-")
        if prefix + "-" not in {STATUS, LATE_BY} or not value:
            continue
        try:
            (draft.statuses if prefix + "-" == STATUS else draft.minutes)[UUID(key)] = value
        except ValueError:
            draft.is_broken = True
    return draft


@dataclass
class Row:
    """One woman as the page shows her: what holds, and the exception that was tapped."""

    line: Line
    exception: str = ""
    minutes: str = ""
    is_news: bool = False

    @property
    def key(self) -> UUID:
        return self.line.enrolment.pk

    @property
    def holds(self) -> str:
        """The status that will be recorded; "" for none."""
        return self.exception or self.line.status

    @property
    def late_by(self) -> int:
        """How late she is by what is in force."""
        return self.line.proposed.late_by if self.line.proposed else 0

    @property
    def is_new(self) -> bool:
        """True when confirming writes a record of her."""
        return self.is_exception or (self.line.record is None and bool(self.holds))

    @property
    def is_exception(self) -> bool:
        """True when the tap says something else than what was proposed; minutes may change a late one."""
        return bool(self.exception) and (self.exception != self.line.status or self.exception == rules.LATE)


def rows_of(lines: Iterable[Line], draft: Draft) -> list[Row]:
    """Everybody, with her exception, and whether she was marked by somebody since the page was opened."""
    return [
        Row(
            line,
            exception=draft.statuses.get(line.enrolment.pk, ""),
            minutes=draft.minutes.get(line.enrolment.pk, ""),
            is_news=bool(draft.shown) and line.record is not None and line.record.pk > draft.latest,
        )
        for line in lines
    ]


def sift(rows: Iterable[Row], draft: Draft) -> None:
    """Keep of the draft what says something new. Raises Refused for a bad mark or somebody not listed."""
    if draft.is_broken:
        raise Refused(_("Part of what came could not be read. Nothing was saved: look at the list again."))
    by_key = {row.key: row for row in rows}
    if set(draft.statuses) - set(by_key):
        raise Refused(_("Someone on this list is not enrolled in this cohort. Nothing was saved."))
    draft.statuses = {key: status for key, status in draft.statuses.items() if by_key[key].is_exception}
    if set(draft.statuses.values()) - set(OFFERED):
        raise Refused(_("This mark does not exist. Choose one from the list."))


def named(rows: Iterable[Row], query: str) -> list[Row]:
    """Who is called that."""
    return [row for row in rows if is_called(row.line.enrolment.person.name, query)]


def tally(rows: Iterable[Row]) -> Counter[str]:
    """How many will be recorded with each status; under "" how many will not."""
    return Counter(row.holds for row in rows)


def stamp(rows: Iterable[Row]) -> dict[str, Any]:
    """What the next post must bring back: the digest of this roster, and its newest record."""
    lines = [row.line for row in rows]
    return {
        "shown": digest_of(lines),
        "latest": max((line.record.pk for line in lines if line.record), default=0),
    }
