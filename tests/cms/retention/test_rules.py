"""What is due on which day; the boundaries, and what is never touched."""

import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.retention import actions, report, rules
from cms.retention.models import CohortTotals, RetentionEntry
from cms.retention.tasks import retain
from cms.users import cards
from cms.users.models import KnownDevice, OpenSession, SignInCard, User, WrongTry
from cms.users.retention import remove_accounts
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import AttendanceRecord
from courses.cohorts.actions import transfer
from courses.cohorts.models import Cohort, Enrolment
from courses.cohorts.rules import are_records_over, months_after
from courses.imports.models import ImportRow, PeopleImport
from courses.moving.actions import shelf
from courses.moving.models import CourseMove
from courses.people.models import LegalName, Person
from courses.records import RecordIsFinal
from courses.school.models import SchoolDraft
from courses.sync.models import SyncEvent
from courses.tallies.rules import without_small_cells
from tests.factories.courses import CohortFactory, PersonFactory, UserFactory, enrolled

LONG_AGO = {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 6, 1)}
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 12, 1), 24, date(2026, 12, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_months_are_months_of_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def test_the_last_day_of_the_last_month_still_counts() -> None:
    ended = date(2024, 3, 15)
    assert not are_records_over(ended, date(2026, 3, 15), 24)
    assert are_records_over(ended, date(2026, 3, 16), 24)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"a": 20, "b": 8}, {"a": 20, "b": 8}),
        ({"a": 20, "b": 0}, {"a": 20, "b": 0}),
        ({"a": 20, "b": 1}, {"a": None, "b": None}),
        ({"a": 20, "b": 9, "c": 1}, {"a": 20, "b": None, "c": None}),
        ({"a": 20, "b": 9, "c": 1, "d": 1}, {"a": 20, "b": None, "c": None, "d": None}),
        ({"a": 20, "b": 9, "c": 4, "d": 4}, {"a": 20, "b": 9, "c": None, "d": None}),
        ({"a": 3}, {"a": None}),
        ({}, {}),
    ],
)
def test_a_small_cell_can_neither_be_read_nor_subtracted(
    cells: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert without_small_cells(cells) == shown


def run(now: datetime = NOW) -> None:
    actions.run(now, seconds=60)


@pytest.mark.django_db
def test_a_cohort_ends_by_the_clock_of_its_own_zone(cohort: Cohort) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(
        starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 15), time_zone="America/Tijuana"
    )
    midnight = datetime(2026, 3, 16, tzinfo=ZoneInfo("America/Tijuana"))
    assert rules.ended(midnight - timedelta(seconds=1)).ids == []
    assert rules.ended(midnight).ids == [cohort.pk]


@pytest.mark.django_db
def test_a_cohort_that_runs_is_never_touched(
    cohort: Cohort, enrolment: Enrolment, trainer: Any, coordinator: Any
) -> None:
    [session, *_more] = cohort.sessions.all()
    after = session.ends_at + timedelta(minutes=5)
    mark_register(session=session, marks={enrolment.pk: Mark("present")}, by=trainer, at=after)
    old = CohortFactory(**LONG_AGO)
    gone = enrolled(old)[0].person_id
    run(timezone.now())
    assert AttendanceRecord.objects.count() == 1
    assert Enrolment.objects.get() == enrolment
    assert not Person.objects.filter(pk=gone).exists()
    assert User.objects.filter(person=enrolment.person).exists()


@pytest.mark.django_db
def test_what_was_brought_along_stays_as_long_as_where_it_counts(coordinator: Any) -> None:
    old = CohortFactory(starts_on=date(2023, 1, 9), ends_on=date(2023, 6, 1), course__code="uno")
    newer = CohortFactory(starts_on=date(2025, 1, 9), ends_on=date(2025, 6, 1), course=old.course)
    woman = enrolled(old)[0]
    moved = transfer(enrolment=woman, cohort=newer, on=date(2025, 1, 9), by=coordinator, at=NOW)
    assert rules.ended(NOW).ids == []
    later = datetime(2027, 6, 2, 12, tzinfo=UTC)
    assert rules.ended(later).ids == [old.pk, newer.pk]
    run(later)
    assert not Person.objects.filter(pk=moved.person_id).exists()


