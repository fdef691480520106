"""What would go now, what goes soon, what went: for the screen and for the command."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext

from certificates.awards import retention as awards
from cms.retention import rules
from cms.retention.models import RetentionEntry
from courses.cohorts import retention as cohorts
from courses.cohorts.models import Cohort, Enrolment

SOON = 90  # days
MONTHS = 12
DAYS = 30  # with something to tell
LATE = timedelta(days=2)


@dataclass(frozen=True)
class Kind:
    """How many rows of one kind."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Findings:
    """What one rule would take now."""

    rule: rules.Rule
    kinds: list[Kind]

    @property
    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)

    @property
    def found(self) -> list[Kind]:
        """Only what there is."""
        return [kind for kind in self.kinds if kind.count]


@dataclass(frozen=True)
class CohortLine:
    """A cohort whose records go or wait; how many women, and whether anybody decided about them."""

    cohort: Cohort
    women: int
    has_acta: bool


@dataclass(frozen=True)
class Month:
    """What went in one month."""

    month: date
    count: int
    share: int  # per cent of the fullest month shown


def dry_run(now: datetime, going: Sequence[int]) -> list[Findings]:
    """What would go, rule by rule, with these cohorts. However many rows: the same queries."""
    ids = list(going)
    return [
        Findings(rule, [Kind(due.kind, due.called, due.count()) for due in rule.dues(now, ids)])
        for rule in rules.rules()
    ]


def lines(found: Iterable[Cohort]) -> list[CohortLine]:
    """These cohorts with their numbers. Two queries."""
    listed = list(found)
    enrolments = Enrolment.objects.filter(cohort__in=listed).order_by()
    women = dict(enrolments.values_list("cohort").annotate(count=Count("pk")))
    decided = awards.cohorts_with_acta()
    return [CohortLine(one, women.get(one.pk, 0), one.pk in decided) for one in listed]


def with_people(going: Iterable[Cohort]) -> list[Cohort]:
    """Those of which somebody's records can still be there: totals of the others are all that is left."""
    ids = [one.pk for one in going]
    filled = set(Enrolment.objects.filter(cohort__in=ids).values_list("cohort", flat=True))
    return [one for one in going if one.pk in filled]


def coming(now: datetime) -> list[CohortLine]:
    """The cohorts whose turn comes within SOON days."""
    return lines(with_people(cohorts.coming(now, SOON)))


def months(now: datetime) -> list[Month]:
    """How many rows went in each of the last twelve months, the oldest first."""
    today = timezone.localdate(now)
    first = _first_of(today)
    for _month in range(MONTHS - 1):
        first = _first_of(first - timedelta(days=1))
    sums: Counter[date] = Counter()
    for at, counts in RetentionEntry.objects.filter(at__date__gte=first).values_list("at", "counts"):
        sums[_first_of(timezone.localdate(at))] += sum(counts.values())
    most, found, month = max(sums.values(), default=0), [], first
    while month <= today:
        found.append(Month(month, sums[month], sums[month] * 100 // most if most else 0))
        month = _first_of(month + timedelta(days=31))
    return found


def _first_of(day: date) -> date:
    return day.replace(day=1)


def last_done(now: datetime) -> datetime | None:
    """When all rules were last gone through to the end."""
    entry = RetentionEntry.objects.filter(rule=RetentionEntry.DONE, at__lte=now).first()
    return entry.at if entry else None


@dataclass(frozen=True)
class Day:
    """What went under one rule on one day."""

    day: date
    rule: str
    kinds: list[Kind]

    @property
    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)


def days() -> list[Day]:
    """What went, the newest day first. One query."""
    labels, names = {rule.code: str(rule.label) for rule in rules.rules()}, _names()
    sums: dict[tuple[date, str], Counter[str]] = {}
    for at, rule, counts in (
        RetentionEntry.objects.exclude(rule=RetentionEntry.DONE)
        .order_by("-at", "-pk")
        .values_list("at", "rule", "counts")[: DAYS * 100]
    ):
        sums.setdefault((timezone.localdate(at), rule), Counter()).update(counts)
    return [
        Day(
            day,
            labels.get(rule, rule),
            [Kind(code, names.get(code, code), count) for code, count in counts.items()],
        )
        for (day, rule), counts in list(sums.items())[:DAYS]
    ]


def _names() -> dict[str, str]:
    """What a person calls the rows of each kind. No query."""
    now = timezone.now()
    named = {due.kind: due.called for rule in rules.rules() for due in rule.dues(now, [])}
    return {**named, "user": gettext("accounts")}
