"""The authority's own signature on the diplomas of an acta: added to a second file, the first stays."""

import hashlib
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.actas.models import Acta
from certificates.awards import files
from certificates.awards.models import Certificate, Countersignature
from certificates.awards.production import FactsAltered
from certificates.errors import Refused
from certificates.keys import custody, sealing
from certificates.keys.identity import Identity
from certificates.keys.models import SealingKey
from certificates.log import actions as log
from certificates.log.models import LogEntry
from certificates.printing import pades
from courses.api import Deed, note


@dataclass(frozen=True)
class Waiting:
    """The diplomas of an acta that the authority may sign now, and how many she signed before."""

    certificates: list[Certificate]
    signed_before: int


def waiting(acta: Acta) -> Waiting:
    """What is left to countersign: issued, neither replaced, revoked nor erased. Two queries."""
    issued = Certificate.objects.filter(acta=acta, kind=Certificate.Kind.DIPLOMA, document__isnull=False)
    left = issued.filter(
        countersignature__isnull=True,
        replaced_by__isnull=True,
        revocation__isnull=True,
        key__wrapped__isnull=False,
    )
    return Waiting(
        certificates=list(left.select_related("document", "key").order_by("folio")),
        signed_before=issued.filter(countersignature__isnull=False).count(),
    )


def path_of(award: uuid.UUID) -> str:
    """Where the countersigned file lies: what a run that died left there is overwritten by the next."""
    return files.path_of(uuid.uuid5(award, "countersignature"))


def countersign(
    *, certificate: Certificate, signer: Identity, by: Any, at: datetime
) -> Countersignature | None:
    """Add the authority's signature to a diploma, in storage, in the register and in the log at once.

    None when it was done meanwhile, or her name was erased. Load with `document` and `key`. Raises
    NoAuthorityField, KeyProblem, SigningDelayed, NotStored or FactsAltered; then nothing was changed.
    """
    document = certificate.document
    signed = files.read(document.path, certificate.key, certificate.pk)
    if hashlib.sha256(signed).hexdigest() != document.pdf_sha256:
        raise FactsAltered(str(certificate.pk))
    both = pades.countersign(signed, signer, at=at)
    sealed = sealing.seal(certificate.key, both, context=files.context_of(certificate.pk))
    path = path_of(certificate.pk)
    with transaction.atomic():
        key = SealingKey.objects.select_for_update().get(pk=certificate.key_id)
        if key.wrapped is None or Countersignature.objects.filter(certificate=certificate).exists():
            return None
        files.drop(path)
        files.put(path, sealed)
        row = Countersignature.objects.create(
            certificate=certificate,
            path=path,
            pdf_sha256=hashlib.sha256(both).hexdigest(),
            signer=signer.subject,
            size=len(both),
            by=by,
            at=at,
        )
        note(Deed.COUNTERSIGNED, about=certificate, by=by, at=at, purpose="authority")
        log.append(
            LogEntry.Type.COUNTERSIGN,
            award=certificate.pk,
            pdf_sha256=row.pdf_sha256,
            vc_sha256=document.vc_sha256,
            at=at,
        )
    return row


def countersign_acta(
    *, acta: Acta, signer: Identity, now: Any, by: Any = None
) -> Generator[tuple[Certificate, Countersignature | Exception | None], None, None]:
    """Countersign each diploma of an acta that waits for it, and tell: done, not any more, or why not.

    `now` tells the time. What was done stays done when it stops halfway; the next call goes on.
    Raises Refused before anything for a certificate that is ours, and KeyProblem for one that cannot sign.
    """
    if signer.certificate == custody.pdf_signer(now()).identity.certificate:
        raise Refused(_("This is the school's own certificate. The authority signs with hers."))
    signer.require_valid(now())
    custody.register_authority(signer)
    act = partial(countersign, signer=signer, by=by)
    for certificate in waiting(acta).certificates:
        try:
            yield certificate, act(certificate=certificate, at=now())
        except (pades.NoAuthorityField, FactsAltered) as error:
            yield certificate, error
