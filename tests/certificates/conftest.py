"""An acta in each of its states: two graduate, one does not. Each fixture goes one step on."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from certificates.actas import actions as actas
from certificates.actas import answers
from certificates.actas.models import Acta, Recognition, Sending
from certificates.awards import actions as awards
from tests.factories.decisions import class_of, scan


@pytest.fixture
def acta(coordinator: Any) -> Acta:
    """Proposed by `coordinator`."""
    return actas.propose_acta(cohort_id=class_of(2).pk, by=coordinator, at=timezone.now())


@pytest.fixture
def approved(acta: Acta, administrator: Any) -> Acta:
    """Approved by `administrator`."""
    return actas.approve_acta(acta=acta, by=administrator, at=timezone.now())


@pytest.fixture
def sent(approved: Acta, coordinator: Any) -> Acta:
    """Sent to the authority's portal by `coordinator`."""
    answers.send_lines(acta=approved, channel=Sending.Channel.PORTAL, by=coordinator, at=timezone.now())
    approved.refresh_from_db()
    return approved


@pytest.fixture
def answer(sent: Acta, officer: Any) -> Callable[..., Recognition | None]:
    """Answer the acta that was sent: every graduate accepted by a good oficio, but for what is passed."""

    def act(**changes: Any) -> Recognition | None:
        facts: dict[str, Any] = {
            "acta": sent,
            "accepted": list(sent.lines.filter(is_graduate=True).values_list("pk", flat=True)),
            "oficio_number": "J7/1",
            "oficio_date": date(2026, 4, 1),
            "oficio": scan(),
            "by": officer,
            "at": timezone.now(),
        }
        return answers.answer_lines(**{**facts, **changes})

    return act


@pytest.fixture
def accepted(sent: Acta, answer: Callable[..., Recognition | None]) -> Acta:
    """Both graduates accepted by the officer's oficio J7/1."""
    answer()
    sent.refresh_from_db()
    return sent


@pytest.fixture
def issued(approved: Acta, administrator: Any) -> Acta:
    """Issued without recognition."""
    actas.issue_without_recognition(acta=approved, reason="Prueba", by=administrator, at=timezone.now())
    awards.issue_acta(acta=approved, by=administrator, at=timezone.now())
    approved.refresh_from_db()
    return approved
