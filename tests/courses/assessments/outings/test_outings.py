"""Outings noted by pair: hours, minutes that count, the register that hears of it, corrections."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments.outings import rules
from courses.assessments.outings.actions import note_outing, note_pair
from courses.assessments.outings.models import OutingNote
from courses.attendance.actions import cancel_session
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.records import RecordIsFinal
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import FIRST_CLASS, CohortFactory, enrolled, lay_out

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Mexico_City")
BACK = FIRST_CLASS + timedelta(hours=3)
LATER = BACK + timedelta(hours=1)


@pytest.fixture
def outing(cohort: Cohort) -> ClassSession:
    """A planned outing of three hours."""
    return lay_out(cohort, 1, modality=ClassSession.Modality.OUTING)[0]


def note(outing: ClassSession, woman: Enrolment, by: Any, **changes: Any) -> OutingNote:
    """She was out the whole time, alone with the trainer."""
    facts = {"pair_with": None, "started_at": FIRST_CLASS, "ended_at": BACK, "at": LATER, **changes}
    return note_outing(session=outing, enrolment=woman, by=by, **facts)


def mark(woman: Enrolment) -> tuple[str, int]:
    record = AttendanceRecord.objects.current().get(enrolment=woman)
    return record.status, record.minutes


def test_the_end_after_midnight_belongs_to_the_next_morning() -> None:
    start, end = rules.span(date(2026, 1, 12), time(22), time(1, 30), ZONE)
    assert rules.whole_minutes(start, end) == 210


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("America/Mexico_City", date(2026, 3, 8), 180),  # no change of the clock since 2022
        ("America/Tijuana", date(2026, 3, 8), 120),  # the hour between two and three does not exist
        ("America/Tijuana", date(2026, 11, 1), 240),  # the hour between one and two comes twice
        ("America/Tegucigalpa", date(2026, 3, 8), 180),
    ],
)
def test_minutes_are_those_that_passed_when_the_clock_changes(zone: str, day: date, minutes: int) -> None:
    start, end = rules.span(day, time(0, 30), time(3, 30), ZoneInfo(zone))
    assert rules.whole_minutes(start, end) == minutes


@given(passed=st.integers(1, 2000), planned=st.integers(1, 720))
def test_never_more_counts_than_was_planned_or_passed(passed: int, planned: int) -> None:
    counted = rules.counted(passed, planned)
    assert counted in {passed, planned}
    assert counted <= min(passed, planned)


def test_a_pair_is_noted_for_both_and_stands_in_the_register(
    cohort: Cohort, outing: ClassSession, trainer: Any
) -> None:
    first, second = enrolled(cohort, 2)
    note_pair(
        session=outing,
        pair=(first, second),
        started_at=FIRST_CLASS,
        ended_at=BACK,
        by=trainer,
        at=LATER,
        device="panel",
    )
    notes = {one.enrolment_id: one for one in OutingNote.objects.for_cohort(cohort)}
    assert notes[first.pk].pair_with == second
    assert notes[second.pk].pair_with == first
    assert mark(first) == mark(second) == ("present", 180)


def test_who_was_out_for_less_gets_the_minutes_that_passed(
    enrolment: Enrolment, outing: ClassSession, trainer: Any
) -> None:
    note(outing, enrolment, trainer, ended_at=FIRST_CLASS + timedelta(minutes=100))
    assert mark(enrolment) == ("late", 100)


def test_who_was_out_for_longer_gets_what_was_planned(
    enrolment: Enrolment, outing: ClassSession, trainer: Any
) -> None:
    assert note(outing, enrolment, trainer, ended_at=LATER).minutes == 180


def test_the_same_note_again_adds_nothing(enrolment: Enrolment, outing: ClassSession, trainer: Any) -> None:
    assert note(outing, enrolment, trainer) == note(outing, enrolment, trainer)
    assert AttendanceRecord.objects.count() == OutingNote.objects.count() == 1


def test_a_correction_keeps_what_was_noted_before(
    enrolment: Enrolment, outing: ClassSession, trainer: Any
) -> None:
    first = note(outing, enrolment, trainer)
    second = note(outing, enrolment, trainer, ended_at=FIRST_CLASS + timedelta(minutes=90))
    assert second.supersedes == first
    assert OutingNote.objects.current().get() == second
    assert mark(enrolment) == ("late", 90)
    with pytest.raises(RecordIsFinal):
        first.save()


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": FIRST_CLASS},
        {"ended_at": FIRST_CLASS - timedelta(hours=1)},
        {"started_at": FIRST_CLASS - timedelta(days=1)},
        {"ended_at": BACK + timedelta(hours=7), "at": BACK + timedelta(days=1)},
        {"at": BACK - timedelta(minutes=1)},
    ],
    ids=["no time", "backwards", "another day", "too late", "not back yet"],
)
def test_hours_that_cannot_be_are_refused(
    enrolment: Enrolment, outing: ClassSession, trainer: Any, changes: dict[str, datetime]
) -> None:
    with pytest.raises(Refused):
        note(outing, enrolment, trainer, **changes)
    assert not OutingNote.objects.exists()
    assert not AttendanceRecord.objects.exists()


def test_a_class_is_no_outing(cohort: Cohort, enrolment: Enrolment, trainer: Any) -> None:
    with pytest.raises(Refused):
        note(cohort.sessions.all()[0], enrolment, trainer)


def test_a_cancelled_outing_takes_no_note(enrolment: Enrolment, outing: ClassSession, trainer: Any) -> None:
    cancel_session(session=outing, by=trainer, at=FIRST_CLASS)
    with pytest.raises(Refused):
        note(outing, enrolment, trainer)


def test_a_pair_is_two_women_of_this_cohort(enrolment: Enrolment, outing: ClassSession, trainer: Any) -> None:
    [foreign] = enrolled(CohortFactory())
    for companion in (enrolment, foreign):
        with pytest.raises(Refused):
            note(outing, enrolment, trainer, pair_with=companion)
    with pytest.raises(Refused):
        note(outing, foreign, trainer)


def form(woman: Enrolment, companion: Enrolment | None = None) -> dict[str, str]:
    begins = FIRST_CLASS.astimezone(ZONE)
    return {
        "woman": str(woman.pk),
        "companion": str(companion.pk) if companion else "",
        "begins": begins.strftime("%H:%M"),
        "ends": BACK.astimezone(ZONE).strftime("%H:%M"),
    }


def address(outing: ClassSession) -> str:
    return reverse("outings:note", args=[outing.cohort_id, outing.pk])


def test_a_trainer_notes_a_pair_on_the_page(
    client: Client, cohort: Cohort, outing: ClassSession, trainer: Any, settings: Any
) -> None:
    first, second = enrolled(cohort, 2)
    client.force_login(trainer)
    locked = client.post(address(outing), form(first, second))
    assert said(locked)
    assert not OutingNote.objects.exists()
    settings.REGISTER_LOCK_DAYS = 10_000  # this one lies long ago
    assert client.post(address(outing), form(first, second)).status_code == 302
    assert {(one.by, one.started_at) for one in OutingNote.objects.all()} == {(trainer, FIRST_CLASS)}
    assert first.person.name in client.get(address(outing)).content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"begins": "tarde"}, {"ends": ""}, {"woman": "nadie"}, {"woman": ""}, {"begins": "03:00"}],
    ids=["no hour", "missing", "nobody", "none", "another time of day"],
)
def test_a_wrong_form_is_told_and_loses_nothing(
    client: Client, enrolment: Enrolment, outing: ClassSession, trainer: Any, changes: dict[str, str]
) -> None:
    client.force_login(trainer)
    response = client.post(address(outing), form(enrolment) | changes)
    assert response.status_code == 200
    assert response.context["form"].errors or said(response)
    assert not OutingNote.objects.exists()


def test_an_outing_of_another_cohort_does_not_exist(
    client: Client, outing: ClassSession, other_trainer: Any, trainer: Any
) -> None:
    client.force_login(other_trainer)
    assert client.get(address(outing)).status_code == 404
    other = CohortFactory(trainers=[trainer])
    client.force_login(trainer)
    assert client.get(reverse("outings:note", args=[other.pk, outing.pk])).status_code == 404


def test_looking_changes_nothing(client: Client, outing: ClassSession, trainer: Any) -> None:
    client.force_login(trainer)
    assert client.get(address(outing)).status_code == 200
    assert client.get(reverse("outings:index", args=[outing.cohort_id])).status_code == 200
    assert not OutingNote.objects.exists()


def test_the_pages_take_as_many_queries_with_twenty_women_as_with_two(
    client: Client, cohort: Cohort, outing: ClassSession, trainer: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(trainer)
    pages = [address(outing), reverse("outings:index", args=[cohort.pk])]
    for woman in enrolled(cohort, 2):
        note(outing, woman, trainer)
    few = [queries_of(page) for page in pages]
    for woman in enrolled(cohort, 18):
        note(outing, woman, trainer)
    assert [queries_of(page) for page in pages] <= few
