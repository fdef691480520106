"""Marks that a phone kept without signal: nothing of a colleague's is overwritten, nothing is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.attendance.actions import Mark, correct, mark_register, settle_conflict, take_in_marks
from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.cohorts.models import Cohort, Enrolment
from courses.errors import Refused
from tests.factories.courses import CohortFactory, enrolled

pytestmark = pytest.mark.django_db
PHONE = "a1b2c3"


@pytest.fixture
def session(cohort: Cohort) -> ClassSession:
    return cohort.sessions.order_by("number")[0]


@pytest.fixture
def woman(cohort: Cohort) -> Enrolment:
    return enrolled(cohort)[0]


def take(
    session: ClassSession,
    woman: Enrolment,
    status: str,
    by: Any,
    *,
    seen: int | None = None,
    late_by: int = 0,
    noted: datetime | None = None,
    at: datetime | None = None,
    device: str = PHONE,
) -> Any:
    """What a phone noted of one woman at the end of the session, arriving a day later."""
    return take_in_marks(
        session=session,
        marks={woman.pk: Mark(status, late_by)},
        seen={woman.pk: seen},
        by=by,
        at=at or session.ends_at + timedelta(days=1),
        device=device,
        noted_at=noted or session.ends_at,
    )


def in_force(session: ClassSession) -> AttendanceRecord:
    found: AttendanceRecord = AttendanceRecord.objects.current().get(session=session)
    return found


def panel(session: ClassSession, woman: Enrolment, status: str, by: Any) -> AttendanceRecord:
    """A colleague marks her on the screen."""
    return mark_register(session=session, marks={woman.pk: Mark(status)}, by=by, at=session.ends_at)[0]


def test_what_a_phone_noted_keeps_its_time_and_its_device(
    session: ClassSession, woman: Enrolment, trainer: Any
) -> None:
    assert take(session, woman, "late", trainer, late_by=10).applied == 1
    record = in_force(session)
    assert (record.status, record.minutes, record.how, record.device) == ("late", 170, "phone", PHONE)
    assert (record.noted_at, record.at) == (session.ends_at, session.ends_at + timedelta(days=1))


def test_the_same_marks_again_change_nothing(session: ClassSession, woman: Enrolment, trainer: Any) -> None:
    take(session, woman, "absent", trainer)
    again = take(session, woman, "absent", trainer)
    assert (again.applied, again.same, again.conflicts) == (0, 1, [])
    assert AttendanceRecord.objects.count() == 1


def test_a_replay_does_not_undo_a_later_correction(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any
) -> None:
    take(session, woman, "absent", trainer)
    panel(session, woman, "present", coordinator)
    assert take(session, woman, "absent", trainer).same == 1
    assert in_force(session).status == "present"
    assert not MarkConflict.objects.exists()


def test_a_colleagues_other_mark_makes_a_conflict_and_stays(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any
) -> None:
    first = panel(session, woman, "present", coordinator)
    taken = take(session, woman, "absent", trainer)
    [conflict] = taken.conflicts
    assert (taken.applied, conflict.against, conflict.by) == (0, first, trainer)
    assert in_force(session) == first
    assert take(session, woman, "absent", trainer).conflicts == [conflict]  # it came twice


def test_how_late_stands_with_both_marks_where_a_person_decides(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any, client: Client
) -> None:
    mark_register(session=session, marks={woman.pk: Mark("late", 10)}, by=coordinator, at=session.ends_at)
    take(session, woman, "late", trainer, late_by=35)
    client.force_login(coordinator)
    for name in ("mark", "history"):
        shown = client.get(reverse(f"register:{name}", args=[session.pk])).content.decode()
        versus = shown[shown.index("pm-versus" if name == "mark" else "<h3>") :]
        assert "(10 min)" in versus
        assert "(35 min)" in versus


def test_the_first_page_and_the_cohort_lead_to_marks_that_contradict(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any, client: Client
) -> None:
    today = timezone.localdate()
    session.cohort.starts_on, session.cohort.ends_on = today - timedelta(days=7), today + timedelta(days=7)
    session.cohort.save()
    panel(session, woman, "present", coordinator)
    [conflict] = take(session, woman, "absent", trainer).conflicts
    client.force_login(coordinator)
    pages = [reverse("wagtailadmin_home"), reverse("school:cohort", args=[session.cohort_id])]
    way = f'class="pm-doubted" href="{reverse("register:mark", args=[session.pk])}"'
    assert [client.get(page).content.decode().count(way) for page in pages] == [1, 1]
    settle_conflict(conflict=conflict, keep="first", by=coordinator, at=timezone.now())
    assert [client.get(page).content.decode().count(way) for page in pages] == [0, 0]


def test_who_knew_what_was_in_force_corrects_it(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any
) -> None:
    first = panel(session, woman, "present", coordinator)
    assert take(session, woman, "absent", trainer, seen=first.pk).applied == 1
    assert in_force(session).supersedes == first


def test_the_same_phone_may_think_again(session: ClassSession, woman: Enrolment, trainer: Any) -> None:
    later = session.ends_at + timedelta(minutes=5)
    take(session, woman, "absent", trainer)
    assert take(session, woman, "late", trainer, late_by=5, noted=later).applied == 1
    assert in_force(session).status == "late"


def test_out_of_order_the_last_word_of_a_phone_holds_and_the_first_is_kept(
    session: ClassSession, woman: Enrolment, trainer: Any
) -> None:
    later = session.ends_at + timedelta(minutes=5)
    take(session, woman, "late", trainer, late_by=5, noted=later)
    taken = take(session, woman, "absent", trainer)
    assert (taken.applied, taken.same, taken.conflicts) == (0, 1, [])
    assert in_force(session).status == "late"
    kept = MarkConflict.objects.get()
    assert (kept.status, kept.outcome) == ("absent", "first")


@pytest.mark.parametrize(("keep", "status"), [("first", "present"), ("second", "absent")])
def test_a_person_settles_it(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any, keep: str, status: str
) -> None:
    panel(session, woman, "present", coordinator)
    [conflict] = take(session, woman, "absent", trainer).conflicts
    at = session.ends_at + timedelta(days=2)
    settled = settle_conflict(conflict=conflict, keep=keep, by=coordinator, at=at)
    assert (settled.outcome, settled.settled_by, settled.settled_at) == (keep, coordinator, at)
    assert in_force(session).status == status
    assert AttendanceRecord.objects.filter(status="present").exists()  # what was there before stays
    for again in ("first", "second", "third"):
        with pytest.raises(Refused):
            settle_conflict(conflict=conflict, keep=again, by=coordinator, at=at)
    assert in_force(session).status == status


def test_after_the_lock_a_phone_fills_gaps_and_changes_nothing(session: ClassSession, trainer: Any) -> None:
    first, second, third = enrolled(session.cohort, 3)
    known = panel(session, first, "present", trainer)
    late = session.ends_at + timedelta(days=30)
    assert take(session, first, "absent", trainer, seen=known.pk, at=late).conflicts
    assert take(session, second, "absent", trainer, at=late).applied == 1
    assert take(session, third, "absent", trainer, noted=late, at=late).conflicts[0].against is None


def test_a_stranger_in_the_list_and_nothing_is_taken(
    session: ClassSession, woman: Enrolment, trainer: Any
) -> None:
    outsider = enrolled(CohortFactory())[0]
    with pytest.raises(Refused):
        take_in_marks(
            session=session,
            marks={woman.pk: Mark("present"), outsider.pk: Mark("present")},
            seen={},
            by=trainer,
            at=session.ends_at,
            device=PHONE,
            noted_at=session.ends_at,
        )
    assert not AttendanceRecord.objects.exists()


def test_a_conflict_is_settled_by_somebody_or_open(
    session: ClassSession, woman: Enrolment, trainer: Any, coordinator: Any
) -> None:
    panel(session, woman, "present", coordinator)
    [conflict] = take(session, woman, "absent", trainer).conflicts
    with pytest.raises(IntegrityError), transaction.atomic():
        MarkConflict.objects.filter(pk=conflict.pk).update(outcome="first")


def test_a_correction_needs_a_reason_from_the_list(
    session: ClassSession, woman: Enrolment, coordinator: Any
) -> None:
    at = session.ends_at + timedelta(days=60)
    for reason in ("", "because"):
        with pytest.raises(Refused):
            correct(session=session, marks={woman.pk: Mark("present")}, reason=reason, by=coordinator, at=at)
    [record] = correct(
        session=session, marks={woman.pk: Mark("present")}, reason="sheet", by=coordinator, at=at
    )
    assert (record.how, record.reason, record.device) == ("correction", "sheet", "panel")
