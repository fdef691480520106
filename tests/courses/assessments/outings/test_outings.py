"""Outings noted by pair: hours, minutes that count, the register that hears of it, corrections."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.assessments.outings import rules
from courses.assessments.outings.actions import Noted, note_outing, note_pair
from courses.assessments.outings.models import OutingNote
from courses.attendance.actions import Mark, cancel_session, mark_register, settle_conflict
from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from courses.people.models import Person
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
    return note_outing(session=outing, enrolment=woman, by=by, **facts).note


def pair(
    outing: ClassSession, by: Any, *women: Enrolment, minutes: int = 180, at: datetime = LATER
) -> list[Noted]:
    """Noted on the page: one alone, or two together."""
    first, second = (*women, None)[:2]
    assert first is not None
    return note_pair(
        session=outing,
        pair=(first, second),
        started_at=FIRST_CLASS,
        ended_at=FIRST_CLASS + timedelta(minutes=minutes),
        by=by,
        at=at,
        device="panel",
    )


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
    pair(outing, trainer, first, second)
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
    second = pair(outing, trainer, enrolment, minutes=90)[0].note
    assert second.supersedes == first
    assert OutingNote.objects.current().get() == second
    assert mark(enrolment) == ("late", 90)
    record = AttendanceRecord.objects.current().get(enrolment=enrolment)
    assert (record.how, record.device, record.noted_at) == ("outing", "panel", None)
    with pytest.raises(RecordIsFinal):
        first.save()


def test_what_somebody_noted_in_the_register_stays_until_a_person_decides(
    cohort: Cohort, outing: ClassSession, trainer: Any, coordinator: Any
) -> None:
    first, second = enrolled(cohort, 2)
    mark_register(session=outing, marks={first.pk: Mark("absent")}, by=coordinator, at=BACK)
    noted = pair(outing, trainer, first, second, minutes=120)
    assert [(one.has_changed, one.waits) for one in noted] == [(False, True), (True, False)]
    assert OutingNote.objects.current().count() == 2, "the outing is noted all the same"
    assert (mark(first), mark(second)) == (("absent", 0), ("late", 120)), "hours are what the register says"
    conflict = MarkConflict.objects.open().get()
    assert (conflict.enrolment, conflict.late_by, conflict.by) == (first, 60, trainer)
    pair(outing, trainer, first, second, minutes=120)
    assert MarkConflict.objects.open().get() == conflict, "asked once"
    pair(outing, trainer, first, second, minutes=150)
    later = MarkConflict.objects.open().get()
    assert (later.late_by, mark(second)) == (30, ("late", 150)), "she changed her own word"
    settle_conflict(conflict=later, keep="second", by=coordinator, at=LATER)
    assert mark(first) == ("late", 150)


def test_a_note_that_says_what_stands_there_asks_nobody(
    enrolment: Enrolment, outing: ClassSession, trainer: Any, coordinator: Any
) -> None:
    mark_register(session=outing, marks={enrolment.pk: Mark("late", 60)}, by=coordinator, at=BACK)
    assert pair(outing, trainer, enrolment, minutes=90)[0].waits
    [noted] = pair(outing, trainer, enrolment, minutes=120)
    assert (noted.has_changed, noted.waits) == (False, False)
    assert not MarkConflict.objects.open().exists()
    assert AttendanceRecord.objects.get().by == coordinator


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


def test_the_page_says_which_marks_the_outing_changes_and_which_it_does_not(
    client: Client, cohort: Cohort, outing: ClassSession, trainer: Any, coordinator: Any, settings: Any
) -> None:
    settings.REGISTER_LOCK_DAYS = 10_000
    first, second = enrolled(cohort, 2)
    mark_register(session=outing, marks={first.pk: Mark("absent")}, by=coordinator, at=BACK)
    pair(outing, trainer, second, minutes=60)
    client.force_login(trainer)
    words = said(client.post(address(outing), form(first, second)))
    assert "coordinadora" in words
    assert reverse("register:mark", args=[outing.pk]) in words
    assert re.search(rf"{second.person.name}.*60", words), "what stood there before her note"
    differing = {note.enrolment_id: differs for note, differs in client.get(address(outing)).context["notes"]}
    assert (bool(differing[first.pk]), differing[second.pk]) == (True, "")
    assert (mark(first), mark(second)) == (("absent", 0), ("present", 180))


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


def test_her_first_page_leads_to_the_pairs_of_an_outing(client: Client, trainer: Any) -> None:
    today, day = timezone.localdate(), timedelta(days=1)
    running = CohortFactory(trainers=[trainer], starts_on=today - day, ends_on=today + day)
    [outing] = lay_out(running, 1, modality="outing", first=timezone.now() - timedelta(hours=1))
    enrolled(running)
    client.force_login(trainer)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert address(outing) in page
    assert reverse("register:mark", args=[outing.pk]) not in page
    assert reverse("register:mark", args=[outing.pk]) in client.get(address(outing)).content.decode()
    cohort_page = client.get(reverse("school:cohort", args=[running.pk])).content.decode()
    assert f'class="button" href="{address(outing)}"' in cohort_page, "the same way as on her first page"


def test_who_was_out_by_the_register_is_counted_and_named_once(
    client: Client, cohort: Cohort, outing: ClassSession, trainer: Any
) -> None:
    by_pair, by_register, late, absent, corrected = enrolled(cohort, 5)
    marks = {by_register.pk: Mark("present"), late.pk: Mark("late", 60), absent.pk: Mark("absent")}
    mark_register(session=outing, marks={**marks, corrected.pk: Mark("present")}, by=trainer, at=BACK)
    mark_register(session=outing, marks={corrected.pk: Mark("absent")}, by=trainer, at=LATER)
    note(outing, by_pair, trainer)
    client.force_login(trainer)
    [row] = client.get(reverse("outings:index", args=[cohort.pk])).context["outings"]
    assert (row["all"], row["marked"]) == (3, 2)
    page = client.get(address(outing))
    assert [one.enrolment for one, _differs in page.context["notes"]] == [by_pair]
    assert {one.enrolment: one.minutes for one in page.context["marks"]} == {by_register: 180, late: 120}
    pair(outing, trainer, by_register)
    page = client.get(address(outing))
    assert [one.enrolment for one in page.context["marks"]] == [late], "her note stands for her now"
    [row] = client.get(reverse("outings:index", args=[cohort.pk])).context["outings"]
    assert (row["all"], row["marked"]) == (3, 1)


def test_who_was_noted_is_offered_last_and_can_still_be_corrected(
    client: Client, cohort: Cohort, outing: ClassSession, trainer: Any, settings: Any
) -> None:
    settings.REGISTER_LOCK_DAYS = 10_000
    absent, by_pair, by_register, nobody_yet = enrolled(cohort, 4)
    marks = {by_register.pk: Mark("present"), absent.pk: Mark("absent")}
    mark_register(session=outing, marks=marks, by=trainer, at=BACK)
    note(outing, by_pair, trainer)
    client.force_login(trainer)
    for name in ("woman", "companion"):
        field = client.get(address(outing)).context["form"].fields[name]
        (empty, _word), *parts = field.choices
        assert empty == ""
        offered = [{pk for pk, _name in women} for _title, women in parts]
        assert offered == [{absent.pk, nobody_yet.pk}, {by_pair.pk, by_register.pk}]
    assert client.post(address(outing), form(by_register)).status_code == 302
    assert OutingNote.objects.current().filter(enrolment=by_register).exists()


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


@pytest.fixture
def crowd(cohort: Cohort, settings: Any) -> list[Enrolment]:
    """More women than a list of names holds, two of them with the same first name."""
    settings.REGISTER_LOCK_DAYS = 10_000
    Cohort.objects.filter(pk=cohort.pk).update(seats=200)
    women = enrolled(cohort, 70)
    for woman, name in zip(women, ("Ondina Núñez", "Ondina Paz", "Perla Ocampo", "Perla"), strict=False):
        Person.objects.filter(pk=woman.person_id).update(name=name)
    return women


def test_in_a_large_cohort_names_are_typed_and_not_listed(
    client: Client, crowd: list[Enrolment], outing: ClassSession, trainer: Any
) -> None:
    client.force_login(trainer)
    page = client.get(address(outing)).content.decode()
    assert "<option" not in page
    assert "Ondina" not in page
    sent = form(crowd[0]) | {"woman": "nunez", "companion": "perla oc"}
    assert client.post(address(outing), sent).status_code == 302
    assert set(OutingNote.objects.values_list("enrolment", "pair_with")) == {
        (crowd[0].pk, crowd[2].pk),
        (crowd[2].pk, crowd[0].pk),
    }


def test_a_name_that_fits_several_is_asked_and_the_whole_name_is_enough(
    client: Client, crowd: list[Enrolment], outing: ClassSession, trainer: Any
) -> None:
    client.force_login(trainer)
    asked = client.post(address(outing), form(crowd[0]) | {"woman": "Ondina", "companion": "Perla"})
    assert not OutingNote.objects.exists()
    offered = asked.context["form"]
    assert offered.errors.keys() == {"woman"}
    assert set(offered.fields["woman"].queryset) == set(crowd[:2])
    assert offered["companion"].value() == str(crowd[3].pk)
    sent = form(crowd[1], crowd[3])
    assert client.post(address(outing), sent).status_code == 302
    assert OutingNote.objects.count() == 2


@pytest.mark.parametrize("typed", ["", "nadie", "Persona", "x" * 500])
def test_a_name_that_fits_nobody_or_too_many_notes_nothing(
    client: Client, crowd: list[Enrolment], outing: ClassSession, trainer: Any, typed: str
) -> None:
    client.force_login(trainer)
    response = client.post(address(outing), form(crowd[0]) | {"woman": typed})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"woman"}
    assert "<option" not in response.content.decode()
    assert not OutingNote.objects.exists()


def test_who_was_out_comes_fifty_to_a_page(
    client: Client,
    crowd: list[Enrolment],
    outing: ClassSession,
    trainer: Any,
    queries_of: Callable[[str], int],
) -> None:
    client.force_login(trainer)
    note(outing, crowd[0], trainer)
    few = queries_of(address(outing))
    for woman in crowd[1:]:
        note(outing, woman, trainer)
    assert queries_of(address(outing)) <= few
    assert [len(client.get(f"{address(outing)}?p={number}").context["page"]) for number in (1, 2)] == [50, 20]


def test_the_pages_take_as_many_queries_with_twenty_women_as_with_two(
    client: Client, cohort: Cohort, outing: ClassSession, trainer: Any, queries_of: Callable[[str], int]
) -> None:
    client.force_login(trainer)
    pages = [address(outing), reverse("outings:index", args=[cohort.pk])]

    def live(count: int) -> list[int]:
        for woman in enrolled(cohort, count):
            note(outing, woman, trainer)
        marks = {woman.pk: Mark("present") for woman in enrolled(cohort, count)}
        mark_register(session=outing, marks=marks, by=trainer, at=BACK)
        return [queries_of(page) for page in pages]

    few = live(2)
    assert live(12) <= few
