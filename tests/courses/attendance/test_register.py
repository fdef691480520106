"""The register: everybody is proposed, exceptions travel, the count is confirmed, and then it is saved."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from courses.attendance.actions import Mark, mark_register, take_in_marks
from courses.attendance.models import AttendanceRecord, ClassSession, MarkConflict
from courses.attendance.staff import device_words
from courses.cohorts.actions import enrol, withdraw
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
from tests.courses.cohorts.test_viewsets import said
from tests.factories.courses import CohortFactory, PersonFactory, enrolled, lay_out

pytestmark = pytest.mark.django_db


def url(session: ClassSession, page: str = "mark") -> str:
    return reverse(f"register:{page}", args=[session.pk])


def stamp(client: Client, session: ClassSession, page: str = "mark") -> dict[str, Any]:
    """What the form of the page brings back."""
    return dict(client.get(url(session, page)).context["stamp"])


def confirm(
    client: Client, session: ClassSession, page: str = "mark", step: str = "save", **tapped: str
) -> Any:
    """Open the register, tap these exceptions (name of the field with _ for -) and confirm the count."""
    fields = {name.replace("_", "-", 1): value for name, value in tapped.items()}
    return client.post(url(session, page), {**stamp(client, session, page), **fields, "step": step})


def marks(session: ClassSession) -> dict[str, int]:
    """How many are in force of each status."""
    found: dict[str, int] = {}
    for status in AttendanceRecord.objects.current().filter(session=session).values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def test_everybody_is_proposed_and_one_exception_is_tapped(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    women = enrolled(session_now.cohort, 28)
    client.force_login(trainer)
    seen = confirm(client, session_now, step="confirm", **{f"status_{women[3].pk}": "absent"})
    assert seen.status_code == 200
    assert re.findall(r"\d+", seen.context["words"]) == ["27", "1"]
    assert not AttendanceRecord.objects.exists()  # nothing is recorded before it is confirmed
    answer = confirm(client, session_now, **{f"status_{women[3].pk}": "absent"})
    assert answer.status_code == 302
    assert marks(session_now) == {"present": 27, "absent": 1}
    record = AttendanceRecord.objects.get(enrolment=women[3])
    assert (record.by, record.how, record.device, record.minutes) == (trainer, "register", "panel", 0)


def test_the_page_itself_sends_nothing_but_exceptions(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    enrolled(session_now.cohort, 5)
    client.force_login(trainer)
    page = client.get(url(session_now)).content.decode()
    assert not re.findall(r'name="status-[^>]*checked', page)
    assert len(re.findall(r'name="status-', page)) == 20


def test_who_came_late_needs_her_minutes(client: Client, trainer: Any, session_now: ClassSession) -> None:
    late, other = enrolled(session_now.cohort, 2)
    client.force_login(trainer)
    tapped = {f"status_{late.pk}": "late"}
    for minutes in ("", "0", "-5", "many", "1.5", "9999", "²"):
        answer = confirm(client, session_now, **tapped, **{f"late_{late.pk}": minutes})
        assert answer.status_code == 200
        assert said(answer)
        assert f'name="status-{late.pk}" value="late"' in answer.content.decode()  # her mark is not lost
    assert not AttendanceRecord.objects.exists()
    confirm(client, session_now, **tapped, **{f"late_{late.pk}": "15"})
    assert AttendanceRecord.objects.get(enrolment=late).minutes == 165
    assert AttendanceRecord.objects.get(enrolment=other).minutes == 180


def test_confirming_again_adds_nothing(client: Client, trainer: Any, session_now: ClassSession) -> None:
    enrolled(session_now.cohort, 3)
    client.force_login(trainer)
    confirm(client, session_now)
    confirm(client, session_now)
    assert AttendanceRecord.objects.count() == 3


def test_the_same_post_twice_is_told_and_adds_nothing(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    women = enrolled(session_now.cohort, 3)
    client.force_login(trainer)
    post = {**stamp(client, session_now), f"status-{women[0].pk}": "absent", "step": "save"}
    assert client.post(url(session_now), post).status_code == 302
    assert client.post(url(session_now), post).status_code == 200
    assert AttendanceRecord.objects.count() == 3


def test_a_correction_before_the_lock_keeps_what_was_noted(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    [woman] = enrolled(session_now.cohort)
    client.force_login(trainer)
    confirm(client, session_now)
    confirm(client, session_now, **{f"status_{woman.pk}": "excused"})
    assert [record.status for record in AttendanceRecord.objects.order_by("pk")] == ["present", "excused"]


@pytest.mark.parametrize("change", ["somebody joins", "a colleague marks"])
def test_the_roster_changed_meanwhile_and_nothing_is_lost(
    client: Client, trainer: Any, coordinator: Any, session_now: ClassSession, change: str
) -> None:
    first, second = enrolled(session_now.cohort, 2)
    client.force_login(trainer)
    post = {**stamp(client, session_now), f"status-{first.pk}": "absent"}
    if change == "somebody joins":
        enrolled(session_now.cohort)
    else:
        mark_register(
            session=session_now, marks={second.pk: Mark("excused")}, by=coordinator, at=timezone.now()
        )
    before = AttendanceRecord.objects.count()
    for step in ("confirm", "save"):
        answer = client.post(url(session_now), {**post, "step": step})
        assert answer.status_code == 200
        assert said(answer)
        page = answer.content.decode()
        assert f'name="status-{first.pk}" value="absent" checked' in page
        assert ("is-news" in page) == (change == "a colleague marks")
    assert AttendanceRecord.objects.count() == before
    fresh = dict(answer.context["stamp"])
    client.post(url(session_now), {**post, **fresh, "step": "save"})
    assert marks(session_now)["absent"] == 1


@pytest.mark.parametrize(
    ("key", "status"),
    [(str(uuid.uuid4()), "absent"), ("her", "flying"), ("her", "made_up"), ("x'; drop", "absent")],
    ids=["a stranger", "no such mark", "a make-up has its own page", "no id"],
)
def test_one_bad_mark_and_nothing_is_saved(
    client: Client, trainer: Any, session_now: ClassSession, key: str, status: str
) -> None:
    good, bad = enrolled(session_now.cohort, 2)
    client.force_login(trainer)
    key = str(bad.pk) if key == "her" else key
    for step in ("confirm", "save"):
        post = {**stamp(client, session_now), f"status-{good.pk}": "late", f"status-{key}": status}
        answer = client.post(url(session_now), {**post, "step": step})
        assert answer.status_code == 200
        assert said(answer)
    assert not AttendanceRecord.objects.exists()


def test_a_made_up_class_stays_made_up_unless_it_is_tapped(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    [woman] = enrolled(session_now.cohort)
    mark_register(session=session_now, marks={woman.pk: Mark("made_up")}, by=trainer, at=timezone.now())
    client.force_login(trainer)
    confirm(client, session_now)
    assert marks(session_now) == {"made_up": 1}


def test_before_the_session_nobody_is_proposed_and_an_excuse_is_kept(
    client: Client, trainer: Any, running: Cohort
) -> None:
    [session] = lay_out(running, 1, first=timezone.now() + timedelta(days=2))
    first, _second = enrolled(running, 2)
    client.force_login(trainer)
    confirm(client, session)
    assert not AttendanceRecord.objects.exists()
    assert said(confirm(client, session, **{f"status_{first.pk}": "absent"}))
    confirm(client, session, **{f"status_{first.pk}": "excused"})
    assert marks(session) == {"excused": 1}


def test_who_joined_later_is_not_proposed_and_who_left_later_is(
    client: Client, trainer: Any, running: Cohort
) -> None:
    [session] = lay_out(running, 1, first=timezone.now() - timedelta(days=3))
    stayed, left, gone = enrolled(running, 3)
    today = timezone.localdate()
    withdraw(enrolment=left, on=today)
    withdraw(enrolment=gone, on=today - timedelta(days=10))
    late = enrol(person=PersonFactory(), cohort=running, starts_on=today)
    client.force_login(trainer)
    confirm(client, session)
    marked = set(AttendanceRecord.objects.values_list("enrolment_id", flat=True))
    assert marked == {stayed.pk, left.pk}
    confirm(client, session, **{f"status_{late.pk}": "present"})
    assert AttendanceRecord.objects.filter(enrolment=late).exists()


def test_after_the_lock_a_trainer_reads_and_a_coordinator_gives_a_reason(
    client: Client, trainer: Any, corrector: Any, cohort: Cohort
) -> None:
    session = cohort.sessions.order_by("number")[0]
    woman, other = enrolled(cohort, 2)
    mark_register(session=session, marks={woman.pk: Mark("absent")}, by=trainer, at=session.ends_at)
    tapped = {f"status_{woman.pk}": "present"}
    client.force_login(trainer)
    assert "<fieldset data-was" in client.get(url(session)).content.decode()
    assert 'type="radio"' not in client.get(url(session)).content.decode()
    assert said(confirm(client, session, **tapped, reason="mistake"))
    assert marks(session) == {"absent": 1}
    client.force_login(corrector)
    assert confirm(client, session, step="confirm", **tapped).context["reasons"]
    for reason in ("", "because she said so"):
        assert said(confirm(client, session, **tapped, reason=reason))
    assert marks(session) == {"absent": 1}
    assert confirm(client, session, **tapped, reason="mistake").status_code == 302
    record = AttendanceRecord.objects.current().get(enrolment=woman)
    assert (record.status, record.how, record.reason) == ("present", "correction", "mistake")
    assert not AttendanceRecord.objects.filter(enrolment=other).exists()  # a correction proposes nobody


def test_the_last_moment_before_the_lock(trainer: Any, cohort: Cohort, settings: Any) -> None:
    session = cohort.sessions.order_by("number")[0]
    settings.REGISTER_LOCK_DAYS = 3
    assert not session.is_locked(session.ends_at + timedelta(days=3))
    assert session.is_locked(session.ends_at + timedelta(days=3, seconds=1))


def test_the_signed_sheet_is_taken_over_with_its_date(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    first, _second = enrolled(session_now.cohort, 2)
    client.force_login(trainer)
    day = session_now.day
    for bad in ("", "yesterday", (day - timedelta(days=1)).isoformat(), "2999-01-01"):
        answer = client.post(
            url(session_now, "from_sheet"),
            {**stamp(client, session_now, "from_sheet"), "sheet_day": bad, "step": "save"},
        )
        assert (answer.status_code, bool(said(answer))) == (200, True)
    assert not AttendanceRecord.objects.exists()
    post = {
        **stamp(client, session_now, "from_sheet"),
        f"status-{first.pk}": "absent",
        "sheet_day": day.isoformat(),
        "step": "save",
    }
    assert client.post(url(session_now, "from_sheet"), post).status_code == 302
    records = list(AttendanceRecord.objects.all())
    assert {(one.how, one.device) for one in records} == {("sheet", "sheet")}
    assert {one.noted_at and session_now.cohort.today(one.noted_at) for one in records} == {day}


def test_a_conflict_is_shown_and_settled_once(
    client: Client, trainer: Any, coordinator: Any, session_now: ClassSession
) -> None:
    [woman] = enrolled(session_now.cohort)
    mark_register(session=session_now, marks={woman.pk: Mark("present")}, by=coordinator, at=timezone.now())
    [conflict] = take_in_marks(
        session=session_now,
        marks={woman.pk: Mark("absent")},
        seen={},
        by=trainer,
        at=timezone.now(),
        device="a1b2c3d4e5",
        noted_at=session_now.starts_at,
    ).conflicts
    client.force_login(trainer)
    settle = reverse("register:settle", args=[session_now.pk, conflict.pk])
    assert settle in client.get(url(session_now)).content.decode()
    assert client.get(settle).status_code == 405
    client.post(settle, {"keep": "neither"})
    assert MarkConflict.objects.open().exists()
    client.post(settle, {"keep": "second"})
    client.post(settle, {"keep": "first"})
    assert marks(session_now) == {"absent": 1}
    page = client.get(url(session_now, "history")).content.decode()
    assert page.count("a1b2c3d4") == 2  # the record that was written, and the mark that contradicted
    assert settle not in client.get(url(session_now)).content.decode()


def test_a_conflict_of_another_session_is_not_settled_here(
    client: Client, trainer: Any, coordinator: Any, session_now: ClassSession
) -> None:
    [woman] = enrolled(session_now.cohort)
    mark_register(session=session_now, marks={woman.pk: Mark("present")}, by=coordinator, at=timezone.now())
    [conflict] = take_in_marks(
        session=session_now,
        marks={woman.pk: Mark("absent")},
        seen={},
        by=coordinator,
        at=timezone.now(),
        device="d",
        noted_at=session_now.starts_at,
    ).conflicts
    other = CohortFactory(trainers=[trainer], sessions=1).sessions.get()
    client.force_login(trainer)
    address = reverse("register:settle", args=[other.pk, conflict.pk])
    other.__class__.objects.filter(pk=other.pk).update(
        starts_at=session_now.starts_at, ends_at=session_now.ends_at
    )
    assert client.post(address, {"keep": "second"}).status_code == 404


def test_the_history_tells_who_when_and_what_was_before(
    client: Client, trainer: Any, corrector: Any, cohort: Cohort
) -> None:
    session = cohort.sessions.order_by("number")[0]
    [woman] = enrolled(cohort)
    mark_register(session=session, marks={woman.pk: Mark("absent")}, by=trainer, at=session.ends_at)
    client.force_login(corrector)
    confirm(client, session, **{f"status_{woman.pk}": "present"}, reason="checked")
    for address in (url(session, "history"), reverse("register:woman", args=[cohort.pk, woman.pk])):
        page = client.get(address)
        assert [
            (one["record"].status, one["before"].status if one["before"] else "")
            for one in page.context["entries"]
        ] == [("present", "absent"), ("absent", "")]
        for fact in ("formadora", "coordinadora", woman.person.name if "history" in address else "Tema 1"):
            assert fact in page.content.decode()


def test_the_history_tells_the_minutes_before_and_after(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    [woman] = enrolled(session_now.cohort)
    for minutes in (15, 40):
        marked = {woman.pk: Mark("late", minutes)}
        mark_register(session=session_now, marks=marked, by=trainer, at=timezone.now())
    client.force_login(trainer)
    page = client.get(url(session_now, "history"))
    assert [(one["was_late_by"], one["late_by"]) for one in page.context["entries"]] == [(15, 40), (0, 15)]
    former, _arrow, now = page.content.decode().partition("→")
    assert "(15 min)</s>" in former
    assert "(40 min)" in now


@pytest.mark.parametrize(
    ("device", "word"),
    [("", ""), ("panel", "pantalla del equipo"), ("a1b2c3d4e5", "a1b2c3d4"), ("teléfono 0f9e8d", "0f9e8d")],
)
def test_a_phone_is_called_a_phone_once(device: str, word: str) -> None:
    words = device_words(device)
    assert words.endswith(word)
    assert words.count("teléfono") == (device not in {"", "panel"})


def test_a_register_that_is_recorded_says_who_when_and_how_many(
    client: Client, trainer: Any, coordinator: Any, session_now: ClassSession
) -> None:
    women = enrolled(session_now.cohort, 3)
    client.force_login(trainer)
    assert client.get(url(session_now)).context["recorded"] is None
    first = {woman.pk: Mark("present") for woman in women[:2]}
    mark_register(session=session_now, marks=first, by=trainer, at=session_now.starts_at)
    now = timezone.now()
    mark_register(session=session_now, marks={women[1].pk: Mark("absent")}, by=coordinator, at=now)
    some = client.get(url(session_now))
    told = some.context["recorded"]
    assert (told.count, told.of, told.at, told.is_whole) == (2, 3, now, False)
    assert told.by == "coordinadora, formadora"
    assert re.findall(r"\d+", told.words) == ["1", "1"]
    assert some.content.decode().count("is-noted") == 2
    mark_register(session=session_now, marks={women[2].pk: Mark("present")}, by=trainer, at=now)
    assert client.get(url(session_now)).context["recorded"].is_whole


def test_the_sheet_says_how_late_she_came_and_when_she_left(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    late, left = enrolled(session_now.cohort, 2)
    mark_register(session=session_now, marks={late.pk: Mark("late", 25)}, by=trainer, at=timezone.now())
    withdraw(enrolment=left, on=session_now.day)
    client.force_login(trainer)
    page = client.get(url(session_now, "sheet")).content.decode()
    assert '<td class="pm-min">25</td>' in page
    assert date_format(session_now.day, "j b") in page.split(left.person.name)[1].split("</th>")[0]


def test_looking_changes_nothing(client: Client, trainer: Any, cohort: Cohort) -> None:
    session = cohort.sessions.order_by("number")[0]
    enrolled(cohort, 2)
    client.force_login(trainer)
    for page in ("mark", "from_sheet", "sheet", "history", "scan", "code"):
        assert client.get(url(session, page)).status_code == 200
    assert not AttendanceRecord.objects.exists()
    session.refresh_from_db()
    assert not session.is_cancelled


@pytest.mark.parametrize("page", ["mark", "from_sheet", "sheet", "history", "scan", "code"])
def test_another_trainer_finds_no_register(
    client: Client, other_trainer: Any, cohort: Cohort, page: str
) -> None:
    session = cohort.sessions.order_by("number")[0]
    client.force_login(other_trainer)
    assert client.get(url(session, page)).status_code == 404
    assert client.post(url(session, page), {}).status_code in {404, 405}


def test_a_woman_of_another_cohort_has_no_history_here(client: Client, trainer: Any, cohort: Cohort) -> None:
    outsider = enrolled(CohortFactory())[0]
    client.force_login(trainer)
    assert client.get(reverse("register:woman", args=[cohort.pk, outsider.pk])).status_code == 404
    assert client.get(reverse("register:woman", args=[outsider.cohort_id, outsider.pk])).status_code == 404


def test_an_officer_finds_no_register(client: Client, officer: Any, cohort: Cohort) -> None:
    client.force_login(officer)
    answer = client.get(url(cohort.sessions.order_by("number")[0]))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/entrar/equipo/")


def test_a_session_with_marks_is_not_cancelled(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    enrolled(session_now.cohort)
    free = lay_out(session_now.cohort, 1, modality="tutoring", first=timezone.now())[0]
    client.force_login(trainer)
    confirm(client, session_now)
    for session in (session_now, free):
        client.post(reverse("school:cancel_session", args=[session.cohort_id, session.pk]))
    session_now.refresh_from_db()
    free.refresh_from_db()
    assert (session_now.is_cancelled, free.is_cancelled) == (False, True)


def crowd(cohort: Cohort, count: int) -> list[Enrolment]:
    """So many women at once."""
    people = Person.objects.bulk_create([Person(name=f"Mujer {number:04d}") for number in range(count)])
    return Enrolment.objects.bulk_create(
        [Enrolment(person=person, cohort=cohort, starts_on=cohort.starts_on) for person in people]
    )


def test_the_pages_hold_their_queries(
    client: Client, trainer: Any, session_now: ClassSession, queries_of: Callable[[str], int]
) -> None:
    pages = ("mark", "from_sheet", "sheet", "history", "scan")
    women = crowd(session_now.cohort, 2)
    mark_register(
        session=session_now, marks={one.pk: Mark("absent") for one in women}, by=trainer, at=timezone.now()
    )
    client.force_login(trainer)
    few = {page: queries_of(url(session_now, page)) for page in pages}
    few["woman"] = queries_of(reverse("register:woman", args=[session_now.cohort_id, women[0].pk]))
    more = crowd(session_now.cohort, 280)
    mark_register(
        session=session_now, marks={one.pk: Mark("late", 5) for one in more}, by=trainer, at=timezone.now()
    )
    mark_register(
        session=session_now, marks={one.pk: Mark("present") for one in more}, by=trainer, at=timezone.now()
    )
    assert {page: queries_of(url(session_now, page)) for page in pages} == {page: few[page] for page in pages}
    assert queries_of(reverse("register:woman", args=[session_now.cohort_id, more[0].pk])) <= few["woman"]


def test_2800_women_in_one_form_with_two_exceptions_on_different_pages(
    client: Client, trainer: Any, session_now: ClassSession
) -> None:
    women = crowd(session_now.cohort, 2800)
    client.force_login(trainer)
    first = client.get(url(session_now))
    assert len(first.context["page"]) == 100
    post = {**first.context["stamp"], f"status-{women[5].pk}": "absent"}
    second = client.post(url(session_now), {**post, "step": "page-2"})
    assert f'<input type="hidden" name="status-{women[5].pk}" value="absent">' in second.content.decode()
    post[f"status-{women[150].pk}"] = "excused"
    found = client.post(url(session_now), {**post, "q": "mujer 2799", "step": "search"})
    assert [row.line.enrolment.person.name for row in found.context["page"]] == ["Mujer 2799"]
    counted = client.post(url(session_now), {**post, "step": "confirm"})
    assert re.findall(r"\d+", counted.context["words"]) == ["2798", "1", "1"]
    assert len(counted.content) < 100_000  # only the exceptions come back
    assert client.post(url(session_now), {**post, "step": "save"}).status_code == 302
    assert marks(session_now) == {"present": 2798, "absent": 1, "excused": 1}


def test_a_name_is_found_without_its_accents(client: Client, trainer: Any, session_now: ClassSession) -> None:
    enrol(person=PersonFactory(name="Íngrid Muñoz"), cohort=session_now.cohort, starts_on=session_now.day)
    enrolled(session_now.cohort, 2)
    client.force_login(trainer)
    for query in ("ingrid munoz", "ÍNGRID", "uño"):
        page = client.post(url(session_now), {"q": query, "step": "search"}).context["page"]
        assert [row.line.enrolment.person.name for row in page] == ["Íngrid Muñoz"]
