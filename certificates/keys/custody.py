"""Private keys: found here or made here, held once per process, never in the database.

Keys for credentials, QR codes and the log are files of KEYS_DIR, a new one each year (keyfiles.py). The PDF
key comes with its certificates: in a demo from such a file, else from what the setting PDF_KEY names
(sources.py). The public half of each stands in the register (SigningKey) for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from django.utils.translation import gettext as _

from certificates.keys import demo, identity, keyfiles, register, sources
from certificates.keys.errors import KeyIsDemo, KeyMissing, KeyProblem, KeyUnreadable
from certificates.keys.identity import Identity, PrivateKey
from certificates.keys.keyfiles import KeyFile
from certificates.keys.models import SigningKey
from certificates.keys.register import KeyConflict, Public

Purpose = SigningKey.Purpose
ALGORITHMS = {
    Purpose.CREDENTIAL: keyfiles.ED25519,
    Purpose.QR: keyfiles.P256,
    Purpose.LOG: keyfiles.ED25519,
}
KINDS = {keyfiles.ED25519: Ed25519PrivateKey, keyfiles.P256: EllipticCurvePrivateKey}
ATTEMPTS = 5


@dataclass(frozen=True)
class Held:
    """A key that this process holds, and what the register says of it."""

    public: Public

    @property
    def kid(self) -> str:
        """Year and number, such as 2026-1. No query."""
        return self.public.kid

    @property
    def row(self) -> SigningKey:
        """Its row, written again should it be gone. One query."""
        return self.public.registered()


@dataclass(frozen=True)
class Signer(Held):
    """A private key that signs credentials, QR codes or heads of the log."""

    private: PrivateKey


@dataclass(frozen=True)
class PdfSigner(Held):
    """The identity that signs PDFs."""

    identity: Identity


H = TypeVar("H", bound=Held)
T = TypeVar("T")
_held: dict[tuple[Path, str, str], Public] = {}  # by folder, purpose and kid: what this process loaded


def signer(purpose: str, at: datetime) -> Signer:
    """The key that signs for `purpose` (any but PDF) at this time. Raises `KeyProblem`."""
    return _refusing_demo(_signer(folder(), str(purpose), year_of(at), settings.IS_DEMO))


def pdf_signer(at: datetime) -> PdfSigner:
    """The identity that signs PDFs at this time. Raises `KeyProblem`: missing, expired, demo, unreadable."""
    if settings.IS_DEMO and not settings.PDF_KEY:
        found = _demo_pdf_signer(folder(), year_of(at))
    else:
        found = _named_pdf_signer(folder(), tuple(sorted(settings.PDF_KEY.items())))
    _refusing_demo(found).identity.require_valid(at)
    return found


def public_keys(purpose: str) -> list[SigningKey]:
    """Every key that signs or ever signed for `purpose`, the newest first."""
    rows = SigningKey.objects.filter(purpose=purpose).order_by("-starts_at", "-pk")
    known = {row.kid for row in rows}
    here = [one for (lies, of, _kid), one in _held.items() if (lies, of) == (folder(), str(purpose))]
    lost = [one.registered() for one in here if one.kid not in known]
    return list(rows.all() if lost else rows)


def ensure_keys(now: datetime) -> None:
    """In a demo make what is missing for this year; everywhere register what is here.

    Changes nothing the second time. Outside a demo, what is missing is for the system checks to tell.
    """
    for purpose in (Purpose.PDF, *ALGORITHMS):
        try:
            held: Held = pdf_signer(now) if purpose == Purpose.PDF else signer(purpose, now)
        except KeyProblem:
            if settings.IS_DEMO:
                raise
        else:
            held.public.registered()


def make_key(purpose: str, year: int) -> Signer:
    """A new key that signs for `purpose` from the start of `year`, with the year's next free number."""
    kid = _free_kid(purpose, year)
    keyfiles.make(folder(), purpose, ALGORITHMS[Purpose(purpose)], kid, is_demo=settings.IS_DEMO)
    _signer.cache_clear()
    made = next(file for file in keyfiles.found(folder(), purpose) if file.kid == kid)
    return _registered(_load(made))


def register_authority(signing: Identity) -> SigningKey:
    """Enter the authority's certificate: what she signs here is known for ever. Raises `KeyProblem`."""
    public = replace(_pdf_signer(signing, "").public, purpose=Purpose.AUTHORITY)
    _refusing_demo(Held(public))
    return _numbered(public, signing.certificate.not_valid_before_utc.year, lambda one: one.registered())


def folder() -> Path:
    """Where key files lie."""
    return Path(settings.KEYS_DIR)


def year_of(at: datetime) -> int:
    """The year whose key signs at this time: years turn in UTC."""
    return at.astimezone(UTC).year


