"""PAdES signatures (ETSI EN 319 142-1): invisible, certifying, whole file. The words stand in the page.

Level B-T where a timestamp authority is set, B-B where none is, B-LTA on request. A key is held
once per process (cades.py) and room for the signature is reserved, so that pyHanko needs no trial run.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko_certvalidator import ValidationContext

from certificates.keys import custody, identity
from certificates.keys.identity import Identity
from certificates.printing import timestamps
from certificates.printing.cades import HeldKeySigner
from certificates.printing.timestamps import RevocationUnavailable, SigningDelayed, TimestampUnavailable

__all__ = [
    "NoAuthorityField",
    "RevocationUnavailable",
    "SigningDelayed",
    "TimestampUnavailable",
    "countersign",
    "sign",
    "sign_apart",
]

OUR_FIELD, AUTHORITY_FIELD = "SelloInstitucional", "FirmaAutoridad"
ROOM = 1024  # bytes of a signature beside its certificates, with room to spare
TIMESTAMP_ROOM = 12_288  # bytes of a timestamp with the certificates of its authority

# The proofs go under our signature and the last thing in the file is the timestamp over all of it.
PROOFS_WITHIN = DSSContentSettings(
    include_vri=False,
    placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE,
    next_ts_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
)

T = TypeVar("T")


class NoAuthorityField(Exception):
    """The diploma was issued without a place for the authority's signature, or it is taken."""

    def __str__(self) -> str:
        return _("This diploma has no free place for the authority's signature.")


class QuietWriter(IncrementalPdfFileWriter):
    """Adds the signature and leaves the metadata, with their claims of PDF/A and PDF/UA, as they are."""

    def _update_meta(self) -> None:
        pass  # pyHanko would write the XMP anew, with a date of modification and its own name


class DatedPdfSigner(PdfSigner):
    """Writes the time it is told."""

    def __init__(self, at: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        """The session, at our time."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at.astimezone(UTC)
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """None: for ECDSA pyHanko would raise the file to PDF 2.0, on which PDF/A-3 is not built."""


def sign(pdf: bytes, *, at: datetime | None = None, with_authority_field: bool = False) -> bytes:
    """`pdf` with our certifying signature; nothing may change afterwards but the authority's signature.

    With `with_authority_field` an empty field waits for it. Raises `KeyProblem` when the key cannot sign
    and `SigningDelayed` when somebody elsewhere does not answer: never a lower level than was asked for.
    """
    at = at or timezone.now()
    ours = custody.pdf_signer(at).identity
    writer = QuietWriter(BytesIO(pdf))
    if with_authority_field:
        append_signature_field(writer, SigFieldSpec(AUTHORITY_FIELD, on_page=0))
    return _signed(
        writer,
        ours,
        at,
        OUR_FIELD,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS if with_authority_field else MDPPerm.NO_CHANGES,
    )


def countersign(pdf: bytes, signer: Identity, *, at: datetime | None = None) -> bytes:
    """`pdf`, which we signed, with the authority's signature in the field that was left for it.

    Raises `NoAuthorityField`, `KeyExpired`, `SigningDelayed`.
    """
    at = at or timezone.now()
    signer.require_valid(at)
    writer = QuietWriter(BytesIO(pdf))
    empty = [name for name, _value, _field in enumerate_sig_fields(writer.prev, filled_status=False)]
    if AUTHORITY_FIELD not in empty:
        raise NoAuthorityField
    return _signed(writer, signer, at, AUTHORITY_FIELD)


def _signed(writer: IncrementalPdfFileWriter, who: Identity, at: datetime, field: str, **how: Any) -> bytes:
    authority = timestamps.authority()
    signer = _held(who)
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        **_archival(who, field),
        **how,
    )
    work = DatedPdfSigner(
        at,
        metadata,
        signer=signer,
        timestamper=authority,
        new_field_spec=SigFieldSpec(field, on_page=0) if metadata.certify else None,
    )
    room = ROOM + signer.size + (TIMESTAMP_ROOM if authority else 0)
    with timestamps.told_as_delays():
        return _finished(_with_network_released(work, writer, metadata, reserved=2 * room)).getvalue()


def _archival(who: Identity, field: str) -> dict[str, Any]:
    """What B-LTA adds: proof that every certificate was in force, under a timestamp of the whole file."""
    if settings.PDF_SIGNATURE_LEVEL != "B-LTA":
        return {}
    roots = [who.chain[-1], *identity.load_certificates(Path(settings.PDF_TIMESTAMP_ROOTS))]
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in roots],
        allow_fetching=True,
        revocation_mode="hard-fail",
    )
    return {
        "embed_validation_info": True,
        "use_pades_lta": True,
        "timestamp_field_name": f"{field}Tiempo",
        "validation_context": context,
        "dss_settings": PROOFS_WITHIN,
    }


async def _with_network_released(
    work: PdfSigner, writer: IncrementalPdfFileWriter, metadata: PdfSignatureMetadata, *, reserved: int
) -> BytesIO:
    try:
        return await work.async_sign_pdf(writer, bytes_reserved=reserved)
    finally:
        if metadata.validation_context is not None:
            await metadata.validation_context.aclose()


def sign_apart(content: bytes, *, at: datetime) -> bytes:
    """A signature over any bytes, kept apart from them (CMS, RFC 5652, DER). Raises `KeyProblem`."""
    signer = _held(custody.pdf_signer(at).identity)
    return _finished(signer.async_sign(hashlib.sha256(content).digest(), "sha256"))


@lru_cache(maxsize=4)
def _held(who: Identity) -> HeldKeySigner:
    return HeldKeySigner(who)


def _finished(work: Coroutine[Any, Any, T]) -> T:
    """What `work` comes to; in a thread of its own where this one already runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
