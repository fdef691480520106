"""Certificates as an operator buys them: an authority, signers of both kinds of key, files to load."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certificates.keys.demo import DOCUMENT_SIGNING
from certificates.keys.identity import Identity, LocalKey

PASSPHRASE = "una clave larga"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
TIMESTAMPING = ExtendedKeyUsageOID.TIME_STAMPING
FOR_DOCUMENTS = (DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)


@cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """One of a few RSA keys, made once: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(common_name: str) -> x509.Name:
    """A subject with this common name."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Registro ficticio"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


@dataclass(frozen=True)
class Authority:
    """A certificate authority that a test may ask for certificates and revocation lists."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def identity(
        self,
        common_name: str,
        *,
        key: Private | None = None,
        starts: datetime | None = None,
        ends: datetime | None = None,
        usages: tuple[ObjectIdentifier, ...] = FOR_DOCUMENTS,
        crl_url: str = "",
    ) -> Identity:
        """A key with a certificate of this authority."""
        private = key or ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(private.public_key(), starts, ends)
            .subject_name(name(common_name))
            .issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.ExtendedKeyUsage(usages), critical=TIMESTAMPING in usages)
        )
        if crl_url:
            points = [x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)]
            builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        return Identity(LocalKey(private), (certificate, self.certificate))

    def revocation_list(self) -> bytes:
        """A list on which nothing stands, in DER."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=7))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def authority(common_name: str = "Autoridad certificadora ficticia") -> Authority:
    """A new authority; two of the same name have different keys."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(key.public_key(), None, datetime.now(UTC) + timedelta(days=3650))
        .subject_name(name(common_name))
        .issuer_name(name(common_name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def private_of(identity: Identity) -> Private:
    """The private key of a test's identity."""
    assert isinstance(identity.key, LocalKey)
    return identity.key.private


def write_pkcs12(path: Path, identity: Identity) -> dict[str, str]:
    """A .p12 file, and the setting that names it."""
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"sello",
            private_of(identity),
            identity.certificate,
            identity.chain[1:],
            BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )
    path.chmod(0o600)
    return {"pkcs12": str(path), "passphrase": PASSPHRASE}


def write_sat(folder: Path, identity: Identity) -> dict[str, str]:
    """A .cer in DER and an encrypted .key in DER as SAT gives them, and the setting that names them."""
    cer, key = folder / "firma.cer", folder / "firma.key"
    cer.write_bytes(identity.certificate.public_bytes(Encoding.DER))
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    key.write_bytes(private_of(identity).private_bytes(Encoding.DER, PrivateFormat.PKCS8, encryption))
    return {"sat_cer": str(cer), "sat_key": str(key), "passphrase": PASSPHRASE}


def _builder(
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, starts: datetime | None, ends: datetime | None
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .public_key(public)
        .not_valid_before(starts or now - timedelta(days=30))
        .not_valid_after(ends or now + timedelta(days=365))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
