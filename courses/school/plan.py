"""Laying out a school in time: holidays, weekdays, the hour of the clock. Pure: no database, no framework."""

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LONGEST = 120  # weeks a layout may take: an empty weekday or a wall of holidays must end somewhere
RARE = 4  # a weekday used less than a fourth as often as the most usual one was an exception
CHANGE_OF_GOVERNMENT = 2024  # the federal executive changes on 1 October every six years


class NoRoom(ValueError):
    """The days asked for do not exist: no weekday was chosen, or every one is taken away."""


class NoSuchHour(ValueError):
    """On that day the clocks jump over this hour."""


@dataclass(frozen=True)
class Pattern:
    """How one modality repeats: `count` meetings on these weekdays (0 = Monday), `every` so many weeks.

    `first_week` counts from the week of the first day (1 = that week). `minutes` are those that count.
    """

    modality: str
    count: int
    weekdays: frozenset[int]
    starts: time
    minutes: int
    first_week: int = 1
    every: int = 1


@dataclass(frozen=True)
class Meeting:
    """One session before it is stored: a day and an hour of the clock where the cohort meets."""

    modality: str
    day: date
    starts: time
    minutes: int
    title: str = ""


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - DAY * day.weekday()


def _nth_monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + DAY * (-first.weekday() % 7) + WEEK * (which - 1)


def mexican_holidays(year: int) -> frozenset[date]:
    """The days of rest of article 74 of Mexico's Ley Federal del Trabajo, except election days.

    Since 2024 the federal executive changes on 1 October, every six years.
    """
    days = {
        date(year, 1, 1),
        _nth_monday(year, 2, 1),
        _nth_monday(year, 3, 3),
        date(year, 5, 1),
        date(year, 9, 16),
        _nth_monday(year, 11, 3),
        date(year, 12, 25),
    }
    if year >= CHANGE_OF_GOVERNMENT and (year - CHANGE_OF_GOVERNMENT) % 6 == 0:
        days.add(date(year, 10, 1))
    return frozenset(days)


def holidays_around(first: date) -> frozenset[date]:
    """Mexico's days of rest in every year that a layout from `first` can touch."""
    return frozenset().union(*(mexican_holidays(first.year + more) for more in range(4)))


def _days(pattern: Pattern, first: date) -> Iterator[date]:
    """Every day the pattern names, from `first` on."""
    monday = monday_of(first)
    for week in range(pattern.first_week - 1, pattern.first_week - 1 + LONGEST, pattern.every):
        for weekday in sorted(pattern.weekdays):
            day = monday + WEEK * week + DAY * weekday
            if day >= first:
                yield day


def lay_out(patterns: Sequence[Pattern], first: date, free: Collection[date]) -> list[Meeting]:
    """Every meeting of all patterns in order of time; a day in `free` is passed over, the count is kept.

    Raises NoRoom when a pattern's days do not suffice.
    """
    meetings = []
    for pattern in patterns:
        days = [day for day in _days(pattern, first) if day not in free][: pattern.count]
        if len(days) < pattern.count:
            raise NoRoom(pattern.modality)
        meetings += [Meeting(pattern.modality, day, pattern.starts, pattern.minutes) for day in days]
    return in_order(meetings)


def move_over(
    meetings: Sequence[Meeting], *, was_first: date, first: date, free: Collection[date]
) -> list[Meeting]:
    """The same meetings in the weeks from `first` on: weekday, hour, minutes and title stay.

    What would fall before `first`, on a free day or on another meeting slips by whole weeks. Raises NoRoom.
    """
    shift = monday_of(first) - monday_of(was_first)
    taken: set[tuple[date, time, str]] = set()
    moved = []
    for meeting in in_order(meetings):
        for week in range(LONGEST):
            day = meeting.day + shift + WEEK * week
            place = (day, meeting.starts, meeting.modality)
            if day >= first and day not in free and place not in taken:
                break
        else:
            raise NoRoom(meeting.modality)
        taken.add(place)
        moved.append(replace(meeting, day=day))
    return in_order(moved)


def pattern_of(meetings: Sequence[Meeting], modality: str, first: date) -> Pattern | None:
    """The pattern that these meetings follow most of the time; None when there are none of this modality."""
    ours = [meeting for meeting in in_order(meetings) if meeting.modality == modality]
    if not ours:
        return None
    weeks = sorted({(monday_of(meeting.day) - monday_of(first)).days // 7 for meeting in ours})
    days = Counter(meeting.day.weekday() for meeting in ours)
    usual = frozenset(day for day, times in days.items() if times * RARE >= max(days.values()))
    gaps = Counter(after - before for before, after in itertools.pairwise(weeks))
    return Pattern(
        modality=modality,
        count=len(ours),
        weekdays=usual,
        starts=Counter(meeting.starts for meeting in ours).most_common(1)[0][0],
        minutes=Counter(meeting.minutes for meeting in ours).most_common(1)[0][0],
        first_week=max(1, weeks[0] + 1),
        every=gaps.most_common(1)[0][0] if gaps else 1,
    )


def in_order(meetings: Sequence[Meeting]) -> list[Meeting]:
    """In the order of time."""
    return sorted(meetings, key=lambda meeting: (meeting.day, meeting.starts, meeting.modality))


def share_titles(count: int, weights: Sequence[tuple[str, int]]) -> list[str]:
    """A title for each of `count` meetings, each title in proportion to its weight, in the given order."""
    total = sum(weight for _title, weight in weights)
    if not total:
        return [""] * count
    titles: list[str] = []
    done = 0
    for title, weight in weights:
        done += weight
        titles += [title] * (done * count // total - len(titles))
    return titles


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """This hour of the clock on this day in `zone`. Where it comes twice, the first of the two.

    Raises NoSuchHour where the clocks jump over it.
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchHour(f"{at:%H:%M}")
    return local


def ends_after(starts_at: datetime, minutes: int) -> datetime:
    """The moment so many real minutes later, also when the clocks change in between."""
    return starts_at.astimezone(UTC) + timedelta(minutes=minutes)


def clashes(meetings: Sequence[Meeting]) -> list[tuple[Meeting, Meeting]]:
    """Neighbours in time that overlap: the cohort cannot be at two meetings at once."""
    ordered = in_order(meetings)
    found = []
    for before, after in itertools.pairwise(ordered):
        end = datetime.combine(before.day, before.starts) + timedelta(minutes=before.minutes)
        if datetime.combine(after.day, after.starts) < end:
            found.append((before, after))
    return found
