"""Actas, certificates and what may happen to them, as rows, where the acts are not the subject."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from certificates import codes, payload
from certificates.models import Acta, ActaLine, Certificate, Document, Job, Revocation, private_storage
from tests.factories.courses import CohortFactory, UserFactory

ISSUED = datetime(2025, 11, 5, 18, tzinfo=UTC)  # long past, whatever the clock of the machine says
MODULES = (
    ("Derechos, ética y escucha", 24),
    ("Prevención de la violencia", 27),
    ("Salud sexual y reproductiva", 30),
    ("Reducción de daños", 12),
    ("Práctica supervisada y autocuidado", 27),
)
RECOGNITION = payload.RecognitionFacts(
    "Secretaría de Salud del Estado de Ejemplo", "SSE/DES/0417/2026", date(2026, 11, 2)
)


def facts(**changes: Any) -> dict[str, Any]:
    """The payload of a recognised diploma; pass what differs."""
    told: dict[str, Any] = {
        "award": "0b7f6c1e-0000-4000-8000-000000000001",
        "folio": "EPS-2026-0001",
        "code": "150T042K0KYPSY9E",
        "base_url": "https://verifica.example",
        "language": "es",
        "is_demo": False,
        "issuer": "Escuela ficticia de Promotoras de Salud",
        "ally": "Red ficticia de Salud Comunitaria",
        "recognition": RECOGNITION,
        "name": "María Guadalupe Hernández Ruiz",
        "title": "Diplomado en Promoción Comunitaria de la Salud",
        "minutes": 7200,
        "starts_on": date(2026, 8, 3),
        "ends_on": date(2026, 10, 30),
        "issued_on": date(2026, 11, 5),
        "modules": [payload.ModuleFacts(title, hours * 60) for title, hours in MODULES],
    }
    return payload.build(**{**told, **changes})


class ActaFactory(DjangoModelFactory):
    """An acta whose diplomas were issued."""

    class Meta:
        model = Acta

    cohort = factory.SubFactory(CohortFactory)
    state = Acta.State.ISSUED
    facts = factory.LazyAttribute(lambda acta: {"cohort": acta.cohort.name})
    rule_version = "0" * 64
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = ISSUED
    decided_by = factory.SubFactory(UserFactory)
    decided_at = ISSUED


class ActaLineFactory(DjangoModelFactory):
    """A graduate."""

    class Meta:
        model = ActaLine

    acta = factory.SubFactory(ActaFactory)
    person_id = factory.LazyFunction(uuid.uuid4)
    name = "María Guadalupe Hernández Ruiz"
    is_graduate = True
    minutes = 7200


class CertificateFactory(DjangoModelFactory):
    """A diploma that waits to be rendered; `says={…}` changes facts, `is_rendered=True` gives it a file."""

    class Meta:
        model = Certificate
        skip_postgeneration_save = True

    class Params:
        says: dict[str, Any] = {}

    id = factory.LazyFunction(uuid.uuid4)
    line = factory.SubFactory(ActaLineFactory)
    acta = factory.SelfAttribute("line.acta")
    folio = factory.Sequence(lambda n: f"EPS-2026-{n:04d}")
    code = factory.LazyFunction(codes.new_code)
    payload = factory.LazyAttribute(
        lambda row: facts(award=str(row.id), folio=row.folio, code=row.code, name=row.line.name) | row.says
    )
    payload_sha256 = factory.LazyAttribute(lambda row: payload.digest(row.payload))
    created_by = factory.SubFactory(UserFactory)
    created_at = ISSUED

    @factory.post_generation
    def job(self, create: bool, extracted: bool | None, **changes: Any) -> None:
        if create and extracted is not False:
            Job.objects.create(certificate=self, **{"run_after": ISSUED, **changes})

    @factory.post_generation
    def is_rendered(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        if create and extracted:
            DocumentFactory(certificate=self)
            Job.objects.filter(certificate=self).update(state=Job.State.DONE)


class DocumentFactory(DjangoModelFactory):
    """The file of a diploma, a small one, really stored."""

    class Meta:
        model = Document

    certificate = factory.SubFactory(CertificateFactory)
    path = factory.LazyFunction(
        lambda: private_storage().save(f"diplomas/{uuid.uuid4().hex}.pdf", ContentFile(b"%PDF-1.7\n"))
    )
    pdf_sha256 = "0" * 64
    size = 9
    issued_at = ISSUED


class RevocationFactory(DjangoModelFactory):
    """A diploma taken back because it was a mistake."""

    class Meta:
        model = Revocation

    certificate = factory.SubFactory(CertificateFactory, is_rendered=True)
    reason = Revocation.Reason.ERROR
    by = factory.SubFactory(UserFactory)
    at = ISSUED
