"""Whoever does not graduate gets a statement of participation with her real hours."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from certificates import payload, tasks
from certificates.actas.answers import answer_lines, send_lines
from certificates.actas.corrections import approve_correction, correct_line
from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards import ready
from certificates.awards.models import Certificate, Document
from certificates.errors import Refused
from certificates.log.models import LogEntry
from tests.factories.decisions import scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted_with_hours(accepted: Acta) -> Acta:
    """Whoever does not graduate took part for twenty-one and a half hours."""
    with connection.cursor() as cursor:  # past the model: a decided line never changes
        cursor.execute("UPDATE certificates_actaline SET minutes = 1290 WHERE is_graduate = %s", [False])
    return accepted


def test_real_hours_stand_on_a_statement_and_no_recognition(
    accepted_with_hours: Acta, administrator: Any
) -> None:
    (statement,) = awards.issue_statements(acta=accepted_with_hours, by=administrator, at=timezone.now())
    year = timezone.localdate().year
    assert statement.kind == "statement"
    assert statement.folio == f"CPS-{year}-0001"
    assert statement.payload["duration"] == "21 horas 30 minutos"
    assert statement.payload["recognition"] is None
    assert statement.payload["modules"] == []
    words = statement.payload["words"]
    assert words["heading"] == "Constancia de participación"
    assert not {"recognised", "oficio", "sign_authority", "contents", "credited"} & words.keys()
    assert payload.digest(statement.payload) == statement.payload_sha256


def test_a_statement_is_made_into_a_pdf(accepted_with_hours: Acta, administrator: Any) -> None:
    (statement,) = awards.issue_statements(acta=accepted_with_hours, by=administrator, at=timezone.now())
    tasks.render(str(statement.pk))
    assert Document.objects.filter(certificate=statement).exists()


def test_diplomas_and_statements_of_one_acta_are_issued_apart(
    accepted_with_hours: Acta, administrator: Any
) -> None:
    statements = awards.issue_statements(acta=accepted_with_hours, by=administrator, at=timezone.now())
    diplomas = awards.issue_acta(acta=accepted_with_hours, by=administrator, at=timezone.now())
    assert (len(statements), len(diplomas)) == (1, 2)
    assert diplomas[0].folio.endswith("0001")
    with pytest.raises(Refused):
        awards.issue_statements(acta=accepted_with_hours, by=administrator, at=timezone.now())


def test_without_a_single_minute_there_is_no_statement_and_that_is_said(
    approved: Acta, administrator: Any
) -> None:
    assert ready.without_hours(approved) == 1
    with pytest.raises(Refused, match=r"horas|hours"):
        awards.issue_statements(acta=approved, by=administrator, at=timezone.now())
    assert not Certificate.objects.exists()


def test_no_statement_before_approval_nor_by_a_coordinator(
    acta: Acta, administrator: Any, coordinator: Any
) -> None:
    for user in (administrator, coordinator):
        with pytest.raises(Refused):
            awards.issue_statements(acta=acta, by=user, at=timezone.now())


@pytest.mark.parametrize("was_made", [True, False])
def test_whoever_graduates_after_a_correction_keeps_one_award(
    accepted_with_hours: Acta, coordinator: Any, administrator: Any, officer: Any, was_made: bool
) -> None:
    acta, at = accepted_with_hours, timezone.now()
    (statement,) = awards.issue_statements(acta=acta, by=administrator, at=at)
    if was_made:
        tasks.render(str(statement.pk))
    line = correct_line(
        line=statement.line, reason="Faltaba.", exception_reason="Firmó en papel.", by=coordinator, at=at
    )
    approve_correction(line=line, has_read_exceptions=True, by=administrator, at=at)
    send_lines(acta=acta, channel="portal", by=coordinator, at=at)
    answer_lines(
        acta=acta,
        accepted=[line.pk],
        returned={},
        oficio_number="SSE/2",
        oficio_date=timezone.localdate(at),
        oficio=scan(),
        by=officer,
        at=at,
    )
    issued = awards.issue_acta(acta=acta, by=administrator, at=at)
    assert line.pk in {diploma.line_id for diploma in issued}
    assert Certificate.objects.get(pk=statement.pk).revocation.reason == "administrative"
    logged = LogEntry.objects.filter(award=statement.pk).order_by("index")
    assert list(logged.values_list("type", flat=True)) == (["issue", "revoke"] if was_made else [])
