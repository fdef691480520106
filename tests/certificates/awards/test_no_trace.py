"""After an erasure her name stands in no table and in no private file, however it is spelt or encoded."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from certificates import names, tasks
from certificates.actas import actions as actas
from certificates.actas import answers, corrections, reviews
from certificates.actas.models import Acta, ActaLine
from certificates.awards import actions as awards
from certificates.awards import choices, erasure, handover, life
from certificates.awards.models import Certificate
from certificates.records import private_storage
from cms.settings.environment import SQLITE_OPTIONS
from courses.cohorts.actions import accept_ethics, enrol
from courses.cohorts.models import Cohort
from courses.people.models import Person
from tests.factories.courses import CohortFactory
from tests.factories.decisions import easy, scan

pytestmark = pytest.mark.django_db
HERS, NEW = "Xóchitl Ñancupil Güemes", "Xiomara Ñancupil Güemes"
HER_RECORD = {("courses_person", "name")}  # her study record, which is hers to have changed on its own
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def texts() -> Iterator[tuple[str, str, str]]:
    """(table, column, text) of every value of every table, bytes and JSON escapes read as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield table, column, as_text(value)


def as_text(value: Any) -> str:
    raw = bytes(value).decode("utf-8", "ignore") if isinstance(value, bytes | memoryview) else str(value)
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), raw)


def tells(text: str) -> bool:
    """Whether any word of hers stands in it, accents and case aside."""
    hers = names.normalise(HERS).split() + names.normalise(NEW).split()
    plain = names.normalise(text)
    return any(word in plain for word in hers)


def traces() -> set[tuple[str, str]]:
    return {(table, column) for table, column, text in texts() if tells(text)}


def files_that_tell(storage: Path) -> list[Path]:
    folders = [storage, Path(private_storage().path("")), Path(settings.MEDIA_ROOT)]
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return [path for path in found if tells(str(path)) or tells(as_text(path.read_bytes()))]


def log_of_before(person: Person, by: Any) -> None:
    """What the admin's log wrote before it was nameless."""
    log(person, "wagtail.edit", user=by, title=person.name, data={"title": person.name})
    enrolment = person.enrolments.get()
    log(enrolment, "wagtail.edit", user=by, title=str(enrolment))
    if person.account:
        log(person.account, "wagtail.edit", user=by, title=HERS)


@pytest.fixture
def cohort(school: None) -> Cohort:
    return easy(CohortFactory())


@pytest.fixture
def person(client: Client, coordinator: Any, cohort: Cohort) -> Person:
    """Written down in the admin, and enrolled."""
    client.force_login(coordinator)
    client.post(reverse("people:add"), {"name": HERS, "language": "es"})
    made = Person.objects.get(name=HERS)
    enrol(person=made, cohort=cohort, starts_on=cohort.starts_on)
    log_of_before(made, coordinator)
    return made


def rename(client: Client, person: Person, name: str) -> None:
    response = client.post(reverse("people:edit", args=[person.pk]), {"name": name, "language": "es"})
    assert response.status_code == 302


def line_of(acta: Acta, person: Person) -> ActaLine:
    found = ActaLine.objects.select_related("key").filter(acta=acta, person_id=person.pk)
    line: ActaLine = found.order_by("-pk")[0]
    return line


def decided(cohort: Cohort, coordinator: Any, administrator: Any) -> Acta:
    """Returned once with words that name her, proposed again, approved."""
    at = timezone.now()
    first = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=at)
    actas.return_acta(acta=first, reason=f"Revise a {HERS}.", by=administrator, at=at)
    acta = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=at)
    return actas.approve_acta(acta=acta, by=administrator, at=at)