@pytest.mark.django_db
def test_drafts_stay_thirty_days(coordinator: Any, cohort: Cohort) -> None:
    edge, older = NOW - timedelta(days=30), NOW - timedelta(days=30, seconds=1)
    for at in (edge, older):
        SchoolDraft.objects.create(by=coordinator, changed_at=at)
        batch = PeopleImport.objects.create(cohort=cohort, by=coordinator, at=at)
        ImportRow.objects.create(batch=batch, number=1, name="Lucía", fate="new")
        PeopleImport.objects.create(cohort=cohort, by=coordinator, at=at, state="done")
        name = shelf().save("cursos/neutral.zip", BytesIO(b"zip"))
        CourseMove.objects.create(direction="out", state="done", by=coordinator, at=at, file=name)
        SyncEvent.objects.create(event=uuid.uuid4(), digest=str(at), received_at=at, status="rejected")
    run()
    assert SchoolDraft.objects.get().changed_at == edge
    assert ImportRow.objects.get().batch.at == edge
    assert PeopleImport.objects.filter(state="done").count() == 2, "what was saved belongs to its cohort"
    assert CourseMove.objects.get().at == edge
    assert SyncEvent.objects.get().received_at == edge


@pytest.mark.django_db
def test_traces_of_signing_in_stay_ninety_days(coordinator: Any, trainee: Any) -> None:
    day = timezone.localdate(NOW - timedelta(days=90))
    rows = {}
    for name, on in (("kept", day), ("gone", day - timedelta(days=1))):
        key = name * 8
        Session.objects.create(session_key=key, session_data="x", expire_date=NOW + timedelta(days=9))
        device = KnownDevice.objects.create(account=trainee, token_hash=name, last_used_on=on)
        rows[name] = OpenSession.objects.create(
            account=trainee, session_key=key, device=device, last_used_on=on
        )
        at = datetime.combine(on, datetime.min.time(), tzinfo=UTC) + timedelta(hours=20)
        WrongTry.objects.create(subject=name, last_at=at)
    Session.objects.create(session_key="over", session_data="x", expire_date=NOW - timedelta(seconds=1))
    drawn = cards.draw(trainee, NOW - timedelta(days=98))
    [card] = cards.keep_cards(drawn=[drawn], by=coordinator, at=NOW - timedelta(days=98))
    fresh = cards.make_card(account=trainee, by=coordinator, at=NOW)
    assert card.expires_at < NOW - timedelta(days=90)
    User.objects.filter(pk=trainee.pk).update(last_login=NOW - timedelta(days=91))
    User.objects.filter(pk=coordinator.pk).update(last_login=NOW - timedelta(days=89))
    run()
    assert list(OpenSession.objects.all()) == [rows["kept"]]
    assert list(Session.objects.values_list("pk", flat=True)) == ["kept" * 8]
    assert KnownDevice.objects.get().token_hash == "kept"
    assert WrongTry.objects.get().subject == "kept"
    assert SignInCard.objects.get() == fresh.card
    assert User.objects.get(pk=trainee.pk).last_login is None
    assert User.objects.get(pk=coordinator.pk).last_login is not None


@pytest.mark.django_db
def test_a_device_of_a_session_that_lives_is_still_known(trainee: Any) -> None:
    old = timezone.localdate(NOW) - timedelta(days=100)
    device = KnownDevice.objects.create(account=trainee, token_hash="t", last_used_on=old)
    Session.objects.create(session_key="k", session_data="x", expire_date=NOW + timedelta(days=9))
    OpenSession.objects.create(account=trainee, session_key="k", device=device, last_used_on=NOW.date())
    run()
    assert KnownDevice.objects.get() == device


@pytest.mark.django_db
def test_whoever_was_never_in_a_cohort_goes_too_and_the_log_of_the_desk_names_her_no_more(
    coordinator: Any,
) -> None:
    person = PersonFactory(name="Marisol")
    LegalName.objects.create(person=person, sealed=b"x", at=NOW)
    Person.objects.filter(pk=person.pk).update(created_at=NOW - timedelta(days=800))
    ModelLogEntry.objects.log_action(instance=person, action="wagtail.edit", user=coordinator)
    fresh = PersonFactory()
    Person.objects.filter(pk=fresh.pk).update(created_at=NOW - timedelta(days=300))
    run()
    assert Person.objects.get() == fresh
    assert not LegalName.objects.exists()
    assert ModelLogEntry.objects.get(object_id=str(person.pk)).label == str(person.pk)


