"""Three figures for each woman: of the classes held, of all that are planned, and the best still possible.

Everything but `histories` is pure. Late counts as there; what was made up counts up to the rule's limit;
a cancelled class leaves the plan; what nobody has noted yet is open, never a fault of hers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.attendance import rules
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Enrolment, Requirement

Mark = tuple[str, bool]  # the status in force, and whether it counts
Owners = Mapping[UUID, UUID]  # an earlier enrolment → the one for which its record counts (a transfer)


@dataclass(frozen=True)
class Seat:
    """One session as one woman stands in it; `status` is the mark in force, empty without one."""

    is_class: bool
    is_planned: bool
    starts_at: datetime
    has_begun: bool
    status: str = ""
    counts: bool = False

    @property
    def is_required(self) -> bool:
        """A planned class: what the rule of attendance is about."""
        return self.is_class and self.is_planned


@dataclass(frozen=True)
class History:
    """Her sessions in order of time, and what her cohort asks (`percent` is None when it asks nothing)."""

    seats: tuple[Seat, ...]
    percent: int | None = None
    make_up_limit: int = 0


@dataclass(frozen=True)
class Figures:
    """Classes, counted. `attended` of `held`, of `planned`; `best` is what she can still reach of `planned`.

    `unmarked`: begun, but not noted yet. `missed`: absent or excused. `best` uses every class that is open
    and every make-up that is left; `may_miss` leaves the make-ups in reserve.
    """

    attended: int
    held: int
    planned: int
    best: int
    needed: int | None
    may_miss: int
    missed: int
    unmarked: int
    make_ups_left: int

    @property
    def has_enough(self) -> bool:
        return self.needed is not None and self.planned > 0 and self.attended >= self.needed

    @property
    def is_out_of_reach(self) -> bool:
        """Coming to everything and making up all that counts would not reach what is needed."""
        return self.needed is not None and self.best < self.needed

    @property
    def is_close(self) -> bool:
        """She missed something and may miss one more at most, make-ups left aside."""
        is_asked = self.needed is not None and not self.has_enough and not self.is_out_of_reach
        return is_asked and self.missed > 0 and self.may_miss <= 1


def figures(history: History) -> Figures:
    """Count one woman's planned classes."""
    seats = [seat for seat in history.seats if seat.is_required]
    made_up = sum(seat.status == rules.MADE_UP for seat in seats)
    came = sum(seat.counts and seat.status != rules.MADE_UP for seat in seats)
    attended = came + min(made_up, history.make_up_limit)
    still_open = sum(not seat.status for seat in seats)
    missed = sum(bool(seat.status) and not seat.counts for seat in seats)
    left = max(0, history.make_up_limit - made_up)
    needed = None if history.percent is None else rules.needed(history.percent, len(seats))
    return Figures(
        attended=attended,
        held=sum(bool(seat.status) and (seat.has_begun or seat.counts) for seat in seats),
        planned=len(seats),
        best=attended + still_open + min(missed, left),
        needed=needed,
        may_miss=rules.may_miss(needed=needed or 0, attended=attended, still_open=still_open),
        missed=missed,
        unmarked=sum(not seat.status and seat.has_begun for seat in seats),
        make_ups_left=left,
    )


def in_a_row(history: History) -> int:
    """How many classes and outings in a row she missed last, ending with one missed without notice or more.

    Sessions to come and sessions not noted yet say nothing. Two excused ones are no silence: 0.
    """
    run: list[str] = []
    for seat in reversed(history.seats):
        if not seat.status or not seat.has_begun:
            continue
        if seat.counts:
            break
        run.append(seat.status)
    return len(run) if rules.ABSENT in run else 0


def better(own: Mark | None, carried: Mark | None) -> Mark | None:
    """The mark that counts where a class was held in two cohorts of hers: the one that is worth most.

    What she missed in a former cohort is not held against her: here that class may still be open.
    """
    if carried is None or not carried[1]:
        return own
    if own is None or not own[1]:
        return carried
    return carried if own[0] == rules.MADE_UP and carried[0] != rules.MADE_UP else own


