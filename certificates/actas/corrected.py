"""Which lines of an acta were corrected: what stood before, what stands now, why, who asked, who approved.

For the school's own eyes: the paper that leaves it holds the lines in force alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from certificates.actas import summary
from certificates.actas.models import ActaLine, LineStep
from certificates.actas.standing import LineStanding

Kind = LineStep.Kind


@dataclass(frozen=True)
class Correction:
    """A line that took the place of another, and the two steps that made it."""

    before: ActaLine
    after: ActaLine
    asked: LineStep
    approved: LineStep | None  # None: it waits for an administrator

    @property
    def is_renamed(self) -> bool:
        """Her name changed."""
        return self.before.name != self.after.name

    @property
    def is_decided_anew(self) -> bool:
        """She graduates now and did not before, or the other way round."""
        return self.before.is_graduate is not self.after.is_graduate

    @property
    def hours(self) -> tuple[str, str] | None:
        """Her hours before and now, where they changed."""
        if self.before.minutes == self.after.minutes:
            return None
        return summary.duration(self.before.minutes), summary.duration(self.after.minutes)


def corrections_of(lines: Sequence[LineStanding]) -> list[Correction]:
    """Every correction among these lines of one acta, the first first. No query."""
    known = {one.line.pk: one.line for one in lines}
    found = []
    for one in lines:
        asked = one.step(Kind.CORRECTED)
        if asked is not None and one.line.supersedes_id in known:
            before = known[one.line.supersedes_id]
            found.append(Correction(before, one.line, asked, one.step(Kind.APPROVED)))
    return sorted(found, key=lambda correction: (correction.asked.at, correction.after.pk))
