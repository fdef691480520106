"""A private key with its certificate, as a signature needs it: from PEM, PKCS#12, SAT files or a token.

Nothing here knows the database or who may sign; `custody` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from django.utils.translation import gettext as _

from certificates.keys.errors import KeyExpired, KeyUnreadable

LONGEST_ECDSA = 72  # bytes of a DER signature on P-256
SMALLEST_RSA = 2048
PEM = b"-----BEGIN"
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


class Key(Protocol):
    """What signs: a key in memory, or a handle to one that never leaves its token."""

    def sign(self, data: bytes) -> bytes:
        """The signature over SHA-256 of `data`: PKCS#1 v1.5 for RSA, DER for ECDSA."""
        ...


@dataclass(frozen=True)
class LocalKey:
    """A key held in this process's memory."""

    private: RSAPrivateKey | EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        """The signature over SHA-256 of `data`."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), hashes.SHA256())
        return self.private.sign(data, ECDSA(hashes.SHA256()))


@dataclass(frozen=True)
class Identity:
    """A key and its certificates, the signer's first."""

    key: Key
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's own."""
        return self.chain[0]

    @property
    def subject(self) -> str:
        """Whom the certificate names (RFC 4514)."""
        return self.certificate.subject.rfc4514_string()

    @property
    def algorithm(self) -> str:
        """Such as P-256 or RSA-3072."""
        return algorithm_of(self.certificate)

    @property
    def signature_size(self) -> int:
        """The most bytes that a signature takes."""
        public = self.certificate.public_key()
        return public.key_size // 8 if isinstance(public, RSAPublicKey) else LONGEST_ECDSA

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Did this identity's key make this signature over `data`?"""
        public = self.certificate.public_key()
        try:
            if isinstance(public, RSAPublicKey):
                public.verify(signature, data, PKCS1v15(), hashes.SHA256())
            elif isinstance(public, EllipticCurvePublicKey):
                public.verify(signature, data, ECDSA(hashes.SHA256()))
            else:
                return False
        except InvalidSignature:
            return False
        return True

    def require_valid(self, at: datetime) -> None:
        """Raise `KeyExpired` unless the certificate is valid at this time."""
        starts_at, ends_at = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not starts_at <= at <= ends_at:
            raise KeyExpired(starts_at, ends_at)


def algorithm_of(certificate: x509.Certificate) -> str:
    """The key's algorithm and size. Raises `KeyUnreadable` for one that we do not sign with."""
    public = certificate.public_key()
    if isinstance(public, EllipticCurvePublicKey) and public.curve.name == "secp256r1":
        return "P-256"
    if isinstance(public, RSAPublicKey) and public.key_size >= SMALLEST_RSA:
        return f"RSA-{public.key_size}"
    raise KeyUnreadable(_("The certificate must hold an RSA key of 2048 bits or more, or a P-256 key."))


def chain_pem(chain: Iterable[x509.Certificate]) -> str:
    """The certificates as one PEM text."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in chain)


def public_pem(certificate: x509.Certificate) -> str:
    """The certificate's public key as PEM."""
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def from_pem(content: bytes) -> Identity:
    """A key and its chain from one PEM text without a passphrase. Raises `KeyUnreadable`."""
    try:
        key = load_pem_private_key(content, password=None)
        chain = x509.load_pem_x509_certificates(content)
    except (TypeError, ValueError) as error:
        raise KeyUnreadable(_("The key file cannot be read.")) from error
    return _identity(key, chain)


def from_pkcs12(path: Path, passphrase: bytes, extra: Iterable[x509.Certificate] = ()) -> Identity:
    """A key and its chain from a .p12 or .pfx file. Raises `KeyUnreadable`."""
    try:
        key, certificate, others = load_key_and_certificates(_content(path), passphrase or None)
    except (TypeError, ValueError) as error:
        raise KeyUnreadable(
            _("The PKCS#12 file cannot be opened: is the passphrase the right one?")
        ) from error
    if certificate is None:
        raise KeyUnreadable(_("The PKCS#12 file holds no certificate."))
    return _identity(key, [certificate, *others, *extra])


def from_sat(cer: Path, key: Path, passphrase: bytes, extra: Iterable[x509.Certificate] = ()) -> Identity:
    """A key and certificate as SAT gives them: .cer (DER) and .key (encrypted PKCS#8 in DER).

    Raises `KeyUnreadable`.
    """
    certificates = load_certificates(cer)
    content = _content(key)
    try:
        load = load_pem_private_key if content.lstrip().startswith(PEM) else load_der_private_key
        private = load(content, password=passphrase or None)
    except (TypeError, ValueError) as error:
        raise KeyUnreadable(_("The .key file cannot be opened: is the passphrase the right one?")) from error
    return _identity(private, [*certificates, *extra])


def load_certificates(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file, or the one in a DER file. Raises `KeyUnreadable`."""
    content = _content(path)
    try:
        if content.lstrip().startswith(PEM):
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise KeyUnreadable(_("The certificate file cannot be read.")) from error


def ordered(
    certificate: x509.Certificate, others: Iterable[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """The signer's certificate, then each issuer above it; what does not belong is left out."""
    chain, left = [certificate], [one for one in others if one != certificate]
    while issuer := next((one for one in left if one.subject == chain[-1].issuer), None):
        if chain[-1].subject == chain[-1].issuer:
            break
        chain.append(issuer)
        left.remove(issuer)
    return tuple(chain)


def _identity(private: object, certificates: Iterable[x509.Certificate]) -> Identity:
    """The key with the certificate that is its own among these."""
    found = list(certificates)
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise KeyUnreadable(_("The certificate must hold an RSA key of 2048 bits or more, or a P-256 key."))
    mine = next((one for one in found if one.public_key() == private.public_key()), None)
    if mine is None:
        raise KeyUnreadable(_("The certificate does not belong to the key."))
    algorithm_of(mine)
    return Identity(LocalKey(private), ordered(mine, found))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyUnreadable(_("The file %(path)s cannot be read.") % {"path": path}) from error
