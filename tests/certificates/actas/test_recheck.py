"""The ledger against the records: every kind of difference is told, and nothing else is."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from certificates.actas import actions as actas
from certificates.actas import corrections
from certificates.actas.models import Acta, ActaLine, Evidence
from certificates.actas.recheck import WORDS, Kind, recheck
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import AttendanceRecord, ClassSession
from courses.cohorts.actions import withdraw
from courses.cohorts.models import Cohort, CohortContent, Enrolment, Requirement
from courses.people.models import Person
from courses.progress.models import LessonProgress
from tests.certificates.actas.test_actions import NOW, finish
from tests.factories.courses import enrolled, lay_out
from tests.factories.decisions import class_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def women(cohort: Cohort, trainer: Any) -> list[Enrolment]:
    """Two who meet every requirement of the whole rule; a third meets nothing."""
    lay_out(cohort, 6, ClassSession.Modality.OUTING)
    women = enrolled(cohort, 3)
    for woman in women[:2]:
        finish(woman, trainer)
    return women


@pytest.fixture
def acta(women: list[Enrolment], coordinator: Any, administrator: Any) -> Acta:
    made = actas.propose_acta(cohort_id=women[0].cohort_id, by=coordinator, at=NOW)
    return actas.approve_acta(acta=made, by=administrator, at=NOW)


def kinds(acta: Acta) -> list[str]:
    return sorted(str(one.kind) for one in recheck(Acta.objects.get(pk=acta.pk)))


def raw(statement: str, *values: Any) -> None:
    """Write past every action, as somebody with the database password would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def test_an_untouched_acta_agrees(acta: Acta) -> None:
    assert kinds(acta) == []


def test_another_language_of_the_reader_is_no_difference(acta: Acta) -> None:
    with translation.override("en"):
        assert kinds(acta) == []


def test_a_corrected_register_is_told(acta: Acta, women: list[Enrolment], trainer: Any) -> None:
    session = acta.cohort.sessions.filter(modality="class")[0]
    mark_register(session=session, marks={women[0].pk: Mark("absent")}, by=trainer, at=NOW)
    assert kinds(acta) == ["source_not_counted", "value_changed"]
    changed = next(one for one in recheck(acta) if one.kind == "value_changed")
    assert (changed.requirement, changed.then, changed.now) == ("attendance", "3/3/3 ✓", "2/3/3")
    assert changed.line == acta.lines.get(person_id=women[0].person_id).pk


def test_a_record_altered_past_the_actions_is_told_although_its_value_stays(
    acta: Acta, women: list[Enrolment]
) -> None:
    record = AttendanceRecord.objects.filter(enrolment=women[0], session__modality="class")[0]
    raw("update courses_attendancerecord set at = %s where id = %s", timezone.now(), record.pk)
    assert kinds(acta) == ["source_altered"]


def forget(progress: LessonProgress) -> None:
    """A lesson she finished is gone, by a door that asks nobody."""
    for reading in progress.readings.all():
        raw("delete from courses_lessonreading where id = %s", reading.pk)
    raw("delete from courses_lessonprogress where id = %s", progress.pk)


def test_a_record_that_is_gone_is_told(acta: Acta, women: list[Enrolment]) -> None:
    lesson = LessonProgress.objects.filter(enrolment=women[0])[0]
    forget(lesson)
    assert kinds(acta) == ["source_missing", "value_changed"]


def test_a_record_added_later_is_told(acta: Acta, women: list[Enrolment], trainer: Any) -> None:
    session = acta.cohort.sessions.filter(modality="class")[0]
    mark_register(session=session, marks={women[2].pk: Mark("present")}, by=trainer, at=NOW)
    assert kinds(acta) == ["source_added", "value_changed"]


@pytest.mark.parametrize(
    "change",
    [
        "value = 99",
        "is_met = not is_met",
        "sentence = 'x'",
        "sources = '[]'",
        "rule_version = 'x'",
        "label = 'x'",
    ],
)
def test_a_row_of_the_ledger_that_was_written_to_is_told(acta: Acta, change: str) -> None:
    row = Evidence.objects.filter(line__acta=acta, line__is_graduate=True, kind="attendance")[0]
    raw(f"update certificates_evidence set {change} where id = %s", row.pk)
    assert "row_altered" in kinds(acta)


