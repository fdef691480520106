"""Walking the chain from its first entry on."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from courses.trail import guards, rules
from courses.trail.models import TrailCheck, TrailEntry, TrailHead

SLICE = 2000
LATE = timedelta(minutes=10)  # an entry is chained at once, or by the next sweep
REMEMBERED = 400  # earlier checks whose heads must still be in the chain: a year of nights

log = logging.getLogger(__name__)


@dataclass
class TrailReport:
    """How far the chain holds, and what does not fit, in sentences with numbers only."""

    size: int = 0
    hash: str = rules.GENESIS
    findings: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.findings


def check(now: datetime, *, kept_head: tuple[int, str] | None = None) -> TrailReport:
    """Prove that no entry was changed, removed or put in between. Names the first that does not fit.

    `kept_head` is (number, hash) of a head that somebody kept outside. Changes nothing.
    """
    report = TrailReport()
    before = list(TrailCheck.objects.filter(size__gt=0)[:REMEMBERED])
    known = {
        one.size: (one.hash, _("the check of %(day)s") % {"day": f"{one.at:%Y-%m-%d}"}) for one in before
    }
    if kept_head is not None:
        known[kept_head[0]] = (kept_head[1], _("the head that was kept"))
    stored = TrailHead.objects.first() or TrailHead()
    _walk(report, known)
    if not report.findings:
        _compare_ends(report, stored, known)
    late = TrailEntry.objects.unchained().filter(at__lt=now - LATE).count()
    if late:
        report.findings.append(
            _("Entries that wait for their place in the chain: %(count)d.") % {"count": late}
        )
    if guards.missing():
        report.findings.append(_("The database's own guards against changed entries are missing."))
    return report


def _slices() -> Iterator[list[TrailEntry]]:
    """The chained entries, some at a time, by number."""
    last = -1
    while found := list(TrailEntry.objects.chained().filter(sequence__gt=last)[:SLICE]):
        yield found
        last = found[-1].sequence or 0


def _walk(report: TrailReport, known: dict[int, tuple[str, str]]) -> None:
    """On to the end, or to the first entry that does not fit."""
    for entries in _slices():
        for entry in entries:
            expected = report.size + 1
            if entry.sequence != expected:
                report.findings.append(_("Entry %(number)d is missing.") % {"number": expected})
                return
            if entry.previous != report.hash or entry.hash != rules.hash_of(entry.line()):
                report.findings.append(
                    _("Entry %(number)d is not what was written, or what stood before it was changed.")
                    % {"number": expected}
                )
                return
            remembered = known.get(expected)
            if remembered and remembered[0] != entry.hash:
                report.findings.append(
                    _("Entry %(number)d does not agree with %(witness)s: the chain was written anew.")
                    % {"number": expected, "witness": remembered[1]}
                )
                return
            report.size, report.hash = expected, entry.hash


def _compare_ends(report: TrailReport, stored: TrailHead, known: dict[int, tuple[str, str]]) -> None:
    """Whether entries are missing at the end. Entries may have come while the chain was walked."""
    longest = max([stored.size, *known])
    if longest > report.size:
        report.findings.append(
            _("The chain ends at entry %(end)d and had %(size)d.") % {"end": report.size, "size": longest}
        )


def check_and_keep(now: datetime, *, kept_head: tuple[int, str] | None = None) -> TrailReport:
    """Check, and keep the outcome for the administrators' page."""
    report = check(now, kept_head=kept_head)
    TrailCheck.objects.create(at=now, size=report.size, hash=report.hash, findings=report.findings)
    if report.findings:
        log.error("audit trail: %d findings", len(report.findings))
    return report
