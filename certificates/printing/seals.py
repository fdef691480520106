"""One CMS signature taken apart: who made it, over what, and whether anything in it was touched.

Trust is by pin: the very certificates that stand in our register of keys, never a name or an issuer.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from asn1crypto import cms, core, x509
from asn1crypto import pem as asn1_pem
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from certificates.keys.models import SigningKey
from certificates.printing.envelopes import Envelope
from certificates.printing.timestamps import TimestampForged, check_token

Purpose = SigningKey.Purpose
LARGEST_ADDITION = 262_144  # bytes that signatures and their proofs take after ours
MOST_UNPACKED = 65_536  # bytes of one stream: what a diploma's tables unpack to, many times over
LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=MOST_UNPACKED),
    document_budget=DocumentDecodeBudget(base_allowance=4 * MOST_UNPACKED, max_ratio=0),
)


@dataclass(frozen=True)
class Pin:
    """A certificate chain of the register, as DER, the signer's first; and what it is for."""

    purpose: str
    chain: tuple[bytes, ...]
    subject: bytes


Pins = tuple[Pin, ...]


@dataclass(frozen=True)
class Seal:
    """What one signature says and whether it holds."""

    subject: str
    pin: Pin | None
    is_timestamp: bool
    bears_our_name: bool
    is_intact: bool  # the digest of what it covers is the signed one
    is_signed: bool  # by the key of the certificate
    is_tidy: bool  # nothing in it but what belongs there
    timestamped_at: datetime | None

    @property
    def is_by_us(self) -> bool:
        """By one of our certificates for PDFs."""
        return self.pin is not None and self.pin.purpose == Purpose.PDF

    @property
    def is_by_authority(self) -> bool:
        """By a certificate with which the authority countersigned here."""
        return self.pin is not None and self.pin.purpose == Purpose.AUTHORITY


def our_pins() -> Pins:
    """Every certificate chain of the register, in one query."""
    rows = SigningKey.objects.filter(purpose__in=[Purpose.PDF, Purpose.AUTHORITY])
    return tuple(_pin(purpose, chain) for purpose, chain in rows.values_list("purpose", "chain") if chain)


@lru_cache(maxsize=64)
def _pin(purpose: str, chain: str) -> Pin:
    ders = tuple(der for _type, _headers, der in asn1_pem.unarmor(chain.encode(), multiple=True))
    return Pin(purpose, ders, x509.Certificate.load(ders[0]).subject.dump())


def opened(envelope: Envelope, pdf: bytes, pins: Pins) -> Seal | None:
    """The signature in an envelope; None when its bytes are none."""
    try:
        return _opened(envelope, pdf, pins)
    except (AttributeError, KeyError, TypeError, ValueError, SignatureValidationError):
        return None  # asn1crypto raises any of these for bytes that are not what they should be


def _opened(envelope: Envelope, pdf: bytes, pins: Pins) -> Seal | None:
    signed = cms.ContentInfo.load(envelope.cms, strict=True)["content"]
    (info,) = signed["signer_infos"]
    certificates = [one.chosen for one in signed["certificates"]]
    signer = next((one for one in certificates if _is_meant(info, one)), None)
    if signer is None:
        return None
    der = signer.dump()
    pin = next((one for one in pins if one.chain[0] == der), None)
    content_type = signed["encap_content_info"]["content_type"].native
    digest = envelope.digest(pdf)
    if content_type == "tst_info":
        content = bytes(signed["encap_content_info"]["content"])
        imprint = signed["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
        signs = _digest_of(content, info)
        covers = imprint == digest
    else:
        signs, covers = digest, True
    is_intact, is_signed = validate_sig_integrity(info, signer, content_type, signs)
    timestamp = _timestamp(info)
    return Seal(
        subject=str(signer.subject.native.get("common_name") or signer.subject.human_friendly),
        pin=pin,
        is_timestamp=content_type == "tst_info",
        bears_our_name=any(signer.subject.dump() == one.subject for one in pins),
        is_intact=is_intact and covers,
        is_signed=is_signed,
        is_tidy=envelope.is_padded_with_zeros and (pin is None or _is_tidy(signed, info, pin)),
        timestamped_at=timestamp,
    )


def _is_meant(info: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    """Is this the certificate that the signature names?"""
    name = info["sid"].chosen
    if not isinstance(name, cms.IssuerAndSerialNumber):
        return False
    is_issuer = name["issuer"].dump() == certificate.issuer.dump()
    return is_issuer and name["serial_number"].native == certificate.serial_number


def _is_tidy(signed: cms.SignedData, info: cms.SignerInfo, pin: Pin) -> bool:
    """The parts that no signature covers are exactly what ours hold: a changed bit there is found too."""
    carried = {one.chosen.dump() for one in signed["certificates"]}
    digests = [one["algorithm"].native for one in signed["digest_algorithms"]]
    unsigned = [] if isinstance(info["unsigned_attrs"], core.Void) else info["unsigned_attrs"]
    kinds = [one["type"].native for one in unsigned]
    return (
        carried == set(pin.chain)
        and digests == ["sha256"] == [info["digest_algorithm"]["algorithm"].native]
        and signed["version"].native == info["version"].native == "v1"
        and isinstance(signed["crls"], core.Void)
        and isinstance(signed["encap_content_info"]["content"], core.Void)
        and kinds in ([], ["signature_time_stamp_token"])
    )


def _timestamp(info: cms.SignerInfo) -> datetime | None:
    """When the timestamp of a signature says it was made. Raises ValueError for a forged one."""
    if isinstance(info["unsigned_attrs"], core.Void):
        return None
    for attribute in info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            (token,) = attribute["values"]
            try:
                check_token(token, hashlib.sha256(info["signature"].native).digest())
            except TimestampForged as error:
                raise ValueError("forged timestamp") from error
            at: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
            return at
    return None


def _digest_of(content: bytes, info: cms.SignerInfo) -> bytes:
    return hashlib.new(info["digest_algorithm"]["algorithm"].native, content).digest()


def changes_are_allowed(pdf: bytes, signed: int) -> bool:
    """Is what follows the first `signed` bytes nothing but signatures and their proofs?

    Asks pyHanko, with limits on what it reads and unpacks: form fields filled or an archive added is all
    that we permit.
    """
    if len(pdf) - signed > LARGEST_ADDITION:
        return False
    try:
        reader = PdfFileReader(BytesIO(pdf), decode_limits=LIMITS)
        ours: Any = reader.embedded_signatures[0]
        ours.compute_integrity_info(diff_policy=DEFAULT_DIFF_POLICY)
        return bool(ours.summarise_integrity_info()["docmdp_ok"])
    except (PdfError, SignatureValidationError):
        return False
