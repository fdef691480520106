"""Actas, certificates and what may happen to them, as rows, where the acts are not the subject."""

import hashlib
import uuid
from datetime import UTC, date, datetime
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from certificates import codes, names, payload
from certificates.actas.models import Acta, ActaLine
from certificates.awards import files
from certificates.awards.models import (
    Certificate,
    Document,
    FolioSeries,
    Job,
    Registration,
    Revocation,
    SuspensionEvent,
)
from certificates.designs.actions import CLASSIC
from certificates.designs.models import DesignVersion
from certificates.keys import sealing, secrets
from certificates.keys.models import SealingKey
from certificates.records import private_storage
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


PDF = b"%PDF-1.7\n"
NAME = "María Guadalupe Hernández Ruiz"


def facts(**changes: Any) -> dict[str, Any]:
    """The payload of a recognised diploma with her name, as it is printed; pass what differs."""
    return payload.with_name(printed(**changes), changes.get("name", NAME))


def printed(**changes: Any) -> dict[str, Any]:
    """The same as it is stored: without her name."""
    told: dict[str, Any] = {
        "award": "0b7f6c1e-0000-4000-8000-000000000001",
        "folio": "EPS-2026-0001",
        "book": "2026",
        "page": 1,
        "code": "150T042K0KYPSY9E",
        "base_url": "https://verifica.example",
        "did": "did:web:diplomas.example",
        "design": "0" * 64,
        "language": "es",
        "is_demo": False,
        "issuer": "Escuela ficticia de Promotoras de Salud",
        "ally": "Red ficticia de Salud Comunitaria",
        "recognition": RECOGNITION,
        "title": "Diplomado en Promoción Comunitaria de la Salud",
        "minutes": 7200,
        "starts_on": date(2026, 8, 3),
        "ends_on": date(2026, 10, 30),
        "issued_on": date(2026, 11, 5),
        "modules": [payload.ModuleFacts(title, hours * 60) for title, hours in MODULES],
    }
    name = changes.pop("name", NAME)
    award = changes.get("award", told["award"])
    told["name_hash"] = names.keyed_hash(secrets.name_key(award), name)
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


class SealingKeyFactory(DjangoModelFactory):
    """A key that is kept."""

    class Meta:
        model = SealingKey

    wrapped = factory.LazyFunction(lambda: sealing.new_key().wrapped)


class DesignVersionFactory(DjangoModelFactory):
    """A version of the classic design."""

    class Meta:
        model = DesignVersion

    number = 1
    digest = factory.Sequence(lambda n: f"{n:064x}")
    content = factory.LazyFunction(lambda: dict(CLASSIC))
    made_at = ISSUED


class RegistrationFactory(DjangoModelFactory):
    """An entry of the register, of a year in which no test issues."""

    class Meta:
        model = Registration

    line = factory.SubFactory("tests.factories.certificates.ActaLineFactory")
    series = factory.LazyFunction(lambda: FolioSeries.objects.get_or_create(prefix="EPS", year=2025)[0])
    number = factory.Sequence(lambda n: n + 1)
    folio = factory.LazyAttribute(lambda entry: f"EPS-2025-{entry.number:04d}")
    book = "2025"
    page = 1
    by = factory.SubFactory(UserFactory)
    at = ISSUED


class ActaLineFactory(DjangoModelFactory):
    """A graduate."""

    class Meta:
        model = ActaLine

    acta = factory.SubFactory(ActaFactory)

    class Params:
        name = NAME

    person_id = factory.LazyFunction(uuid.uuid4)
    position = factory.Sequence(lambda n: n + 1)
    key = factory.SubFactory(SealingKeyFactory)
    sealed_name = factory.LazyAttribute(
        lambda line: sealing.seal(line.key, line.name.encode(), context=str(line.person_id))
    )
    is_graduate = True
    minutes = 7200


class CertificateFactory(DjangoModelFactory):
    """A diploma that waits to be rendered; `says={…}` changes facts, `is_rendered=True` gives it a file."""

    class Meta:
        model = Certificate
        skip_postgeneration_save = True

    class Params:
        says: dict[str, Any] = {}
        name = NAME

    id = factory.LazyFunction(uuid.uuid4)
    line = factory.SubFactory(ActaLineFactory, name=factory.SelfAttribute("..name"))
    acta = factory.SelfAttribute("line.acta")
    registration = factory.SubFactory(RegistrationFactory, line=factory.SelfAttribute("..line"))
    folio = factory.SelfAttribute("registration.folio")
    code = factory.LazyFunction(codes.new_code)
    design = factory.SubFactory(DesignVersionFactory)
    payload = factory.LazyAttribute(
        lambda row: (
            printed(
                award=str(row.id), folio=row.folio, code=row.code, design=row.design.digest, name=row.name
            )
            | row.says
        )
    )
    payload_sha256 = factory.LazyAttribute(lambda row: payload.digest(row.payload))
    name_hash = factory.LazyAttribute(lambda row: row.payload["name_hash"])
    key = factory.SubFactory(SealingKeyFactory)
    sealed = factory.LazyAttribute(lambda row: sealing.seal(row.key, row.name.encode(), context=str(row.id)))
    status_list = 1
    status_index = factory.Sequence(lambda n: n)
    created_by = factory.SubFactory(UserFactory)
    created_at = ISSUED

    @factory.post_generation
    def job(self, create: bool, extracted: bool | None, **changes: Any) -> None:
        if create and extracted is not False:
            Job.objects.create(certificate=self, acta=self.acta, **{"run_after": ISSUED, **changes})

    @factory.post_generation
    def is_rendered(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        if create and extracted:
            DocumentFactory(certificate=self)
            Job.objects.filter(certificate=self).update(state=Job.State.DONE)


class DocumentFactory(DjangoModelFactory):
    """The file of a diploma, a small one, really stored and sealed."""

    class Meta:
        model = Document

    certificate = factory.SubFactory(CertificateFactory)
    path = factory.LazyAttribute(
        lambda row: private_storage().save(
            f"diplomas/{uuid.uuid4().hex}.sealed",
            ContentFile(sealing.seal(row.certificate.key, PDF, context=files.context_of(row.certificate.pk))),
        )
    )
    pdf_sha256 = factory.LazyFunction(lambda: hashlib.sha256(uuid.uuid4().bytes).hexdigest())
    vc_sha256 = "0" * 64
    size = len(PDF)
    issued_at = ISSUED


class RevocationFactory(DjangoModelFactory):
    """A diploma taken back because it was a mistake."""

    class Meta:
        model = Revocation

    certificate = factory.SubFactory(CertificateFactory, is_rendered=True)
    reason = Revocation.Reason.ERROR
    by = factory.SubFactory(UserFactory)
    at = ISSUED


class SuspensionEventFactory(DjangoModelFactory):
    """A diploma suspended; `is_suspended=False` lifts it."""

    class Meta:
        model = SuspensionEvent

    certificate = factory.SubFactory(CertificateFactory, is_rendered=True)
    is_suspended = True
    by = factory.SubFactory(UserFactory)
    at = ISSUED