def histories(
    cohorts: Collection[int],
    now: datetime,
    enrolments: Collection[UUID] | None = None,
    owners: Owners | None = None,
) -> dict[UUID, History]:
    """The history of everybody who is active in `cohorts`, or of these enrolments.

    Four queries; five with `owners`: a class of the same number in a former cohort counts in hers.
    """
    there = Enrolment.objects.filter(cohort__in=cohorts).order_by()
    women = list(there.active() if enrolments is None else there.filter(pk__in=enrolments))
    sessions: dict[int, list[tuple[ClassSession, Seat]]] = {cohort: [] for cohort in cohorts}
    for session in _sessions(cohorts):
        is_class = session.modality == ClassSession.Modality.CLASS
        seat = Seat(is_class, session.is_planned, session.starts_at, session.starts_at <= now)
        sessions[session.cohort_id].append((session, seat))
    asked = {
        row.cohort_id: row
        for row in Requirement.objects.filter(cohort__in=cohorts, kind=Requirement.Kind.ATTENDANCE)
    }
    owners = Enrolment.objects.all().chains(women) if owners is None else owners
    marks, carried = _marks(cohorts, enrolments), _carried(owners)
    known: dict[tuple[int, str, bool], Seat] = {}  # women share a seat: there are few kinds of it
    found = {}
    for woman in women:
        rule = asked.get(woman.cohort_id)
        hers, former = marks.get(woman.pk, {}), carried.get(woman.pk, {})
        found[woman.pk] = History(
            seats=tuple(
                _taken(
                    session.pk,
                    seat,
                    better(hers.get(session.pk), former.get(session.number) if seat.is_required else None),
                    known,
                )
                for session, seat in sessions[woman.cohort_id]
            ),
            percent=rule.target if rule else None,
            make_up_limit=rule.make_up_limit if rule else 0,
        )
    return found


def figures_of(
    cohorts: Collection[int],
    now: datetime,
    enrolments: Collection[UUID] | None = None,
    owners: Owners | None = None,
) -> dict[UUID, Figures]:
    """The figures of everybody who is active in `cohorts`, or of these enrolments. As many queries."""
    return {pk: figures(history) for pk, history in histories(cohorts, now, enrolments, owners).items()}


def _sessions(cohorts: Collection[int]) -> Sequence[ClassSession]:
    """Classes and outings in order of time; tutoring is not for everybody, so that it says nothing here."""
    kinds = [ClassSession.Modality.CLASS, ClassSession.Modality.OUTING]
    return list(
        ClassSession.objects.filter(cohort__in=cohorts, modality__in=kinds, cancelled_at__isnull=True)
        .only("cohort_id", "modality", "number", "is_planned", "starts_at")
        .order_by("starts_at", "pk")
    )


def _marks(cohorts: Collection[int], enrolments: Collection[UUID] | None) -> dict[UUID, dict[int, Mark]]:
    """The marks in force of each, by session."""
    records = AttendanceRecord.objects.current().filter(session__cohort__in=cohorts)
    if enrolments is not None:
        records = records.filter(enrolment__in=enrolments)
    marks: dict[UUID, dict[int, Mark]] = {}
    rows = records.order_by().values_list("enrolment_id", "session_id", "status", "counts")
    for enrolment, session, status, counts in rows:
        marks.setdefault(enrolment, {})[session] = (status, counts)
    return marks


def carried_marks(enrolment: Enrolment) -> dict[int, Mark]:
    """What she brings along from former cohorts, by the number of the class. No query without a transfer."""
    return _carried(Enrolment.objects.all().chains([enrolment])).get(enrolment.pk, {})


def _carried(owners: Owners) -> dict[UUID, dict[int, Mark]]:
    """The best mark of each in her former cohorts, by the number of the planned class."""
    former = [pk for pk, owner in owners.items() if pk != owner]
    if not former:
        return {}
    records = AttendanceRecord.objects.current().filter(
        enrolment__in=former,
        session__modality=ClassSession.Modality.CLASS,
        session__is_planned=True,
        session__cancelled_at__isnull=True,
    )
    carried: dict[UUID, dict[int, Mark]] = {}
    rows = records.order_by().values_list("enrolment_id", "session__number", "status", "counts")
    for enrolment, number, status, counts in rows:
        hers = carried.setdefault(owners[enrolment], {})
        found = better(hers.get(number), (status, counts))
        if found is not None:
            hers[number] = found
    return carried


def _taken(session: int, seat: Seat, mark: Mark | None, known: dict[tuple[int, str, bool], Seat]) -> Seat:
    """The seat with her mark in it."""
    if mark is None:
        return seat
    key = (session, *mark)
    if key not in known:
        known[key] = Seat(seat.is_class, seat.is_planned, seat.starts_at, seat.has_begun, *mark)
    return known[key]
