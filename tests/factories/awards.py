"""Awards that were really made, from the acts that people use: for what happens to them later."""

from typing import Any

from django.utils import timezone

from certificates import tasks
from certificates.actas import actions as actas
from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards.models import Certificate
from tests.factories.decisions import class_of


def acta_of(graduates: int, *, others: int = 0, coordinator: Any, administrator: Any) -> Acta:
    """An acta approved and released from waiting for the authority."""
    cohort = class_of(graduates, others)
    acta = actas.propose_acta(cohort_id=cohort.pk, by=coordinator, at=timezone.now())
    actas.approve_acta(acta=acta, by=administrator, at=timezone.now())
    actas.issue_without_recognition(acta=acta, reason="Prueba.", by=administrator, at=timezone.now())
    acta.refresh_from_db()
    return acta


def made(acta: Acta, administrator: Any) -> list[Certificate]:
    """The diplomas of this acta, issued and their PDFs made and stored."""
    issued = awards.issue_acta(acta=acta, by=administrator, at=timezone.now())
    for certificate in issued:
        tasks.render(str(certificate.pk))
    return list(Certificate.objects.with_state().select_related("acta", "line", "key").filter(acta=acta))