def test_a_decision_that_was_turned_around_is_told(acta: Acta) -> None:
    line = acta.lines.get(is_graduate=False)
    raw("update certificates_actaline set is_graduate = true where id = %s", line.pk)
    assert kinds(acta) == ["decision_altered"]


def test_an_exception_is_no_difference(coordinator: Any) -> None:
    cohort = class_of(1)
    made = actas.propose_acta(
        cohort_id=cohort.pk,
        exceptions={cohort.enrolments.get(ethics_accepted_at=None).pk: "Firmó en papel."},
        by=coordinator,
        at=NOW,
    )
    assert kinds(made) == []


def test_changed_rules_and_programme_are_told(acta: Acta) -> None:
    Cohort.objects.filter(pk=acta.cohort_id).update(rule_version="f" * 64)
    assert kinds(acta) == ["rules_changed"]
    CohortContent.objects.filter(cohort=acta.cohort_id)[0].delete()
    assert kinds(acta) == ["programme_changed", "rules_changed"]


def test_requirements_that_came_or_went_are_told(acta: Acta) -> None:
    Requirement.objects.filter(cohort=acta.cohort_id, kind="ethics").delete()
    assert kinds(acta) == ["requirement_missing"] * 3
    Requirement.objects.filter(cohort=acta.cohort_id, kind="quiz").update(kind="ethics", subject=None)
    assert "requirement_missing" in kinds(acta)
    Requirement.objects.create(cohort=acta.cohort, kind="quiz", label="Otra", subject=women_key(), target=70)
    assert "requirement_added" in kinds(acta)


def women_key() -> str:
    """A quiz that nobody took."""
    return "00000000-0000-4000-8000-000000000001"


def test_who_came_or_left_is_told(acta: Acta, women: list[Enrolment]) -> None:
    enrolled(acta.cohort, 1)
    withdraw(enrolment=women[2], on=acta.cohort.ends_on)
    assert kinds(acta) == ["person_added", "person_missing"]


def test_a_corrected_line_is_compared_and_the_one_before_it_only_with_itself(
    acta: Acta, women: list[Enrolment], trainer: Any, coordinator: Any
) -> None:
    session = acta.cohort.sessions.filter(modality="class")[0]
    mark_register(session=session, marks={women[0].pk: Mark("absent")}, by=trainer, at=NOW)
    line = acta.lines.get(person_id=women[0].person_id)
    corrections.correct_line(line=line, reason="Faltó.", by=coordinator, at=NOW + timedelta(days=1))
    assert kinds(acta) == []
    row = line.evidence.get(kind="attendance")
    raw("update certificates_evidence set value = 9 where id = %s", row.pk)
    assert kinds(acta) == ["row_altered"]


def test_every_kind_has_words() -> None:
    assert set(WORDS) == set(Kind)


def test_the_command_says_yes_with_zero_and_no_with_one(acta: Acta, women: list[Enrolment]) -> None:
    out = StringIO()
    call_command("recheck_acta", str(acta.pk), stdout=out)
    assert len(out.getvalue().splitlines()) == 1
    raw(
        "update certificates_actaline set is_graduate = true where id = %s",
        acta.lines.get(is_graduate=False).pk,
    )
    out = StringIO()
    with pytest.raises(SystemExit) as leaving:
        call_command("recheck_acta", "--all", "--json", stdout=out)
    assert leaving.value.code == 1
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["kind"], one["acta"]) for one in told] == [("decision_altered", acta.pk)]


def test_the_command_tells_ids_and_never_a_name(acta: Acta, women: list[Enrolment]) -> None:
    enrolled(acta.cohort, 1)
    forget(LessonProgress.objects.all()[0])
    for options in ([str(acta.pk)], ["--all", "--json"]):
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("recheck_acta", *options, stdout=out)
        assert not [name for name in Person.objects.values_list("name", flat=True) if name in out.getvalue()]


@pytest.mark.parametrize("arguments", [[], ["999999"], ["1", "--all"]])
def test_the_command_says_what_it_wants(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("recheck_acta", *arguments)


def test_it_costs_no_more_queries_for_twenty_than_for_two(coordinator: Any) -> None:
    counts = []
    for graduates in (2, 20):
        made = actas.propose_acta(cohort_id=class_of(graduates).pk, by=coordinator, at=NOW)
        with CaptureQueriesContext(connection) as context:
            assert recheck(made) == []
        counts.append(len(context))
        assert ActaLine.objects.filter(acta=made).count() == graduates + 1
    assert counts[0] == counts[1]
