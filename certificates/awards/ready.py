"""Which lines of an acta wait for their diploma, or for their statement of participation."""

from collections.abc import Sequence

from certificates.actas.models import Acta, UnrecognisedIssue
from certificates.actas.standing import LineStanding, Standing, of_acta
from certificates.awards.models import Certificate

Kind = Certificate.Kind


def lines(
    acta: Acta, kind: str = Kind.DIPLOMA, standings: Sequence[LineStanding] | None = None
) -> list[LineStanding]:
    """What may be issued, in the order of the acta: accepted lines, or unsent ones where that was decided.

    For statements: whoever does not graduate and has at least a minute. Names that were erased are left
    out. A constant number of queries; fewer with `standings`, the lines of this acta where they stand.
    """
    found = of_acta(acta) if standings is None else standings
    if kind == Kind.STATEMENT:
        found = [one for one in found if one.standing == Standing.INTERNAL and one.line.minutes > 0]
    else:
        is_waived = UnrecognisedIssue.objects.filter(acta=acta).exists()
        wanted = {Standing.ACCEPTED, Standing.TO_SEND} if is_waived else {Standing.ACCEPTED}
        found = [one for one in found if one.standing in wanted]
    return [one for one in found if one.line.key.wrapped is not None]


def unissued(
    acta: Acta, kind: str = Kind.DIPLOMA, standings: Sequence[LineStanding] | None = None
) -> list[LineStanding]:
    """Those of `lines` that have no award yet."""
    issued = set(Certificate.objects.filter(acta=acta).values_list("line_id", flat=True))
    return [one for one in lines(acta, kind, standings) if one.line.pk not in issued]


def without_hours(acta: Acta, standings: Sequence[LineStanding] | None = None) -> int:
    """How many took part in nothing that counts: for them there is no statement."""
    found = of_acta(acta) if standings is None else standings
    return sum(one.standing == Standing.INTERNAL and one.line.minutes == 0 for one in found)
