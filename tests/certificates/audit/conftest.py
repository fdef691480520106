"""A small school with three diplomas, one revoked, one replaced; and hands that reach into the database."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from certificates.actas.models import Acta
from certificates.audit import actions
from certificates.audit.findings import Report
from certificates.awards import files, jobs, life
from certificates.awards.models import Certificate
from certificates.awards.production import Product
from certificates.keys import sealing
from certificates.log import actions as log
from tests.certificates.log.conftest import fill

__all__ = ["fill"]  # a fixture of the log's own tests
VC = "e" * 64


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """Private storage of this test alone."""
    folder = tmp_path / "private"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": folder, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return folder


def make(certificate: Certificate) -> None:
    """What a worker does, with a short text in place of the drawn pages."""
    claim = jobs.claim(certificate.pk, timezone.now())
    assert claim is not None
    pdf = b"%PDF-1.7 " + certificate.pk.bytes
    sealed = sealing.seal(claim.certificate.key, pdf, context=files.context_of(certificate.pk))
    files.put(claim.path, sealed)
    product = Product(pdf_sha256=hashlib.sha256(pdf).hexdigest(), vc_sha256=VC, size=len(pdf))
    assert jobs.finish(claim, product, timezone.now())


@pytest.fixture
def diplomas(issued: Acta, administrator: Any) -> list[Certificate]:
    """Three diplomas: the first valid, the second revoked, the third replaces the first; and a head."""
    first, second = Certificate.objects.order_by("folio")
    make(first)
    make(second)
    log.publish_head(timezone.now())
    life.revoke_certificate(certificate=second, reason="error", by=administrator, at=timezone.now())
    third = life.replace_certificate(
        certificate=first, name="Rosa Nueva", by=administrator, at=timezone.now()
    )
    make(third)
    log.publish_head(timezone.now())
    return [first, second, third]


@pytest.fixture
def sql(db: None) -> Callable[..., None]:
    """Whoever has the database can do this, past all our code."""

    def run(statement: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


def audit(**options: Any) -> Report:
    return actions.check(timezone.now(), **options)


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}
