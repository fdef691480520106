"""Transfer with her record, coming back, and the waiting list."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from courses.assessments.actions import start_attempt, submit_attempt
from courses.attendance.actions import Mark, cancel_session, mark_register
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.actions import (
    accept_ethics,
    give_seat,
    stop_waiting,
    take_back,
    transfer,
    wait_for_seat,
    withdraw,
)
from courses.cohorts.codes import attendance_code, enrolment_by_code
from courses.cohorts.models import Cohort, Enrolment, EnrolmentStep, WaitingEntry
from courses.errors import Refused
from courses.progress.actions import complete_lesson
from courses.progress.evidence import Standing, standings
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import (
    FIRST_DAY,
    LAST_DAY,
    OPENED,
    CohortFactory,
    PersonFactory,
    enrolled,
    lay_out,
    pin,
)

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(days=60)
FAR_AWAY = date(2199, 12, 31)


@pytest.fixture
def other(cohort: Cohort) -> Cohort:
    """Another open cohort of the same course with three classes of its own."""
    return CohortFactory(course=cohort.course, sessions=3)


def mark(woman: Enrolment, *statuses: str, by: Any) -> None:
    """What was noted of her in the first classes of her cohort; «-» leaves one out."""
    for session, status in zip(woman.cohort.sessions.order_by("number"), statuses, strict=False):
        if status != "-":
            mark_register(session=session, marks={woman.pk: Mark(status)}, by=by, at=LATER)


def standing(woman: Enrolment) -> Standing:
    return standings(woman.cohort, [woman])[0]


def attendance(woman: Enrolment) -> tuple[int, int]:
    verdict = standing(woman).verdicts[0]
    return verdict.value, verdict.total


def test_what_she_did_counts_in_the_new_cohort_once(cohort: Cohort, other: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    woman = accept_ethics(enrolment=woman, at=OPENED)
    mark(woman, "present", "present", "absent", by=trainer)
    complete_lesson(enrolment=woman, pin=pin(cohort, "lesson"), at=LATER)
    attempt = start_attempt(enrolment=woman, pin=pin(cohort, "quiz"), at=LATER)
    submit_attempt(attempt=attempt, answers={f"q{n}": f"q{n}-a" for n in range(5)}, at=LATER)
    before = standing(woman)
    moved = transfer(enrolment=woman, cohort=other, on=FIRST_DAY + timedelta(days=20), by=trainer, at=LATER)
    after = standing(moved)
    assert [one.value for one in after.verdicts] == [one.value for one in before.verdicts]
    assert after.minutes == before.minutes
    mark(moved, "-", "present", "present", by=trainer)
    assert attendance(moved) == (3, 3), "the second class counts once, the third was attended here"
    woman.refresh_from_db()
    assert (woman.status, woman.ends_on) == ("transferred", FIRST_DAY + timedelta(days=20))
    assert moved.chain_ids() == [moved.pk, woman.pk]
    assert standing(woman).verdicts[0].value == 2, "the old record stays readable"
    assert EnrolmentStep.objects.get().by == trainer


def test_a_lesson_read_in_both_cohorts_counts_once(cohort: Cohort, other: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    complete_lesson(enrolment=woman, pin=pin(cohort, "lesson"), at=LATER)
    moved = transfer(enrolment=woman, cohort=other, on=FIRST_DAY, by=trainer, at=LATER)
    complete_lesson(enrolment=moved, pin=pin(other, "lesson"), at=LATER)
    assert [one.value for one in standing(moved).verdicts if one.requirement.kind == "lessons"] == [1]


def test_a_class_that_the_new_cohort_cancelled_does_not_count(
    cohort: Cohort, other: Cohort, trainer: Any
) -> None:
    [woman] = enrolled(cohort)
    mark(woman, "present", "present", by=trainer)
    moved = transfer(enrolment=woman, cohort=other, on=FIRST_DAY, by=trainer, at=LATER)
    cancel_session(session=other.sessions.order_by("number")[0], by=trainer, at=OPENED)
    assert attendance(moved) == (1, 2)


def test_outings_of_before_count_and_the_same_one_once(cohort: Cohort, other: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    walks = lay_out(cohort, 2, ClassSession.Modality.OUTING)
    [again] = lay_out(other, 1, ClassSession.Modality.OUTING)
    for walk in walks:
        mark_register(session=walk, marks={woman.pk: Mark("present")}, by=trainer, at=LATER)
    moved = transfer(enrolment=woman, cohort=other, on=FIRST_DAY, by=trainer, at=LATER)
    mark_register(session=again, marks={moved.pk: Mark("present")}, by=trainer, at=LATER)
    assert [one.value for one in standing(moved).verdicts if one.requirement.kind == "outings"] == [2]


def test_two_transfers_and_the_way_back_keep_everything(cohort: Cohort, other: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    mark(woman, "present", by=trainer)
    there = transfer(enrolment=woman, cohort=other, on=FIRST_DAY, by=trainer, at=LATER)
    mark(there, "-", "present", by=trainer)
    back = transfer(enrolment=there, cohort=cohort, on=FIRST_DAY, by=trainer, at=LATER)
    assert attendance(back) == (2, 3)
    assert back.chain_ids() == [back.pk, there.pk, woman.pk]
    assert enrolment_by_code(cohort, attendance_code(woman)) == back, "her first card goes on working"


def test_a_transfer_that_cannot_be_changes_nothing(cohort: Cohort, other: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    another_course = CohortFactory()
    other.seats = 1
    other.save()
    enrolled(other)
    for target in (other, cohort, another_course):
        with pytest.raises(Refused):
            transfer(enrolment=woman, cohort=target, on=FIRST_DAY, by=trainer, at=LATER)
    with pytest.raises(Refused):
        transfer(enrolment=woman, cohort=other, on=FIRST_DAY - timedelta(days=1), by=trainer, at=LATER)
    woman.refresh_from_db()
    assert (woman.status, Enrolment.objects.count()) == ("active", 2)
    assert not EnrolmentStep.objects.exists()


def test_standings_take_as_many_queries_for_many_transfers(
    cohort: Cohort, other: Cohort, trainer: Any, django_assert_num_queries: Any
) -> None:
    def moved(count: int) -> list[Enrolment]:
        women = enrolled(cohort, count)
        return [transfer(enrolment=one, cohort=other, on=FIRST_DAY, by=trainer, at=LATER) for one in women]

    few, many = moved(2), moved(15)
    with django_assert_num_queries(8):
        standings(other, few)
    with django_assert_num_queries(8):
        standings(other, [*few, *many])


def test_she_comes_back_with_what_she_did(cohort: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    mark(woman, "present", by=trainer)
    left, back = FIRST_DAY + timedelta(days=9), FIRST_DAY + timedelta(days=16)
    withdraw(enrolment=woman, on=left, by=trainer, at=LATER, reason="care")
    with pytest.raises(Refused):
        take_back(enrolment=woman, on=left - timedelta(days=1), by=trainer, at=LATER)
    take_back(enrolment=woman, on=back, by=trainer, at=LATER, reason="invited")
    woman.refresh_from_db()
    assert (woman.status, woman.ends_on) == ("active", None)
    assert attendance(woman) == (1, 3)
    assert [(one.kind, one.on) for one in EnrolmentStep.objects.all()] == [
        ("withdrawn", left),
        ("returned", back),
    ]


def test_nobody_comes_back_without_a_seat_twice_or_for_a_reason_that_does_not_exist(
    cohort: Cohort, trainer: Any
) -> None:
    cohort.seats = 1
    cohort.save()
    [woman] = enrolled(cohort)
    with pytest.raises(Refused):
        take_back(enrolment=woman, on=LAST_DAY, by=trainer, at=LATER)
    with pytest.raises(Refused):
        withdraw(enrolment=woman, on=FIRST_DAY, reason="su marido no la deja")
    withdraw(enrolment=woman, on=FIRST_DAY)
    enrolled(cohort)
    with pytest.raises(Refused):
        take_back(enrolment=woman, on=LAST_DAY, by=trainer, at=LATER)
    woman.refresh_from_db()
    assert woman.status == "withdrawn"


def test_no_table_of_the_woman_holds_the_reason(cohort: Cohort, trainer: Any) -> None:
    [woman] = enrolled(cohort)
    withdraw(enrolment=woman, on=FIRST_DAY, by=trainer, at=LATER, reason="health")
    rows = [*Enrolment.objects.values(), *EnrolmentStep.objects.values()]
    assert "health" not in str(rows)


def test_who_waits_gets_the_seat_in_order(cohort: Cohort, coordinator: Any) -> None:
    cohort.seats = 1
    cohort.save()
    [woman] = enrolled(cohort)
    first = wait_for_seat(person=PersonFactory(), cohort=cohort, by=coordinator, at=OPENED)
    second = wait_for_seat(person=PersonFactory(), cohort=cohort, by=coordinator, at=LATER)
    assert list(WaitingEntry.objects.waiting(cohort)) == [first, second]
    with pytest.raises(Refused):
        wait_for_seat(person=first.person, cohort=cohort, by=coordinator, at=LATER)
    with pytest.raises(Refused):
        give_seat(entry=first, starts_on=FIRST_DAY, at=LATER)
    withdraw(enrolment=woman, on=FIRST_DAY)
    give_seat(entry=first, starts_on=FIRST_DAY, at=LATER)
    stop_waiting(entry=second, at=LATER)
    assert not WaitingEntry.objects.waiting(cohort).exists()
    for entry in (first, second):
        with pytest.raises(Refused):
            give_seat(entry=entry, starts_on=FIRST_DAY, at=LATER)


@pytest.mark.parametrize(
    ("day", "is_opened", "can_join"),
    [
        (FIRST_DAY - timedelta(days=1), False, True),
        (FIRST_DAY, False, False),
        (FIRST_DAY, True, True),
        (LAST_DAY, True, True),
        (LAST_DAY + timedelta(days=1), True, False),
    ],
)
def test_a_cohort_can_be_joined_before_it_begins_and_while_it_is_open(
    day: date, is_opened: bool, can_join: bool
) -> None:
    found = CohortFactory(opened=is_opened)
    assert Cohort.objects.to_join(day).filter(pk=found.pk).exists() is can_join


# --- screens ---------------------------------------------------------------------------------------
def test_a_coordinator_transfers_her_on_the_screen(
    client: Client, coordinator: Any, cohort: Cohort, other: Cohort
) -> None:
    [woman] = enrolled(cohort)
    client.force_login(coordinator)
    url = reverse("cohorts:transfer", args=[cohort.pk, woman.pk])
    assert other.name not in client.get(url).content.decode(), "it is over"
    client.post(url, {"cohort": other.pk, "on": FIRST_DAY.isoformat()})
    assert not Enrolment.objects.filter(came_from=woman).exists()
    other.ends_on = FAR_AWAY
    other.save()
    assert other.name in client.get(url).content.decode()
    client.post(url, {"cohort": other.pk, "on": FIRST_DAY.isoformat()})
    moved = Enrolment.objects.get(came_from=woman)
    page = client.get(reverse("school:woman", args=[other.pk, moved.pk])).content.decode()
    assert cohort.name in page
    assert client.get(reverse("cohorts:joining", args=[other.pk])).status_code == 200


@pytest.mark.parametrize("name", ["withdraw", "transfer"])
def test_before_the_first_day_she_leaves_with_the_day_that_the_form_proposes(
    client: Client, coordinator: Any, cohort: Cohort, name: str
) -> None:
    to_come = CohortFactory(course=cohort.course, starts_on=FAR_AWAY, ends_on=FAR_AWAY, opened=False)
    other = CohortFactory(course=cohort.course, starts_on=FAR_AWAY, ends_on=FAR_AWAY, opened=False)
    [woman] = enrolled(to_come)
    assert woman.starts_on == FAR_AWAY
    client.force_login(coordinator)
    url = reverse(f"cohorts:{name}", args=[to_come.pk, woman.pk])
    proposed = client.get(url).context["form"]["on"].value()
    assert proposed == FAR_AWAY
    early = client.post(url, {"cohort": other.pk, "on": (FAR_AWAY - timedelta(days=1)).isoformat()})
    assert date_format(FAR_AWAY, "j b Y") in said(early), "the first day that is possible"
    assert client.post(url, {"cohort": other.pk, "on": proposed.isoformat()}).status_code == 302
    woman.refresh_from_db()
    assert (woman.status, woman.ends_on) == ("withdrawn" if name == "withdraw" else "transferred", FAR_AWAY)


def test_who_left_before_the_first_day_comes_back_with_the_day_that_the_form_proposes(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    to_come = CohortFactory(course=cohort.course, starts_on=FAR_AWAY, ends_on=FAR_AWAY)
    [woman] = enrolled(to_come)
    withdraw(enrolment=woman, on=FAR_AWAY)
    client.force_login(coordinator)
    url = reverse("cohorts:take_back", args=[to_come.pk, woman.pk])
    proposed = client.get(url).context["form"]["on"].value()
    assert client.post(url, {"on": proposed.isoformat()}).status_code == 302
    woman.refresh_from_db()
    assert woman.status == "active"


def test_a_coordinator_takes_her_back_on_the_screen(client: Client, coordinator: Any, cohort: Cohort) -> None:
    [woman] = enrolled(cohort)
    withdraw(enrolment=woman, on=FIRST_DAY)
    client.force_login(coordinator)
    url = reverse("cohorts:take_back", args=[cohort.pk, woman.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"on": LAST_DAY.isoformat(), "reason": "invited"})
    woman.refresh_from_db()
    assert woman.status == "active"
    assert client.post(url, {"on": "ayer", "reason": "x"}).status_code == 200


def test_the_waiting_list_on_the_screen(client: Client, coordinator: Any, cohort: Cohort) -> None:
    cohort.seats = 1
    cohort.save()
    [woman] = enrolled(cohort)
    person = PersonFactory(name="Estrella")
    client.force_login(coordinator)
    url = reverse("cohorts:waiting", args=[cohort.pk])
    assert "Estrella" in client.get(f"{url}?q=estre").content.decode()
    client.post(url, {"person": str(person.pk)})
    entry = WaitingEntry.objects.get()
    assert client.get(reverse("cohorts:give_seat", args=[cohort.pk, entry.pk])).status_code == 405
    response = client.post(
        reverse("cohorts:withdraw", args=[cohort.pk, woman.pk]), {"on": FIRST_DAY.isoformat()}, follow=True
    )
    assert "Estrella" in response.content.decode(), "she is the first who is asked"
    client.post(reverse("cohorts:give_seat", args=[cohort.pk, entry.pk]))
    seat = Enrolment.objects.active().get()
    assert seat.person == person
    noted = TrailEntry.objects.get(what=Deed.ENROLLED, about=str(seat.pk))
    assert (noted.actor, noted.facts) == (coordinator.key, {"cohort": str(cohort.pk)})


def test_whoever_is_taken_off_the_waiting_list_or_enrolled_is_noted(
    client: Client, coordinator: Any, cohort: Cohort
) -> None:
    one, other = PersonFactory(), PersonFactory()
    entry = wait_for_seat(cohort=cohort, person=one, at=OPENED, by=coordinator)
    client.force_login(coordinator)
    client.post(reverse("cohorts:stop_waiting", args=[cohort.pk, entry.pk]))
    ended = TrailEntry.objects.get(what=Deed.WAITING_ENDED)
    assert (ended.actor, ended.about) == (coordinator.key, str(one.pk))
    client.post(
        reverse("cohorts:enrol", args=[cohort.pk]), {"person": other.pk, "starts_on": FIRST_DAY.isoformat()}
    )
    enrolment = Enrolment.objects.get(person=other)
    assert TrailEntry.objects.get(what=Deed.ENROLLED, about=str(enrolment.pk)).actor == coordinator.key


@pytest.mark.parametrize("name", ["transfer", "take_back", "withdraw"])
def test_a_trainer_moves_nobody(client: Client, trainer: Any, cohort: Cohort, name: str) -> None:
    [woman] = enrolled(cohort)
    client.force_login(trainer)
    url = reverse(f"cohorts:{name}", args=[cohort.pk, woman.pk])
    assert client.get(url).status_code == 302
    assert client.post(url, {"on": FIRST_DAY.isoformat()}).status_code == 302
    woman.refresh_from_db()
    assert woman.status == "active"
    assert not AttendanceRecord.objects.exists()


def test_the_pages_of_joining_hold_their_queries(
    client: Client, coordinator: Any, cohort: Cohort, queries_of: Callable[[str], int]
) -> None:
    client.force_login(coordinator)
    pages = [reverse(f"cohorts:{name}", args=[cohort.pk]) for name in ("joining", "waiting", "enrol")]

    def grow(count: int) -> None:
        for woman in enrolled(cohort, count):
            withdraw(enrolment=woman, on=FIRST_DAY, by=coordinator, at=LATER)
        for _ in range(count):
            wait_for_seat(person=PersonFactory(), cohort=cohort, by=coordinator, at=LATER)

    grow(2)
    few = [queries_of(page) for page in pages]
    grow(15)
    assert [queries_of(page) for page in pages] == few
