"""The certificate of a demonstration: its own authority, and a signer whose name says what it is.

The authority's key is thrown away as soon as it signed: nobody can make a second certificate of its name.
"""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

MARK = "DEMOSTRACIÓN"  # stands in the subject of every certificate that was made for a demonstration
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
YEARS = 5


def is_demo(certificate: x509.Certificate) -> bool:
    """Was this certificate made for a demonstration?"""
    names = [*certificate.subject, *certificate.issuer]
    return any(MARK in str(name.value) for name in names)


def make_chain(year: int) -> tuple[EllipticCurvePrivateKey, tuple[x509.Certificate, x509.Certificate]]:
    """A new P-256 key, its certificate, and that of the authority that signed it."""
    authority_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    authority_name = _name(f"{MARK} – Autoridad certificadora {year}")
    authority = (
        _builder(year, authority_key.public_key())
        .subject_name(authority_name)
        .issuer_name(authority_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    signer = (
        _builder(year, key.public_key())
        .subject_name(_name(f"{MARK} – Sello de diplomas {year}"))
        .issuer_name(authority_name)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        # Poppler's NSS trusts a document signer only if it may sign e-mail as well.
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    return key, (signer, authority)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Registro de diplomas (demostración)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(year: int, public: EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .public_key(public)
        .not_valid_before(datetime(year, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(year + YEARS, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
