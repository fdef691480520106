"""How far a batch is: counts that an index answers, and the time left from the pace of the last minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.actas.models import Acta
from certificates.awards.models import Document, Job

State = Job.State
WINDOW = timedelta(minutes=1)
LEAST = 3  # so many must be made in the window before a pace says anything


@dataclass(frozen=True)
class Reason:
    """Why some wait or failed, in words, and how many."""

    words: str
    count: int
    is_final: bool


@dataclass(frozen=True)
class Progress:
    """A batch at one moment. `seconds_left` is None while nothing tells."""

    done: int
    failed: int
    paused: int
    waiting: int
    running: int
    seconds_left: int | None
    reasons: tuple[Reason, ...]

    @property
    def remaining(self) -> int:
        return self.waiting + self.running + self.paused

    @property
    def total(self) -> int:
        return self.done + self.failed + self.remaining

    @property
    def is_paused(self) -> bool:
        """Held: nothing goes on until somebody lets it."""
        return self.paused > 0 and self.waiting == 0

    @property
    def words(self) -> str:
        """What comes next, in a sentence."""
        if self.is_paused:
            return _("Paused. Nothing is made until you let it go on.")
        if not self.remaining:
            return _("All are made.") if not self.failed else _("The rest is made.")
        if self.seconds_left is None:
            return _("They go on by themselves; you may leave this page.")
        if self.seconds_left < 60:
            return _("Less than a minute left.")
        minutes = round(self.seconds_left / 60)
        return ngettext("About %(count)d minute left.", "About %(count)d minutes left.", minutes) % {
            "count": minutes
        }


def of_acta(acta: Acta, now: datetime) -> Progress:
    """The progress of an acta's diplomas and statements. Three queries, whatever its size."""
    jobs = Job.objects.filter(acta=acta)
    counts = jobs.tally()
    remaining = counts[State.QUEUED] + counts[State.RUNNING]
    return Progress(
        done=counts[State.DONE],
        failed=counts[State.FAILED],
        paused=counts[State.PAUSED],
        waiting=counts[State.QUEUED],
        running=counts[State.RUNNING],
        seconds_left=_seconds_left(acta, remaining, now),
        reasons=_reasons(acta),
    )


def _reasons(acta: Acta) -> tuple[Reason, ...]:
    """Each reason once, what failed first."""
    told = (
        Job.objects.filter(acta=acta, last_error__gt="")  # an index leads to them, however many wait
        .filter(state__in=[State.FAILED, State.QUEUED, State.PAUSED])
        .order_by()
        .values_list("last_error", "state")
        .annotate(Count("pk"))
    )
    reasons: dict[tuple[str, bool], int] = {}
    for words, state, count in told:
        key = (words, state == State.FAILED)
        reasons[key] = reasons.get(key, 0) + count
    found = [Reason(words, count, is_final) for (words, is_final), count in reasons.items()]
    return tuple(sorted(found, key=lambda one: (not one.is_final, -one.count, one.words)))


def _seconds_left(acta: Acta, remaining: int, now: datetime) -> int | None:
    """From how many were made in the last minute.

    Those are few, whoever they belong to; sought by acta, a database may walk through the whole batch.
    """
    if not remaining:
        return None
    recent = Document.objects.filter(issued_at__gte=now - WINDOW).order_by("issued_at")
    whose = recent.values_list("issued_at", "certificate__acta_id")
    made = [at for at, acta_id in whose if acta_id == acta.pk]
    if len(made) < LEAST:
        return None
    elapsed = max((now - made[0]).total_seconds(), 1.0)
    return round(remaining * elapsed / len(made))
