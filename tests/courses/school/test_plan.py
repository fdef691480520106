"""Dates are laid out as asked: right count, right weekdays, never on a free day, the same hour all year."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.school.plan import (
    Meeting,
    NoRoom,
    NoSuchHour,
    Pattern,
    clashes,
    ends_after,
    holidays_around,
    lay_out,
    mexican_holidays,
    moment,
    monday_of,
    move_over,
    pattern_of,
    share_titles,
)

ZONES = ["America/Mexico_City", "America/Tijuana", "America/Tegucigalpa"]
DAYS = st.dates(date(2006, 1, 1), date(2035, 12, 31))
HOURS = st.times(time(5), time(22)).map(lambda at: at.replace(second=0, microsecond=0))
PATTERNS = st.builds(
    Pattern,
    modality=st.sampled_from(["class", "outing", "tutoring"]),
    count=st.integers(1, 24),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    starts=HOURS,
    minutes=st.integers(15, 480),
    first_week=st.integers(1, 6),
    every=st.integers(1, 3),
)


@given(first=DAYS, pattern=PATTERNS, taken=st.frozensets(st.integers(0, 200), max_size=30))
def test_a_layout_has_the_count_the_weekdays_and_no_free_day(
    first: date, pattern: Pattern, taken: frozenset[int]
) -> None:
    free = holidays_around(first) | {first + timedelta(days=days) for days in taken}
    meetings = lay_out([pattern], first, free)
    assert len(meetings) == pattern.count == len({meeting.day for meeting in meetings})
    assert {meeting.day.weekday() for meeting in meetings} <= pattern.weekdays
    assert not {meeting.day for meeting in meetings} & free
    assert meetings[0].day >= max(first, monday_of(first) + timedelta(weeks=pattern.first_week - 1))
    weeks = {(monday_of(meeting.day) - monday_of(first)).days // 7 for meeting in meetings}
    assert {(week - pattern.first_week + 1) % pattern.every for week in weeks} == {0}


@given(first=DAYS, pattern=PATTERNS)
def test_nothing_earlier_was_free(first: date, pattern: Pattern) -> None:
    meetings = lay_out([pattern], first, holidays_around(first))
    longer = lay_out(
        [Pattern(**{**vars(pattern), "count": pattern.count + 3})], first, holidays_around(first)
    )
    assert longer[: pattern.count] == meetings


@pytest.mark.parametrize("zone", ZONES)
@given(first=DAYS, pattern=PATTERNS)
def test_the_hour_of_the_clock_stays_across_daylight_saving(zone: str, first: date, pattern: Pattern) -> None:
    where = ZoneInfo(zone)
    for meeting in lay_out([pattern], first, frozenset()):
        stored = moment(meeting.day, meeting.starts, where).astimezone(UTC)
        seen = stored.astimezone(where)
        assert (seen.date(), seen.time()) == (meeting.day, meeting.starts)
        assert ends_after(stored, meeting.minutes) - stored == timedelta(minutes=meeting.minutes)


@given(first=DAYS, other=DAYS, patterns=st.lists(PATTERNS, min_size=1, max_size=3))
def test_a_copy_keeps_weekdays_hours_and_count_and_avoids_holidays(
    first: date, other: date, patterns: list[Pattern]
) -> None:
    former = lay_out(patterns, first, frozenset())
    free = holidays_around(other)
    copy = move_over(former, was_first=first, first=other, free=free)

    def kind(meeting: Meeting) -> tuple[str, int, time, int]:
        return meeting.modality, meeting.day.weekday(), meeting.starts, meeting.minutes

    assert sorted(map(kind, copy)) == sorted(map(kind, former))
    assert not {meeting.day for meeting in copy} & free
    assert all(meeting.day >= other for meeting in copy)


@given(first=DAYS, pattern=PATTERNS)
def test_a_pattern_is_read_back_from_what_it_laid_out(first: date, pattern: Pattern) -> None:
    meetings = lay_out([pattern], first, frozenset())
    found = pattern_of(meetings, pattern.modality, first)
    assert found is not None
    assert (found.count, found.starts, found.minutes) == (pattern.count, pattern.starts, pattern.minutes)
    assert found.weekdays <= pattern.weekdays
    assert pattern_of(meetings, "none", first) is None


def test_one_session_that_was_moved_does_not_make_its_day_a_usual_one() -> None:
    first = date(2026, 1, 12)
    meetings = lay_out([Pattern("class", 24, frozenset({1, 3}), time(11), 180)], first, frozenset())
    moved = [replace(meetings[0], day=first), *meetings[1:]]
    found = pattern_of(moved, "class", first)
    assert found is not None
    assert (found.weekdays, found.count) == (frozenset({1, 3}), 24)


@given(count=st.integers(0, 60), weights=st.lists(st.integers(0, 2000), max_size=8))
def test_titles_are_shared_out_completely_and_in_order(count: int, weights: list[int]) -> None:
    titles = share_titles(count, [(f"{place:02d}", weight) for place, weight in enumerate(weights)])
    assert len(titles) == count
    assert titles == sorted(titles)


def test_the_days_of_rest_of_2026() -> None:
    assert sorted(mexican_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 2, 2),
        date(2026, 3, 16),
        date(2026, 5, 1),
        date(2026, 9, 16),
        date(2026, 11, 16),
        date(2026, 12, 25),
    ]
    assert date(2030, 10, 1) in mexican_holidays(2030)
    assert date(2026, 10, 1) not in mexican_holidays(2026)


def test_a_session_over_a_change_of_clocks_lasts_its_real_minutes() -> None:
    starts = moment(date(2026, 3, 8), time(1), ZoneInfo("America/Tijuana"))
    ends = ends_after(starts, 180).astimezone(ZoneInfo("America/Tijuana"))
    assert ends.time() == time(5)


def test_an_hour_that_the_clocks_jump_over_is_told() -> None:
    with pytest.raises(NoSuchHour):
        moment(date(2026, 3, 8), time(2, 30), ZoneInfo("America/Tijuana"))
    assert moment(date(2026, 3, 8), time(2, 30), ZoneInfo("America/Mexico_City")).hour == 2


def test_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    found = moment(date(2026, 11, 1), time(1, 30), ZoneInfo("America/Tijuana"))
    assert found.astimezone(UTC) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_a_week_without_days_has_no_room() -> None:
    with pytest.raises(NoRoom):
        lay_out([Pattern("class", 1, frozenset(), time(11), 180)], date(2026, 1, 12), frozenset())


def test_two_meetings_at_once_are_found() -> None:
    day = date(2026, 1, 13)
    first, second = Meeting("class", day, time(11), 180), Meeting("tutoring", day, time(13), 60)
    assert clashes([second, first]) == [(first, second)]
    assert clashes([first, Meeting("tutoring", day, time(14), 60)]) == []