def test_of_a_woman_who_did_not_graduate_nothing_is_left(
    person: Person, cohort: Cohort, client: Client, coordinator: Any, administrator: Any, storage: Path
) -> None:
    at = timezone.now()
    acta = decided(cohort, coordinator, administrator)
    line = corrections.correct_line(
        line=line_of(acta, person),
        exception_reason=f"{HERS} hizo todo en papel.",
        reason=f"Es {HERS}.",
        by=coordinator,
        at=at,
    )
    corrections.approve_correction(line=line, has_read_exceptions=True, by=administrator, at=at)
    back = corrections.correct_line(line=line, reason=f"{HERS}: no.", by=coordinator, at=at)
    corrections.approve_correction(line=back, by=administrator, at=at)
    rename(client, person, NEW)
    before = traces()
    assert {("certificates_linestep", "reason"), ("certificates_acta", "note")} <= before
    assert ("wagtailcore_modellogentry", "label") in before
    erasure.erase_line(line=back, by=administrator, at=at)
    assert traces() == HER_RECORD
    assert files_that_tell(storage) == []


def test_of_a_graduate_nothing_is_left(
    person: Person,
    cohort: Cohort,
    client: Client,
    trainee: Any,
    coordinator: Any,
    administrator: Any,
    officer: Any,
    storage: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    at = timezone.now()
    Person.objects.filter(account=trainee).delete()
    Person.objects.filter(pk=person.pk).update(account=trainee)
    accept_ethics(enrolment=person.enrolments.get(), at=at)
    acta = decided(cohort, coordinator, administrator)
    line = line_of(acta, person)
    request = reviews.ask_review(line=line, about="name", by=trainee, at=at)
    reviews.answer_review(
        request=request, outcome="confirmed", explanation=f"{HERS}, todo está bien.", by=administrator, at=at
    )
    answers.send_lines(acta=acta, channel="portal", by=coordinator, at=at)
    answers.answer_lines(
        acta=acta,
        accepted=[line.pk],
        oficio_number="J7/1",
        oficio_date=timezone.localdate(at),
        oficio=scan(bytes(scan().read()) + f"\n%{HERS}\n".encode()),
        by=officer,
        at=at,
    )
    (diploma,) = awards.issue_acta(acta=acta, by=administrator, at=at)
    tasks.render(str(diploma.pk))
    handover.deliver(certificate=diploma, by=coordinator, at=at)
    choices.show_name(certificate=diploma, is_shown=True, by=trainee, at=at)
    new = life.replace_certificate(certificate=diploma, name=NEW, by=administrator, at=at)
    tasks.render(str(new.pk))
    before = traces()
    assert {("certificates_reviewanswer", "explanation"), ("certificates_acta", "note")} <= before
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(certificate=new, by=administrator, at=at)
    assert traces() == HER_RECORD
    assert files_that_tell(storage) == []
    assert Certificate.objects.filter(key__wrapped__isnull=False).count() == 0
    rename(client, person, "Nombre apartado")
    assert traces() == set()


def test_the_admins_log_never_learns_a_name(client: Client, coordinator: Any, school: None) -> None:
    client.force_login(coordinator)
    client.post(reverse("people:add"), {"name": HERS, "language": "es"})
    made = Person.objects.get(name=HERS)
    rename(client, made, NEW)
    entries = ModelLogEntry.objects.for_instance(made)
    assert {entry.action for entry in entries} == {"wagtail.create", "wagtail.edit"}
    assert {entry.label for entry in entries} == {str(made.pk)}
    assert traces() == HER_RECORD


def test_what_is_deleted_does_not_stay_in_the_pages_of_the_database(tmp_path: Path) -> None:
    """Erasing is destroying a small key: SQLite must not leave it where a row once was."""
    kept, keys = tmp_path / "db.sqlite3", [os.urandom(40) for _row in range(20)]
    with closing(sqlite3.connect(kept)) as database:
        database.execute("PRAGMA secure_delete=OFF")  # as some builds have it
        database.executescript(str(SQLITE_OPTIONS["init_command"]))
        database.executescript("CREATE TABLE sealing (wrapped BLOB)")
        database.executemany("INSERT INTO sealing VALUES (?)", [(key,) for key in keys])
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert keys[7] in kept.read_bytes()
        database.execute("DELETE FROM sealing WHERE wrapped = ?", [keys[7]])
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert keys[7] not in kept.read_bytes()
    assert keys[8] in kept.read_bytes()
