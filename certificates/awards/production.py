"""From the frozen facts of an award to its signed, sealed file. Long work, outside any transaction."""

import hashlib
from dataclasses import dataclass

from django.conf import settings

from certificates import payload
from certificates.awards import files
from certificates.awards.models import Certificate
from certificates.credentials import open_badge
from certificates.designs.actions import drawable
from certificates.keys import sealing
from certificates.printing import offline_code, pades, rendering


class FactsAltered(Exception):
    """The payload in the row is not the one whose digest was stored when it was issued."""


@dataclass(frozen=True)
class Product:
    """What was made and stored: its hashes and its size, of the PDF as its holder reads it."""

    pdf_sha256: str
    vc_sha256: str
    size: int


def produce(certificate: Certificate, path: str) -> Product:
    """Credential, PDF, signature, sealed file at `path`. Load with `key` and `design`.

    Raises what stands in the way (awards.trouble tells obstacles from failures).
    """
    if payload.digest(certificate.payload) != certificate.payload_sha256:
        raise FactsAltered(str(certificate.pk))
    name = sealing.unseal(certificate.key, bytes(certificate.sealed), context=str(certificate.pk)).decode()
    facts = payload.with_name(certificate.payload, name)
    credential = open_badge.issue(
        facts,
        at=certificate.created_at,
        status_list=certificate.status_list,
        status_index=certificate.status_index,
    )
    rendered = rendering.render(
        facts,
        design=drawable(certificate.design),
        credential=credential,
        offline_url=offline_code.url(certificate.payload),  # without her name
    )
    is_shared = settings.AUTHORITY_COUNTERSIGNS and facts["recognition"] is not None
    pdf = pades.sign(rendered.content, with_authority_field=is_shared)
    files.put(path, sealing.seal(certificate.key, pdf, context=files.context_of(certificate.pk)))
    return Product(
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        vc_sha256=hashlib.sha256(credential).hexdigest(),
        size=len(pdf),
    )