@pytest.mark.django_db
def test_an_account_with_another_role_stays_and_one_that_records_name_loses_its_name(
    cohort: Cohort, coordinator: Any
) -> None:
    double = UserFactory(username="las-dos", role="trainee")
    double.groups.add(coordinator.groups.get())
    referred = UserFactory(username="luz1", role="trainee")
    SyncEvent.objects.create(
        event=uuid.uuid4(), digest="d", received_at=NOW, status="applied", staff=referred
    )
    plain = UserFactory(username="luz2", role="trainee")
    assert remove_accounts([double.pk, referred.pk, plain.pk]) == 2
    assert User.objects.filter(username="las-dos", is_active=True).exists()
    assert not User.objects.filter(pk=plain.pk).exists()
    referred.refresh_from_db()
    assert referred.username.replace("-", "") == referred.key.hex
    assert not referred.is_active
    assert not referred.has_usable_password()
    assert not referred.groups.exists()


@pytest.mark.django_db
def test_the_log_of_what_went_cannot_be_edited_and_holds_numbers_only(coordinator: Any) -> None:
    SchoolDraft.objects.create(by=coordinator, changed_at=NOW - timedelta(days=31))
    run()
    entry = RetentionEntry.objects.get(rule="drafts")
    assert entry.counts == {"schooldraft": 1}
    with pytest.raises(RecordIsFinal):
        entry.save()
    with pytest.raises(RecordIsFinal):
        entry.delete()
    for rows in (RetentionEntry.objects.all(), CohortTotals.objects.all()):
        with pytest.raises(RecordIsFinal):
            rows.update(at=NOW)
        with pytest.raises(RecordIsFinal):
            rows.delete()
    names = {field.name for field in RetentionEntry._meta.get_fields()}
    assert names == {"id", "rule", "counts", "at"}


@pytest.mark.django_db
def test_the_command_says_and_the_task_does(coordinator: Any, capsys: pytest.CaptureFixture[str]) -> None:
    SchoolDraft.objects.create(by=coordinator, changed_at=timezone.now() - timedelta(days=31))
    call_command("retain", "--dry-run")
    assert "  schooldraft: 1" in capsys.readouterr().out
    assert SchoolDraft.objects.exists()
    retain()
    retain()
    assert not SchoolDraft.objects.exists()
    assert [entry.counts for entry in RetentionEntry.objects.exclude(counts={})] == [{"schooldraft": 1}]
    call_command("retain", "--dry-run")
    assert "schooldraft" not in capsys.readouterr().out


@pytest.mark.django_db
def test_the_page_is_for_administrators_and_tells_all(
    client: Client, administrator: Any, coordinator: Any, cohort: Cohort, queries_of: Any
) -> None:
    client.force_login(coordinator)
    assert client.get("/admin/retention/").status_code in {302, 403}
    client.force_login(administrator)
    enrolled(cohort)
    soon = timezone.localdate() - timedelta(days=700)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=soon, ends_on=soon)
    page = client.get("/admin/retention/").content.decode()
    assert cohort.name in page
    assert cohort.enrolments.get().person.name not in page
    Cohort.objects.filter(pk=cohort.pk).update(**LONG_AGO)
    cost = queries_of("/admin/retention/")
    for _more in range(6):
        enrolled(CohortFactory(course=cohort.course, **LONG_AGO), 3)
    assert queries_of("/admin/retention/") == cost, "however many cohorts and women"
    run(timezone.now())
    assert report.dry_run(timezone.now(), rules.ended(timezone.now()).ids)[-1].count == 0
    page = client.get("/admin/retention/").content.decode()
    assert f"/admin/retention/{cohort.pk}/" in page
    assert client.get(f"/admin/retention/{cohort.pk}/").status_code == 200
    assert client.get("/admin/retention/999999/").status_code == 404
