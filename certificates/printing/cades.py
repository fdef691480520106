"""The CMS of a signature (RFC 5652, CAdES as PAdES asks), from parts that are encoded once per key.

pyHanko builds the same bytes anew from objects each time, which takes longer than all the rest of signing;
its reader, OpenSSL and Poppler check what is built here.
"""

import hashlib
from collections.abc import Iterable

from asn1crypto import algos, cms, core, x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.keys.identity import Identity

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
FIRST, SECOND = 0xA0, 0xA1  # context-specific, constructed
VERSION_1 = core.Integer(1).dump()
SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
DATA = cms.ContentType("data").dump()
SIGNED_DATA = cms.ContentType("signed_data").dump()
CONTENT_TYPE = cms.CMSAttribute({"type": "content_type", "values": ["data"]}).dump()
MESSAGE_DIGEST = cms.CMSAttributeType("message_digest").dump()
TIMESTAMP = cms.CMSAttributeType("signature_time_stamp_token").dump()


class HeldKeySigner(Signer):
    """Signs with a key that is already open, for pyHanko's `PdfSigner`."""

    def __init__(self, held: Identity) -> None:
        encoded = [one.public_bytes(Encoding.DER) for one in held.chain]
        certificate, *issuers = [x509.Certificate.load(der) for der in encoded]
        registry = SimpleCertificateStore()
        registry.register_multiple(issuers)
        super().__init__(signing_cert=certificate, cert_registry=registry)
        self.identity = held
        self.size = sum(map(len, encoded))
        self._certificates = tlv(FIRST, *sorted(encoded))
        self._who = tlv(SEQUENCE, certificate.issuer.dump(), core.Integer(certificate.serial_number).dump())
        self._names_certificate = cms.CMSAttribute(
            {"type": "signing_certificate_v2", "values": [as_signing_certificate_v2(certificate)]}
        ).dump()
        self._algorithm = self.get_signature_mechanism_for_digest("sha256").dump()

    async def async_sign(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        use_pades: bool = True,
        timestamper: TimeStamper | None = None,
        signed_attr_settings: PdfCMSSignedAttributes | None = None,
        is_pdf_sig: bool = True,
        encap_content_info: cms.EncapsulatedContentInfo | None = None,
    ) -> bytes:
        """The signature over a document's SHA-256, with a timestamp if there is an authority.

        As bytes, which pyHanko takes as well as its own objects (`PdfCMSEmbedder.write_cms`).
        """
        attributes = _sorted(
            CONTENT_TYPE,
            tlv(SEQUENCE, MESSAGE_DIGEST, tlv(SET, tlv(OCTETS, data_digest))),
            self._names_certificate,
        )
        signature = await self.async_sign_raw(tlv(SET, attributes), digest_algorithm)
        signed = tlv(FIRST, attributes)
        info = [VERSION_1, self._who, SHA256, signed, self._algorithm, tlv(OCTETS, signature)]
        if timestamper is not None:
            digest = hashlib.sha256(signature).digest()
            token = await timestamper.async_timestamp(digest, digest_algorithm)
            info.append(tlv(SECOND, tlv(SEQUENCE, TIMESTAMP, tlv(SET, token.dump()))))
        content = tlv(
            SEQUENCE,
            VERSION_1,
            tlv(SET, SHA256),
            tlv(SEQUENCE, DATA),
            self._certificates,
            tlv(SET, tlv(SEQUENCE, *info)),
        )
        return tlv(SEQUENCE, SIGNED_DATA, tlv(FIRST, content))

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature over `data`; the digest is always SHA-256."""
        return bytes(self.identity.signature_size) if dry_run else self.identity.key.sign(data)


def tlv(tag: int, *parts: bytes) -> bytes:
    """A DER value: tag, length, content (X.690, 8.1)."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def _sorted(*elements: bytes) -> bytes:
    """A SET OF in DER stands in the order of its encodings (X.690, 11.6)."""
    in_order: Iterable[bytes] = sorted(elements)
    return b"".join(in_order)
