"""Real diplomas: rendered, signed, stored and logged as a worker does it."""

import uuid
from typing import Any

from django.conf import settings

from certificates.awards import files, production
from certificates.awards.models import Certificate, Document
from certificates.log import actions as log
from certificates.log.models import LogEntry
from tests.factories.certificates import ISSUED, CertificateFactory


def issued_paper(**changes: Any) -> tuple[Certificate, bytes]:
    """An award and the bytes of its file."""
    says = {"did": settings.ISSUER_DID} | changes.pop("says", {})
    certificate: Any = CertificateFactory(says=says, **changes)
    path = files.path_of(uuid.uuid4())
    product = production.produce(certificate, path)
    Document.objects.create(
        certificate=certificate,
        path=path,
        pdf_sha256=product.pdf_sha256,
        vc_sha256=product.vc_sha256,
        size=product.size,
        issued_at=ISSUED,
    )
    log.append(
        LogEntry.Type.ISSUE,
        award=certificate.pk,
        pdf_sha256=product.pdf_sha256,
        vc_sha256=product.vc_sha256,
        at=ISSUED,
    )
    return certificate, files.read(path, certificate.key, certificate.pk)
