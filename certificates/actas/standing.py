"""Where each line of an acta stands on its way to recognition, derived from its steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from certificates.actas.models import Acta, ActaLine, LineStep, Recognition

Kind = LineStep.Kind


class Standing(StrEnum):
    """What a line waits for."""

    INTERNAL = "internal"  # does not graduate: stays in the school
    TO_APPROVE = "to_approve"  # proposed, or corrected and not approved again yet
    IN_REVIEW = "in_review"  # she asked for a review: nothing goes on until it is answered
    TO_SEND = "to_send"
    SENT = "sent"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    LEFT_OUT = "left_out"
    SUPERSEDED = "superseded"


HOLDS = {Standing.INTERNAL, Standing.TO_SEND, Standing.ACCEPTED}  # what an open review holds back
OUTSIDE = (Standing.SENT, Standing.ACCEPTED)  # what a paper for the authority lists
NOT_SENT = 2**62
DECIDED = {Acta.State.APPROVED, Acta.State.SENT, Acta.State.ISSUED}


@dataclass(frozen=True)
class LineStanding:
    """A line, where it stands, and the recognition that accepted it."""

    line: ActaLine
    standing: Standing
    recognition: Recognition | None
    steps: tuple[LineStep, ...]

    def step(self, kind: str) -> LineStep | None:
        """Its step of this kind; there is at most one."""
        return next((step for step in self.steps if step.kind == kind), None)

    @property
    def outside(self) -> Standing:
        """Where it stands for the authority: a review of an accepted line is the school's own affair."""
        is_accepted = self.standing == Standing.IN_REVIEW and self.recognition is not None
        return Standing.ACCEPTED if is_accepted else self.standing


def of_acta(acta: Acta, *more: str) -> list[LineStanding]:
    """Every line in the order of the acta; superseded ones too. A constant number of queries.

    `more` names what else of the lines will be asked for, such as `evidence`.
    """
    lines = acta.lines.select_related(
        "key", "superseded_by", "exception__by", "review__answer"
    ).prefetch_related("steps__recognition", "steps__by", *more)
    is_waived = hasattr(acta, "unrecognised_issue")
    return [of_line(acta, line, is_waived=is_waived) for line in lines]


def of_line(acta: Acta, line: ActaLine, *, is_waived: bool = False) -> LineStanding:
    """Where one line stands. `is_waived`: it was decided not to wait for the authority any more."""
    steps = tuple(line.steps.all())
    recognition = next((step.recognition for step in steps if step.kind == Kind.ACCEPTED), None)
    standing = _standing(acta, line, {step.kind for step in steps})
    if standing == Standing.SENT and is_waived:
        standing = Standing.TO_SEND
    if standing in HOLDS and is_under_review(line):
        standing = Standing.IN_REVIEW
    return LineStanding(line, standing, recognition, steps)


def is_under_review(line: ActaLine) -> bool:
    """She asked for a review and nobody answered yet."""
    return hasattr(line, "review") and not hasattr(line.review, "answer")


def _standing(acta: Acta, line: ActaLine, kinds: set[str]) -> Standing:
    if hasattr(line, "superseded_by"):
        return Standing.SUPERSEDED
    for kind, standing in (
        (Kind.LEFT_OUT, Standing.LEFT_OUT),
        (Kind.ACCEPTED, Standing.ACCEPTED),
        (Kind.RETURNED, Standing.RETURNED),
        (Kind.SENT, Standing.SENT),
    ):
        if kind in kinds:
            return standing
    is_approved = acta.state in DECIDED if line.supersedes_id is None else Kind.APPROVED in kinds
    if not is_approved:
        return Standing.TO_APPROVE
    return Standing.TO_SEND if line.is_graduate else Standing.INTERNAL


def numbers(standings: Iterable[LineStanding]) -> dict[int, int]:
    """line id → its number in every paper for the authority: given once and kept by corrections.

    First those of the first sending in the order of the acta, then those of the next, then those that
    wait to be sent. Who does not graduate has none and leaves no hole.
    """
    known = {one.line.pk: one for one in standings}
    places: dict[int, tuple[int, int, int]] = {}
    for one in known.values():
        sent = one.step(Kind.SENT)
        if sent is None and one.standing != Standing.TO_SEND:
            continue
        first = known[_root(known, one.line.pk)].line
        place = (sent.sending_id or NOT_SENT if sent else NOT_SENT, first.position, first.pk)
        places[first.pk] = min(places.get(first.pk, place), place)
    order = {root: number for number, root in enumerate(sorted(places, key=places.__getitem__), start=1)}
    return {pk: order[root] for pk in known if (root := _root(known, pk)) in order}


def _root(known: dict[int, LineStanding], pk: int) -> int:
    """The first decision about the same person."""
    while (before := known[pk].line.supersedes_id) is not None:
        pk = before
    return pk
