"""The calendar file is what RFC 5545 asks for, whatever stands in a place code."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from courses.school.ics import Event, calendar, fold

NOW = datetime(2026, 1, 5, tzinfo=UTC)
STARTS = datetime(2026, 1, 13, 11, tzinfo=ZoneInfo("America/Mexico_City"))


def event(**kwargs: object) -> Event:
    facts = {"uid": "a@b", "starts_at": STARTS, "ends_at": STARTS + timedelta(hours=3), "title": "Clase 1"}
    return Event(**{**facts, "place": "Sede 01", **kwargs})  # type: ignore[arg-type]


@given(text=st.text(max_size=200))
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    file = calendar([event(title=text, place=text)], NOW)
    lines = file.decode().split("\r\n")
    assert lines.pop() == ""
    assert all(len(line.encode()) <= 75 for line in lines)
    assert file.count(b"\n") == len(lines)
    whole = file.decode().replace("\r\n ", "").split("\r\n")
    assert [line.partition(":")[0] for line in whole if line.startswith(("BEGIN", "END"))] == [
        "BEGIN",
        "BEGIN",
        "END",
        "END",
    ]
    assert len(whole) == 4 + 11 + 1 + 1


@given(line=st.text(alphabet="añ☀x", max_size=300))
def test_a_folded_line_is_whole_when_unfolded(line: str) -> None:
    assert "\r\n".join(fold(line)).replace("\r\n ", "") == line


def test_times_are_utc_and_a_cancelled_session_says_so() -> None:
    text = calendar([event(is_cancelled=True, revision=2)], NOW).decode()
    assert "DTSTART:20260113T170000Z\r\n" in text
    assert "DTEND:20260113T200000Z\r\n" in text
    assert "STATUS:CANCELLED\r\n" in text
    assert "SEQUENCE:2\r\n" in text


def test_signs_with_a_meaning_are_escaped() -> None:
    assert "SUMMARY:a\\,b\\;c\\\\d\\ne" in calendar([event(title="a,b;c\\d\ne")], NOW).decode()