def _refusing_demo(held: H) -> H:
    if held.public.is_demo and not settings.IS_DEMO:
        raise KeyIsDemo(held.public.purpose)
    return held


def _registered(held: H) -> H:
    held.public.registered()
    _held[(folder(), held.public.purpose, held.kid)] = held.public
    return held


def _free_kid(purpose: str, year: int) -> str:
    files = [file.number + 1 for file in keyfiles.found(folder(), purpose) if file.year == year]
    return f"{year}-{max([*files, register.next_number(purpose, year)])}"


@cache
def _signer(lies: Path, purpose: str, year: int, is_demo: bool) -> Signer:
    if is_demo:
        return _of_a_demo(
            lies,
            purpose,
            year,
            make=lambda kid: keyfiles.make(lies, purpose, ALGORITHMS[Purpose(purpose)], kid, is_demo=True),
            load=_load,
        )
    files = [file for file in keyfiles.found(lies, purpose) if file.year <= year]
    if not files:
        raise KeyMissing(purpose)
    return _registered(_load(files[-1]))


@cache
def _demo_pdf_signer(lies: Path, year: int) -> PdfSigner:
    return _of_a_demo(
        lies,
        Purpose.PDF,
        year,
        make=lambda kid: keyfiles.make_demo_chain(lies, Purpose.PDF, kid),
        load=_load_demo_pdf,
    )


@cache
def _named_pdf_signer(_lies: Path, source: tuple[tuple[str, str], ...]) -> PdfSigner:
    """The identity that the settings name, under its id in the register or the next free one."""
    if not source:
        raise KeyMissing(Purpose.PDF)
    signing = sources.load(dict(source))
    year = signing.certificate.not_valid_before_utc.year
    public = _pdf_signer(signing, "").public
    return _numbered(public, year, lambda one: _registered(PdfSigner(one, signing)))


def _numbered(public: Public, year: int, enter: Callable[[Public], T]) -> T:
    """Enter a certificate under the id that its chain has in the register, or under the year's next."""
    for _attempt in range(ATTEMPTS):
        # The number before the look for the chain: see _of_a_demo.
        free = f"{year}-{register.next_number(public.purpose, year)}"
        kid = register.kid_of_chain(public.purpose, public.chain) or free
        try:
            return enter(replace(public, kid=kid))
        except KeyConflict:  # another machine took this number for another certificate meanwhile
            continue
    raise KeyConflict(public.purpose, kid)


def _of_a_demo(
    lies: Path, purpose: str, year: int, *, make: Callable[[str], None], load: Callable[[KeyFile], H]
) -> H:
    """The newest demo key of this year that the register agrees with; made if there is none."""
    for _attempt in range(ATTEMPTS):
        # The register first: a row there without its file here is then of another KEYS_DIR, not of a
        # process that makes the same key now, whose file comes before its row.
        number = register.next_number(purpose, year)
        files = [file for file in keyfiles.found(lies, purpose) if file.year == year]
        for file in reversed(files):
            try:
                if file.is_demo:
                    return _registered(load(file))
            except KeyConflict:
                continue
        make(f"{year}-{max([number, *(file.number + 1 for file in files)])}")
    raise KeyMissing(purpose)


def _load(file: KeyFile) -> Signer:
    try:
        private = load_pem_private_key(file.path.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as error:
        raise KeyUnreadable(_("The file of the key «%(purpose)s» cannot be read.") % vars(file)) from error
    algorithm = ALGORITHMS[Purpose(file.purpose)]
    if not isinstance(private, EllipticCurvePrivateKey | Ed25519PrivateKey) or not isinstance(
        private, KINDS[algorithm]
    ):
        raise KeyUnreadable(_("The file of the key «%(purpose)s» cannot be read.") % vars(file))
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return Signer(
        Public(
            purpose=file.purpose,
            kid=file.kid,
            algorithm=algorithm,
            public_key=public,
            is_demo=file.is_demo,
            starts_at=datetime(file.year, 1, 1, tzinfo=UTC),
        ),
        private,
    )


def _load_demo_pdf(file: KeyFile) -> PdfSigner:
    return _pdf_signer(identity.from_pem(file.path.read_bytes()), file.kid)


def _pdf_signer(signing: Identity, kid: str) -> PdfSigner:
    certificate = signing.certificate
    return PdfSigner(
        Public(
            purpose=Purpose.PDF,
            kid=kid,
            algorithm=signing.algorithm,
            public_key=identity.public_pem(certificate),
            chain=identity.chain_pem(signing.chain),
            is_demo=demo.is_demo(certificate),
            starts_at=certificate.not_valid_before_utc,
            ends_at=certificate.not_valid_after_utc,
        ),
        signing,
    )
